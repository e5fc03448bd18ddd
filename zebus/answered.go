package zebus

import "fmt"

// alwaysClosed is the Done of commands that had ended before anybody could ask.
var alwaysClosed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Answered returns cmd as a command that has ended already, with reply, which may be nil, and err. It is what a
// [Sender] returns that is no bus: a fake in a test, or one that answers from memory. As with a bus, an error that is or holds a
// [*CommandError] is that and nothing else, and any other is wrapped with the type of the command.
func Answered(cmd Command, reply Message, err error) *Pending {
	p := &Pending{messageType: cmd.ZebusType()}
	if answer := answerIn(err); answer != nil {
		p.result.err = &CommandError{Code: failing(answer.Code), Message: answer.Message}
	} else if err != nil {
		p.result.err = fmt.Errorf("%s: %w", p.name(), err)
	}
	if reply != nil {
		p.result.payloadType, p.result.payload = reply.ZebusType().ID(), encode(reply)
	}
	p.over.Store(true)
	return p
}

// ended returns a command that ended before anybody could ask.
func ended(cmd Command, c completion) *Pending {
	p := &Pending{messageType: cmd.ZebusType(), result: c}
	p.over.Store(true)
	return p
}
