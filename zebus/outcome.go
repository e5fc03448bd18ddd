package zebus

import (
	"errors"
	"sync"
)

// outcome is what the handlers made of a message. They may end at the same moment on different queues.
type outcome struct {
	mu     sync.Mutex
	epoch  uint64 // counts the messages that this was the outcome of
	code   int
	text   string
	reply  Message
	failed []failure // in the order in which the handlers ended
	missed bool      // at least one queue did not take it
	mute   bool      // it could not be read: a command stays without an answer, as its sender expects of Zebus
}

// setCode is for the message of that epoch: who kept its context may call when it is over.
func (o *outcome) setCode(epoch uint64, code int, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.epoch == epoch {
		o.code, o.text = code, text
	}
}

// answer returns what setCode has set.
func (o *outcome) answer() (code int, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.code, o.text
}

// renew makes the outcome that of the next message. Handlers of nearly all leave nothing, and then there is nothing to clear.
func (o *outcome) renew() {
	o.mu.Lock()
	o.epoch++
	if o.reply != nil || o.failed != nil || o.code != 0 || o.text != "" || o.missed || o.mute {
		o.code, o.text, o.reply, o.failed, o.missed, o.mute = 0, "", nil, nil, false, false
	}
	o.mu.Unlock()
}

func (o *outcome) add(handler string, reply Message, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if reply != nil {
		o.reply = reply
	}
	if err != nil {
		o.failed = append(o.failed, failure{handler, err})
	}
}

// miss notes that a queue did not take the message.
func (o *outcome) miss(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.missed = true
	o.failed = append(o.failed, failure{"", err})
}

// hasMissed is asked when nobody works on the message any more, and needs no lock then.
func (o *outcome) hasMissed() bool { return o.missed }

func (o *outcome) failures() []failure {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed
}

// silence makes the command stay without an answer, and says whether that is new.
func (o *outcome) silence() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	was := o.mute
	o.mute = true
	return !was
}

// isSilent is asked when nobody works on the message any more, and needs no lock then.
func (o *outcome) isSilent() bool { return o.mute }

// complete makes answer, which is the zero one, that to the command with the given ID. A reply is encoded into buffer,
// which is returned.
func (o *outcome) complete(answer *MessageExecutionCompleted, id MessageID, buffer []byte) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	answer.SourceCommandID, answer.Payload, answer.ResponseMessage = id, noBytes, &noText
	switch {
	case len(o.failed) > 0:
		code, text := codeOf(o.failed[0].err)
		answer.ErrorCode, answer.ResponseMessage = int32(code), &text
	case o.reply != nil:
		buffer = o.reply.ZebusAppend(buffer)
		answer.PayloadType, answer.Payload = &o.reply.ZebusType().config.ID, buffer
	case o.code != 0 || o.text != "":
		text := o.text
		answer.ErrorCode, answer.ResponseMessage = int32(o.code), &text
	}
	return buffer
}

// What the answers to commands without a reply have in common: fields that are there, and empty.
var (
	noText  = ""
	noBytes = []byte{}
)

// completion is how a command of this peer to itself ends. Unlike over the wire, a reply is kept beside an error.
func (o *outcome) completion() (c completion) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case len(o.failed) > 0:
		code, text := codeOf(o.failed[0].err)
		c.err = &CommandError{Code: code, Message: text}
	case o.code != 0 && o.reply == nil:
		c.err = &CommandError{Code: o.code, Message: o.text}
	}
	if o.reply != nil {
		c.payloadType, c.payload = o.reply.ZebusType().ID(), encode(o.reply)
	}
	return c
}

// result returns what the handlers made of the message, as far as its sender will learn of it.
func (o *outcome) result() (reply Message, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case len(o.failed) > 0:
		return nil, o.failed[0].err
	case o.reply == nil && o.code != 0:
		return nil, &CommandError{Code: o.code, Message: o.text}
	default:
		return o.reply, nil
	}
}

// codeOf returns what the sender of a command learns of a handler's error: all of a [CommandError], nothing of others.
func codeOf(err error) (code int, text string) {
	if ce, ok := errors.AsType[*CommandError](err); ok {
		if ce.Code == 0 {
			return CodeUnknown, ce.Message
		}
		return ce.Code, ce.Message
	}
	return CodeUnknown, ""
}
