package zebus

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// incoming is a message on its way through the handlers: received from another peer, or sent by this one to itself. It
// is what the dispatcher queues, what the handlers' contexts show, and what is answered in the end.
type incoming struct {
	dispatch.Entry

	bus     *Bus
	run     *run
	route   *route
	message TransportMessage

	local    Message  // sent by this peer to itself; handlers that do not run inline get a copy of their own
	pending  *Pending // the local command that waits for the outcome
	special  *special // nil for nearly every message
	outcome  outcome
	holds    atomic.Int32 // messages in lanes; below zero when the dispatcher has let go as well
	first    call         // of the first handler that takes the message alone: memory that need not be asked for
	firstOut atomic.Bool  // first is taken
	alone    [1]*dispatch.Entry
}

// special is what few messages have.
type special struct {
	hands    []*ActiveSubscription // that took it, for handlers of their own
	content  *RoutingContent       // nil until somebody asks
	only     []string              // handlers of a replay; nil means all
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

// call is one invocation of a handler with one message.
type call struct {
	context  messageContext
	messages [1]Message
	all      [1]*incoming
}

// newCall returns memory for an invocation: the message's own for the first, as most messages have one handler.
func (in *incoming) newCall() *call {
	if in.firstOut.CompareAndSwap(false, true) {
		return &in.first
	}
	return &call{}
}

var _ dispatch.Job = (*incoming)(nil)

func incomingOf(e *dispatch.Entry) *incoming {
	in, _ := e.Job.(*incoming)
	return in
}

// outcome is what the handlers made of a message. They may end at the same moment on different queues.
type outcome struct {
	mu     sync.Mutex
	code   int
	text   string
	reply  Message
	failed []failure // in the order in which the handlers ended
	missed bool      // at least one queue did not take it
	mute   bool      // it could not be read: a command stays without an answer, as its sender expects of Zebus
}

func (o *outcome) setCode(code int, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.code, o.text = code, text
}

func (o *outcome) answer() (code int, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.code, o.text
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

func (o *outcome) hasMissed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.missed
}

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

func (o *outcome) isSilent() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.mute
}

// completed returns the answer to the command with the given ID.
func (o *outcome) completed(id MessageID) *MessageExecutionCompleted {
	o.mu.Lock()
	defer o.mu.Unlock()
	answer := &MessageExecutionCompleted{SourceCommandID: id, Payload: []byte{}, ResponseMessage: new(string)}
	switch {
	case len(o.failed) > 0:
		code, text := codeOf(o.failed[0].err)
		answer.ErrorCode, answer.ResponseMessage = int32(code), &text
	case o.reply != nil:
		t := o.reply.ZebusType().ID()
		answer.PayloadType, answer.Payload = &t, encode(o.reply)
	default:
		answer.ErrorCode, answer.ResponseMessage = int32(o.code), &o.text
	}
	return answer
}

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

// isFor says whether the handler of that name is one of those that a replay is for.
func (in *incoming) isFor(handler string) bool {
	return in.special == nil || len(in.special.only) == 0 || slices.Contains(in.special.only, handler)
}

// context returns what the context of the handlers is made of: it ends with the run, or when the sender stops to wait.
func (in *incoming) context() (context.Context, context.CancelFunc) {
	if in.special == nil || in.special.deadline.IsZero() {
		return in.run.ctx, doNothing
	}
	return context.WithDeadline(in.run.ctx, in.special.deadline)
}

func doNothing() {}

// routing returns the routing content of the message; empty when it cannot be read. It is called by the goroutine that
// dispatches.
func (in *incoming) routing() RoutingContent {
	s := in.beSpecial()
	if s.content == nil {
		m := in.route.messageType.New()
		s.content = new(RoutingContent)
		if err := m.ZebusUnmarshal(in.message.Content); err == nil {
			*s.content = routingOf(m, nil)
		}
	}
	return *s.content
}

// initiator returns the user on whose behalf the message was sent, which goes on to what its handlers send.
func (in *incoming) initiator(b *Bus) *string {
	if name := in.message.Originator.InitiatorUserName; name != nil {
		return name
	}
	return &b.config.initiator
}

// messageFor returns the message for a handler. Each handler gets one of its own, because they may run side by side;
// only inline handlers share a local one, with its sender.
func (in *incoming) messageFor(h Handler) (Message, error) {
	if in.local != nil && h.inline {
		return in.local, nil
	}
	return h.decode(in.message.Content)
}

// handled notes what a handler made of the message.
func (in *incoming) handled(handler string, reply Message, err error) {
	in.outcome.add(handler, reply, err)
	if err != nil {
		in.report(handler, err)
	}
}

func (in *incoming) report(handler string, err error) {
	in.bus.config.observer.handlerFailed(handler, &in.message, err)
	if _, ok := errors.AsType[*CommandError](err); !ok {
		in.bus.config.logger.Error("handler failed", "handler", handler, "message", in.message.Type, "id", in.message.ID,
			"peer", in.message.Originator.SenderID, "error", err)
	}
}

// Failed implements [dispatch.Job]: a handler panicked.
func (in *incoming) Failed(inv *dispatch.Invoker, err error) { in.handled(inv.Name, nil, err) }

// Rejected implements [dispatch.Job]: a queue is full, or closed. Commands are answered, so that their senders need not wait.
func (in *incoming) Rejected(err error) {
	in.outcome.miss(Fail(CodeUnknown, "%s does not take %s: %v", in.bus.ID(), in.message.Type, err))
	in.bus.drop(&in.message, err)
}

// Done implements [dispatch.Job]: the last handler has ended, but for those that work in lanes.
func (in *incoming) Done() { in.release() }

// release lets go of the message; the last one to do so finishes it.
func (in *incoming) release() {
	if in.holds.Add(-1) < 0 {
		in.finish()
	}
}

// finish does what comes after the last handler.
func (in *incoming) finish() {
	defer in.bus.config.observer.finished(in)
	in.bus.config.observer.handled(in)
	in.publishFailures()
	in.letGo()
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
	if in.special == nil {
		return
	}
	for _, a := range in.special.hands {
		a.release()
	}
}

// answer tells the sender of a command that it is done. It goes where the originator says, known to the directory or not.
func (in *incoming) answer() {
	b := in.bus
	to := in.message.Originator.Sender()
	ctx := &messageContext{Context: in.run.ctx, incoming: in}
	if err := b.transmit(ctx, in.run, in.outcome.completed(in.message.ID), b.ids.Next(), to); err != nil {
		b.undelivered(to.ID, in.message.ID, err)
	}
}

func (in *incoming) completeLocal() {
	if in.pending == nil {
		return
	}
	in.bus.pending.end(in.message.ID, in.outcome.completion())
}

// handleLocally runs the handlers of this peer on a message of its own. pending is nil for events.
func (b *Bus) handleLocally(ctx context.Context, r *run, m Message, id MessageID, pending *Pending) {
	rt := b.routes.find(m.ZebusType().ID())
	if rt == nil {
		if pending != nil {
			b.pending.end(id, completion{})
		}
		return
	}
	in := &incoming{bus: b, run: r, route: rt, local: m, pending: pending}
	in.message = b.envelope(ctx, r, m.ZebusType().ID(), id, nil)
	if rt.queued.Load() || b.config.publishErrors {
		in.message.Content = encode(m)
	}
	if pending != nil {
		b.limit(ctx, &in.message)
	}
	b.enqueue(in, true)
}

// enqueue hands one message to the dispatcher.
func (b *Bus) enqueue(in *incoming, local bool) {
	in.prepare(local)
	in.alone[0] = &in.Entry
	b.dispatcher.Dispatch(in.alone[:])
}

// prepare fills in what the dispatcher must know.
func (in *incoming) prepare(local bool) {
	if e := in.message.Extensions; e != nil && e.TimeLeft > 0 {
		in.beSpecial().deadline = time.Now().Add(e.TimeLeft)
	}
	in.Entry = dispatch.Entry{Route: in.route.dispatch, Job: in, Size: len(in.message.Content) + entryOverhead, Local: local}
	in.bus.config.observer.accepted(in)
}

// entryOverhead is what a queued message takes in memory beside its content, roughly: its entry and its envelope.
const entryOverhead = 512
