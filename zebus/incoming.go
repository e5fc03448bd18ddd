package zebus

import (
	"bytes"
	"errors"
	"sync/atomic"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// incoming is a message on its way through the handlers: received from another peer, or sent by this one to itself. It
// is what the dispatcher queues, and what is answered in the end. When all is done it is used again for another message:
// a handler may keep its message and its context, not this.
type incoming struct {
	dispatch.Entry

	bus     *Bus
	run     *run
	route   *route
	message TransportMessage // zero for a local one that nobody has asked about, see envelope

	content    []byte          // memory for contents that are lent
	originator *Originator     // that of the message, shared by those of its sender
	local      Message         // sent by this peer to itself; handlers that do not run inline get a copy of their own
	pending    *Pending        // the local command that waits for the outcome
	special    *special        // nil for nearly every message
	shown      *messageContext // of a local message without an envelope: the context that knows its ID
	direct     bool            // a local command whose sender is the one that recycles it
	outcome    outcome
	holds      atomic.Int32 // messages in lanes; below zero when the dispatcher has let go as well
	alone      [1]*dispatch.Entry

	next  *incoming // while it waits for the next message, and of those
	below int32     // how many follow
}

// special is what few messages have.
type special struct {
	hands    []*ActiveSubscription // that took it, for handlers of their own
	content  *RoutingContent       // nil until somebody asks
	replayed bool                  // neither answered nor acknowledged
	deadline time.Time             // when the sender stops to wait; zero when it did not say
}

// beSpecial returns what the message has beyond others, for writing. It is called before or while the message is
// dispatched, by the goroutine that does so.
func (in *incoming) beSpecial() *special {
	if in.special == nil {
		in.special = &special{}
	}
	return in.special
}

var _ dispatch.Job = (*incoming)(nil)

func incomingOf(e *dispatch.Entry) *incoming {
	in, _ := e.Job.(*incoming)
	return in
}

// show makes c the context of a handler of the message.
func (in *incoming) show(c *messageContext, turn dispatch.Turn) *messageContext {
	c.run, c.originator, c.id, c.turn = in.run, in.originator, in.message.ID, turn
	c.incoming, c.epoch = in, in.outcome.epoch
	if in.special != nil && !in.special.deadline.IsZero() {
		c.extra = &contextExtra{limit: &limit{until: in.special.deadline}}
	}
	if !c.id.IsZero() {
		return c
	}
	if in.shown != nil {
		c.id = in.shown.messageID()
	} else {
		in.shown = c
	}
	return c
}

// envelope returns the message as transports know it. One that does not leave has none before somebody asks, which is
// the goroutine that runs its handlers.
func (in *incoming) envelope() *TransportMessage {
	m := &in.message
	if m.ID.IsZero() {
		m.Type, m.Originator, m.Environment = in.route.messageType.ID(), *in.originator, &in.bus.config.self.Environment
		m.ID = in.bus.ids.Next()
		if in.shown != nil {
			m.ID = in.shown.messageID()
		}
	}
	return m
}

// routing returns the routing content of the message; empty when it cannot be read. It is called by the goroutine that
// dispatches.
func (in *incoming) routing() RoutingContent {
	s := in.beSpecial()
	if s.content == nil {
		m := in.local
		if m == nil {
			m = in.route.messageType.New()
			if err := m.ZebusUnmarshal(in.message.Content); err != nil {
				m = in.route.messageType.New()
			}
		}
		content := routingOf(m, nil)
		s.content = &content
	}
	return *s.content
}

// messageFor returns the message for a handler. Each handler gets one of its own, because they may run side by side;
// only inline handlers share a local one, with its sender.
func (in *incoming) messageFor(h *Handler) (Message, error) {
	if in.local != nil && h.inline {
		return in.local, nil
	}
	return h.decode(in.message.Content)
}

// handled notes what a handler made of the message.
func (in *incoming) handled(handler string, reply Message, err error) {
	if reply != nil || err != nil {
		in.outcome.add(handler, reply, err)
	}
	if err != nil {
		in.report(handler, err)
	}
}

func (in *incoming) report(handler string, err error) {
	m := in.envelope()
	in.bus.config.observer.handlerFailed(handler, m, err)
	if _, ok := errors.AsType[*CommandError](err); !ok {
		in.bus.config.logger.Error("handler failed", "handler", handler, "message", m.Type, "id", m.ID,
			"peer", m.Originator.SenderID, "error", err)
	}
}

// Failed implements [dispatch.Job]: a handler panicked.
func (in *incoming) Failed(inv *dispatch.Invoker, err error) { in.handled(inv.Name, nil, err) }

// Rejected implements [dispatch.Job]: a queue is full, or closed. Commands are answered, so that their senders need not wait.
func (in *incoming) Rejected(err error) {
	m := in.envelope()
	in.outcome.miss(Fail(CodeUnknown, "%s does not take %s: %v", in.bus.ID(), m.Type, err))
	in.bus.drop(m, err)
}

// Done implements [dispatch.Job]: the last handler has ended, but for those that work in lanes.
func (in *incoming) Done() {
	if in.direct && in.special == nil {
		return // its sender does the rest
	}
	in.release()
}

// release lets go of the message; the last one to do so finishes it.
func (in *incoming) release() {
	if in.holds.Load() == 0 || in.holds.Add(-1) < 0 { // nobody else can hold it, or nobody else does
		in.finish()
		in.recycle()
	}
}

// finish does what comes after the last handler, and tells those who watch.
func (in *incoming) finish() {
	b := in.bus
	if !b.watched {
		in.conclude()
		return
	}
	defer b.config.observer.finished(in)
	b.config.observer.handled(in)
	if b.config.publishErrors {
		in.publishFailures()
	}
	in.conclude()
}

// conclude tells everybody who waits for the message that it is done.
func (in *incoming) conclude() {
	if in.special != nil {
		in.letGo()
	}
	switch {
	case in.special != nil && in.special.replayed:
	case in.local != nil:
		in.completeLocal()
	default:
		in.settle()
	}
}

// settle answers a command and tells the persistence that the message need not come again. An event for which a queue had
// no room was not handled, and may; a command for which there was none has been answered by that, and its sender knows.
func (in *incoming) settle() {
	command := in.route.messageType.Kind() == KindCommand
	if command && !in.outcome.isSilent() {
		in.answer()
	}
	if command || !in.outcome.hasMissed() {
		in.bus.config.transport.Ack(&in.message)
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
	if in.pending != nil {
		in.bus.pending.end(in.message.ID, in.outcome.completion())
	}
}

// answer tells the sender of a command that it is done. It goes where the originator says, known to the directory or not.
func (in *incoming) answer() {
	b, s := in.bus, takeScratch()
	defer s.release()
	s.peers = append(s.peers[:0], in.originator.Sender())
	s.reply = in.outcome.complete(&s.answer, in.message.ID, s.reply[:0])
	m := leaving{run: in.run, message: &s.answer, id: b.ids.Next()}
	m.scope.initiator = in.originator.InitiatorUserName
	if err := b.transmit(s, &m, s.peers); err != nil {
		b.undelivered(s.peers[0].ID, in.message.ID, err)
	}
}

// recycle gives the memory of the message back.
func (in *incoming) recycle() {
	switch {
	case in.direct:
	case in.local != nil:
		in.wipe()
		locals.Put(in)
	default:
		in.wipe()
		in.bus.spares.put(in)
	}
}

// assign makes m the message, with a copy of its content if that is lent. What is the same as in the message before is left
// alone: while the collector runs every pointer that is written costs, and most of these are the same for ever.
func (in *incoming) assign(m *TransportMessage, lent bool) {
	own := &in.message
	own.ID, own.Content, own.WasPersisted = m.ID, m.Content, m.WasPersisted
	if lent {
		own.Content = in.copyOf(m.Content)
	}
	if own.Type != m.Type {
		own.Type = m.Type
	}
	if own.Originator != m.Originator {
		own.Originator = m.Originator
	}
	if own.Environment != m.Environment {
		own.Environment = m.Environment
	}
	if m.PersistentPeerIDs != nil || m.Extensions != nil {
		own.PersistentPeerIDs, own.Extensions = m.PersistentPeerIDs, m.Extensions
	}
}

// copyOf returns a copy of a content, in memory that is used again unless the content is large.
func (in *incoming) copyOf(content []byte) []byte {
	if len(content) > reusedContent {
		return bytes.Clone(content)
	}
	if cap(in.content) < len(content) {
		in.content = make([]byte, 0, max(2*len(content), leastContent))
	}
	in.content = append(in.content[:0], content...)
	return in.content
}

// reusedContent is the size in bytes of the largest content whose memory is used again: a burst leaves that much behind
// for each of its messages. leastContent is the smallest room for one.
const (
	reusedContent = 1024
	leastContent  = 128
)

// wipe forgets what a message keeps alive and is not shared by others.
func (in *incoming) wipe() {
	in.outcome.renew()
	m := &in.message
	m.ID, m.Content = MessageID{}, nil
	if m.PersistentPeerIDs != nil || m.Extensions != nil {
		m.PersistentPeerIDs, m.Extensions = nil, nil
	}
	if in.local == nil && in.special == nil {
		return
	}
	in.local, in.pending, in.special, in.shown, in.direct = nil, nil, nil, nil, false
	if in.holds.Load() != 0 {
		in.holds.Store(0)
	}
}

// prepare fills in what the dispatcher must know.
func (in *incoming) prepare(local bool) {
	if e := in.message.Extensions; e != nil && e.TimeLeft > 0 {
		in.beSpecial().deadline = time.Now().Add(e.TimeLeft)
	}
	in.Route, in.Size, in.Local = in.route.dispatch, len(in.message.Content)+entryOverhead, local
	if in.Job == nil {
		in.Job = in
	}
	in.bus.config.observer.accepted(in)
}

// entryOverhead is what a queued message takes in memory beside its content, roughly: its entry and its envelope.
const entryOverhead = 512
