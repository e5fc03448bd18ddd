package zebus

import (
	"errors"
	"fmt"

	"github.com/zebus-go/zebus/dispatch"
)

// Done implements [dispatch.Job]: the last handler has ended, but for those that work in lanes.
func (in *incoming) Done() {
	switch {
	case in.isPlain():
		in.block.giveBack(1)
	case in.local != nil && in.local.direct && in.special == nil: // its sender does the rest
	default:
		in.release()
	}
}

// isPlain says whether there is nothing to do for the message but to use its memory again: nobody is told of it, nobody has asked for
// its envelope, and its handlers left nothing to say. That is so for nearly every event.
func (in *incoming) isPlain() bool {
	return in.route.untold && in.block != nil && in.special == nil && !in.remarks.any() && cap(in.content) <= mostShared
}

// A tidier gives back the memory of messages that are over, those of a block together: the counter of the block is one that several
// processors write. It belongs to the turn of a queue, so one goroutine at a time uses it.
type tidier struct {
	block *block // of the messages before; nil when none is to be given back
	count int    // of them
}

// over is told that a message is.
func (t *tidier) over(e *dispatch.Entry) {
	in := incomingOf(e)
	if !in.isPlain() {
		in.Done()
		return
	}
	if in.block != t.block {
		t.giveBack()
		t.block = in.block
	}
	if t.count++; t.count == blockSize {
		t.giveBack()
	}
}

// giveBack gives back the memory of the messages before.
func (t *tidier) giveBack() {
	if t.block != nil {
		t.block.giveBack(t.count)
	}
	t.block, t.count = nil, 0
}

// release lets go of the message; the last one to do so finishes it.
func (in *incoming) release() {
	if in.remarks.release() {
		in.finish()
		in.recycle()
	}
}

// finish does what comes after the last handler, and tells those who watch.
func (in *incoming) finish() {
	b := in.bus()
	if !b.watched {
		in.conclude()
		return
	}
	defer b.config.observer.finished(in)
	defer in.conclude() // whoever watches may panic: the sender of a command has nothing to do with that
	b.config.observer.handled(in)
	if b.config.publishErrors {
		in.publishFailures()
	}
}

// conclude tells everybody who waits for the message that it is done.
func (in *incoming) conclude() {
	if in.special != nil {
		in.letGo()
		if in.special.replayed {
			return
		}
	}
	switch {
	case in.local != nil:
		in.completeLocal()
	case !in.Local: // nobody waits for an event of this peer
		in.settle()
	}
}

// letGo tells the subscriptions that took the message.
func (in *incoming) letGo() {
	for _, a := range in.special.hands {
		a.release()
	}
}

// completeLocal ends the command that the message is, if somebody waits for that.
func (in *incoming) completeLocal() {
	if in.local.pending != nil {
		o := in.remarks.of(in.epoch)
		in.bus().pending.end(in.id, o.completion())
	}
}

// settle answers a command and tells the persistence that the message need not come again. An event for which a queue had
// no room was not handled, and may; a command for which there was none has been answered by that, and its sender knows.
func (in *incoming) settle() {
	b, command := in.bus(), in.route.messageType.Kind() == KindCommand
	if !command && !b.acks {
		return
	}
	o := in.remarks.of(in.epoch)
	if command && !o.mute {
		in.answer(&o)
	}
	if b.acks && (command || !o.missed) {
		b.config.transport.Ack(in.envelope())
	}
}

// answer tells the sender of a command that it is done. It goes where the originator says, known to the directory or not.
func (in *incoming) answer(o *outcome) {
	b, s := in.bus(), takeScratch()
	defer s.release()
	s.peers = append(s.peers[:0], in.originator.Sender())
	s.reply = o.complete(&s.answer, in.id, s.reply[:0])
	m := leaving{run: in.run, message: &s.answer, id: b.ids.Next()}
	m.scope.initiator = in.originator.InitiatorUserName
	err := b.transmit(s, &m, s.peers)
	if errors.Is(err, ErrTooLarge) { // its sender must not wait for what cannot come
		s.answer = in.tooLarge(err)
		err = errors.Join(err, b.transmit(s, &m, s.peers))
	}
	if err != nil {
		b.undelivered(s.peers[0].ID, in.id, err)
	}
}

// tooLarge is the answer to a command whose own is larger than messages may be.
func (in *incoming) tooLarge(err error) MessageExecutionCompleted {
	text := fmt.Sprintf("%s cannot send its answer to %s: %v", in.bus().ID(), in.route.messageType.ID(), err)
	return MessageExecutionCompleted{SourceCommandID: in.id, ErrorCode: CodeUnknown, Payload: noBytes, ResponseMessage: &text}
}

// recycle gives the memory of the message back.
func (in *incoming) recycle() {
	switch {
	case in.remarks.kept(): // nobody knows for how long: it is not used again
	case in.local != nil:
		if !in.local.direct {
			in.local.recycle()
		}
	case in.block != nil:
		in.wipe()
		in.block.giveBack(1)
	}
}

// wipe forgets what a message keeps alive and is not shared by others. Nearly all keep nothing alive but a content, and
// nothing is written then: it is the goroutine that receives, or publishes, who writes here next, maybe on another processor.
func (in *incoming) wipe() {
	in.remarks.end(in.epoch)
	if cap(in.content) > mostShared || in.local != nil {
		in.content = nil
	}
	if in.special != nil {
		*in.special = special{}
		in.special = nil
	}
}
