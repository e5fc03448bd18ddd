package zebus

// outcome is what the handlers made of a message.
type outcome struct {
	code   int
	text   string
	reply  Message
	failed []failure // in the order in which the handlers ended
	missed bool      // at least one queue did not take it
	mute   bool      // it could not be read: a command stays without an answer, as its sender expects of Zebus
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
	if answer := answerIn(err); answer != nil {
		return failing(answer.Code), answer.Message
	}
	return CodeUnknown, ""
}

// failing returns the code that stands for a failure on the wire, which has 32 bits for it: a larger one would be cut to
// another, and 2³² to success.
func failing(code int) int {
	if code == 0 || code != int(int32(code)) {
		return CodeUnknown
	}
	return code
}
