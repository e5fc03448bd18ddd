package zebus

import (
	"slices"
	"time"
)

// An Observer hears of everything that a bus does, above all of what has no caller to be returned to. Metrics, tests and
// tools stand on it. Each function may be nil, and then costs nothing; all are called on the goroutine at work, from many
// of them, some the receiving one, and must not wait. Messages and slices that they are given are the bus's own: they
// are not to be changed, nor kept for later.
//
// A message that this peer sends to itself does not travel: Sending, Accepted, HandlerRan, Handled and Finished show it, Sent
// and Received do not.
type Observer struct { //nolint:recvcheck // given by value; kept by pointer, because it is large
	// Built is told of the bus once, by Build: for [Bus.Stats]. The queues of a bus that has such an observer know how
	// long messages have waited.
	Built func(b *Bus)

	// Sending comes before a command or an event leaves, for another peer or for this one itself. to is empty when
	// nobody subscribed to the event. Answers and what could not be addressed are not shown.
	Sending func(m Message, to []Peer)
	// Sent comes when a message has been handed to the transport, with the peers for which that took it. Answers are
	// messages too.
	Sent func(t *MessageType, m *TransportMessage, to []Peer)
	// SendFailed is told of a message that did not reach a peer. Commands fail their sender too; events have only this.
	SendFailed func(to PeerID, id MessageID, err error)
	// SendUncertain is told that up to n messages to a peer may be lost, because its connection died.
	SendUncertain func(to PeerID, n int, err error)
	// CommandEnded comes when the sender of a command learns how it ended.
	CommandEnded func(c EndedCommand)

	// Received comes when the transport has handed up a message. t is nil when no handler of this peer takes it, and m.Type
	// is then whatever the network says.
	Received func(t *MessageType, m *TransportMessage)
	// Dropped is told of a received message that was not handled, and why: [ErrUnknownType], [ErrUnreadable], or that of a
	// queue that did not take it, which wraps an error of package dispatch.
	Dropped func(m *TransportMessage, err error)
	// FrameRejected is told of a frame that the transport did not hand up, because it is no message for this peer.
	FrameRejected func(f RejectedFrame)
	// Accepted comes when a message is accepted for handlers of this peer, before any of them runs. The news that a peer
	// subscribed to something with a snapshot counts as one of type "snapshot of …"; Finished follows it, and
	// HandlerFailed where the snapshot fails.
	Accepted func(m *TransportMessage)
	// HandlerRan comes when a handler has returned, with a message or with a batch of them.
	HandlerRan func(r HandlerRun)
	// TryFailed comes when a handler has failed and waits before it tries again.
	TryFailed func(t FailedTry)
	// HandlerFailed is told of an error or a panic of a handler, for each message that it had.
	HandlerFailed func(handler string, m *TransportMessage, err error)
	// Handled comes when the last handler of a message has ended and before the sender of a command is answered, with
	// the reply, if there is one, or the first error.
	Handled func(t *MessageType, m *TransportMessage, reply Message, err error)
	// Finished comes when nothing is left to do for a message that was accepted: its answer has left.
	Finished func(m *TransportMessage)
}

// EndedCommand is how a command ended for its sender.
type EndedCommand struct {
	Type     *MessageType
	ID       MessageID
	To       PeerID        // empty when it was sent to nobody
	Duration time.Duration // since it was to be sent
	Err      error         // what Send returns
}

// HandlerRun is one call of a handler.
type HandlerRun struct {
	Handler  string
	Type     *MessageType
	Messages int           // 1, or the size of the batch
	Duration time.Duration // the waits inside included: for replies, and for the queue after them
	Err      error         // what it returned; [ErrNotReturned] after a panic
}

// WithObserver adds an observer; those given first are called first.
func (b *Builder) WithObserver(o Observer) *Builder {
	b.config.observer = b.config.observer.and(o)
	return b
}

// and returns an observer that tells both.
func (o Observer) and(p Observer) Observer {
	return Observer{
		Built:         both1(o.Built, p.Built),
		Sending:       both2(o.Sending, p.Sending),
		Sent:          both3(o.Sent, p.Sent),
		SendFailed:    both3(o.SendFailed, p.SendFailed),
		SendUncertain: both3(o.SendUncertain, p.SendUncertain),
		CommandEnded:  both1(o.CommandEnded, p.CommandEnded),
		Received:      both2(o.Received, p.Received),
		Dropped:       both2(o.Dropped, p.Dropped),
		FrameRejected: both1(o.FrameRejected, p.FrameRejected),
		Accepted:      both1(o.Accepted, p.Accepted),
		HandlerRan:    both1(o.HandlerRan, p.HandlerRan),
		TryFailed:     both1(o.TryFailed, p.TryFailed),
		HandlerFailed: both3(o.HandlerFailed, p.HandlerFailed),
		Handled:       both4(o.Handled, p.Handled),
		Finished:      both1(o.Finished, p.Finished),
	}
}

func both1[A any](f, g func(A)) func(A) {
	if f == nil || g == nil {
		return either(f == nil, f, g)
	}
	return func(a A) { f(a); g(a) }
}

func both2[A, B any](f, g func(A, B)) func(A, B) {
	if f == nil || g == nil {
		return either(f == nil, f, g)
	}
	return func(a A, b B) { f(a, b); g(a, b) }
}

func both3[A, B, C any](f, g func(A, B, C)) func(A, B, C) {
	if f == nil || g == nil {
		return either(f == nil, f, g)
	}
	return func(a A, b B, c C) { f(a, b, c); g(a, b, c) }
}

func both4[A, B, C, D any](f, g func(A, B, C, D)) func(A, B, C, D) {
	if f == nil || g == nil {
		return either(f == nil, f, g)
	}
	return func(a A, b B, c C, d D) { f(a, b, c, d); g(a, b, c, d) }
}

func either[F any](second bool, f, g F) F {
	if second {
		return g
	}
	return f
}

func (o *Observer) built(b *Bus) {
	if o.Built != nil {
		o.Built(b)
	}
}

func (o *Observer) sending(m Message, to []Peer) {
	if o.Sending != nil {
		o.Sending(m, to)
	}
}

// sendingTo is sending to one peer, without a slice where nobody looks.
func (o *Observer) sendingTo(m Message, to *Peer) {
	if o.Sending != nil {
		o.Sending(m, []Peer{*to})
	}
}

// sent tells of a message that a transport has taken, but for the peers that are in err.
func (o *Observer) sent(t *MessageType, d Delivery, err error) {
	if o.Sent == nil {
		return
	}
	if to := taken(d.To, err); len(to) > 0 {
		o.Sent(t, d.Message, to)
	}
}

// taken returns the peers that err, of a transport, does not concern. An error that names no peer concerns all.
func taken(to []Peer, err error) []Peer {
	if err == nil {
		return to
	}
	missed := sendErrors(err)
	if len(missed) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(to), func(p Peer) bool {
		return slices.ContainsFunc(missed, func(e *SendError) bool { return e.To == p.ID })
	})
}

func (o *Observer) sendFailed(to PeerID, id MessageID, err error) {
	if o.SendFailed != nil {
		o.SendFailed(to, id, err)
	}
}

func (o *Observer) sendUncertain(to PeerID, n int, err error) {
	if o.SendUncertain != nil {
		o.SendUncertain(to, n, err)
	}
}

func (o *Observer) received(t *MessageType, m *TransportMessage) {
	if o.Received != nil {
		o.Received(t, m)
	}
}

func (o *Observer) dropped(m *TransportMessage, err error) {
	if o.Dropped != nil {
		o.Dropped(m, err)
	}
}

func (o *Observer) frameRejected(f RejectedFrame) {
	if o.FrameRejected != nil {
		o.FrameRejected(f)
	}
}

func (o *Observer) accepted(in *incoming) {
	if o.Accepted != nil {
		o.Accepted(in.envelope())
	}
}

func (o *Observer) handlerFailed(handler string, m *TransportMessage, err error) {
	if o.HandlerFailed != nil {
		o.HandlerFailed(handler, m, err)
	}
}

func (o *Observer) handled(in *incoming) {
	if o.Handled != nil {
		made := in.remarks.of(in.epoch)
		reply, err := made.result()
		o.Handled(in.route.messageType, in.envelope(), reply, err)
	}
}

func (o *Observer) finished(in *incoming) {
	if o.Finished != nil {
		o.Finished(in.envelope())
	}
}

// watchesMessages says whether somebody hears of every message that is sent and handled, whatever becomes of it.
func (c *busConfig) watchesMessages() bool {
	o := &c.observer
	return c.tracing != nil || c.publishErrors || o.Sending != nil || o.CommandEnded != nil ||
		o.Accepted != nil || o.Handled != nil || o.Finished != nil
}
