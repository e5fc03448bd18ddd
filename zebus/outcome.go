package zebus

import (
	"errors"
	"sync"
	"sync/atomic"
)

// outcome is what the handlers made of a message.
type outcome struct {
	code   int
	text   string
	reply  Message
	failed []failure // in the order in which the handlers ended
	missed bool      // at least one queue did not take it
	mute   bool      // it could not be read: a command stays without an answer, as its sender expects of Zebus
}

// outcomes are where handlers leave the outcome of a message. Those of nearly all leave nothing, and nothing is there then.
// They may end at the same moment on different queues, and one that has kept its context may speak up when its message is
// long over: so what is there belongs to an epoch, which counts the messages whose memory this is.
type outcomes struct {
	left atomic.Pointer[leftOutcome] // of the message, or of an earlier one
}

type leftOutcome struct {
	mu      sync.Mutex
	epoch   uint32
	outcome outcome
}

// note changes the outcome of the message of that epoch, unless it is over.
func (os *outcomes) note(epoch uint32, change func(*outcome)) {
	l := os.left.Load()
	if l == nil {
		if l = (&leftOutcome{epoch: epoch}); !os.left.CompareAndSwap(nil, l) {
			l = os.left.Load()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.epoch < epoch {
		l.epoch, l.outcome = epoch, outcome{}
	}
	if l.epoch == epoch {
		change(&l.outcome)
	}
}

// any says whether a handler has left something, of this message or of an earlier one.
func (os *outcomes) any() bool { return os.left.Load() != nil }

// of returns the outcome of the message of that epoch.
func (os *outcomes) of(epoch uint32) (o outcome) {
	l := os.left.Load()
	if l == nil {
		return o
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.epoch == epoch {
		o = l.outcome
	}
	return o
}

// end forgets the outcome of an epoch, which is over.
func (os *outcomes) end(epoch uint32) {
	if l := os.left.Load(); l != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.epoch, l.outcome = epoch+1, outcome{}
	}
}

// setCode notes what a handler says of its message.
func (os *outcomes) setCode(epoch uint32, code int, text string) {
	os.note(epoch, func(o *outcome) { o.code, o.text = code, text })
}

func (os *outcomes) add(epoch uint32, handler string, reply Message, err error) {
	os.note(epoch, func(o *outcome) {
		if reply != nil {
			o.reply = reply
		}
		if err != nil {
			o.failed = append(o.failed, failure{handler, err})
		}
	})
}

// miss notes that a queue did not take the message.
func (os *outcomes) miss(epoch uint32, err error) {
	os.note(epoch, func(o *outcome) {
		o.missed = true
		o.failed = append(o.failed, failure{"", err})
	})
}

// silence makes the command stay without an answer, and says whether that is new.
func (os *outcomes) silence(epoch uint32) (first bool) {
	os.note(epoch, func(o *outcome) { first, o.mute = !o.mute, true })
	return first
}

// complete makes answer, which is the zero one, that to the command with the given ID. A reply is encoded into buffer,
// which is returned.
func (o *outcome) complete(answer *MessageExecutionCompleted, id MessageID, buffer []byte) []byte {
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
