package zebus

import (
	"errors"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// incoming is a message on its way through the handlers: received from another peer, or sent by this one to itself. It
// is what the dispatcher queues, and what is answered in the end. When all is done it is used again for another message:
// a handler may keep its message and its context, not this.
//
// It is written by one processor and read by another, so it is small: what few messages have is elsewhere, and what can be
// said otherwise, as the envelope, is made when somebody asks.
type incoming struct {
	dispatch.Entry

	// With Size at the end of Entry, this is what is written anew for nearly every message: one cache line (see block).
	content []byte
	id      MessageID // zero for a local one that nobody has asked about
	epoch   uint32    // counts the messages that this was
	header  header

	*home
	route      *route
	originator *Originator // shared by the messages of one sender
	special    *special    // nil for nearly every message
	remarks    remarks
}

// home is where messages are: what they have in common with those in the same memory.
type home struct {
	run   *run
	local *localMessage // nil for what was received, or could have been: see localEvents
	block *block        // nil for what is not used again, or is a local message
}

// header is what the envelope of a message says beside what incoming has.
type header uint8

const (
	hasEnvironment header = 1 << iota // that of this peer
	saysPersisted                     // whether the persistence has it
	wasPersisted                      // it has
)

// special is what few messages have.
type special struct {
	hands    []*ActiveSubscription // that took it, for handlers of their own
	content  *RoutingContent       // nil until somebody asks
	replayed bool                  // neither answered nor acknowledged
	deadline time.Time             // when the sender stops waiting; zero when it did not say

	// What the envelope of hardly any message says.
	environment *string  // not that of this peer
	keepFor     []PeerID // as a request to the persistence
	extensions  *Extensions
}

// beSpecial returns what the message has beyond others, for writing. It is called before or while the message is
// dispatched, by the goroutine that does so.
func (in *incoming) beSpecial() *special {
	switch {
	case in.special != nil:
	case in.block != nil:
		in.special = in.block.special()
	default:
		in.special = &special{}
	}
	return in.special
}

var _ dispatch.Job = (*incoming)(nil)

func incomingOf(e *dispatch.Entry) *incoming {
	in, _ := e.Job.(*incoming)
	return in
}

// bus returns the bus that handles the message.
func (in *incoming) bus() *Bus { return in.run.bus }

// routing returns the routing content of the message; empty when it cannot be read. It is called by the goroutine that
// dispatches.
func (in *incoming) routing() RoutingContent {
	s := in.beSpecial()
	if s.content == nil {
		s.content = new(routingOf(in.read(), nil))
	}
	return *s.content
}

// read returns the message for a look at it; an empty one when it cannot be read.
func (in *incoming) read() Message {
	if in.local != nil {
		return in.local.message
	}
	m := in.route.messageType.New()
	if err := m.ZebusUnmarshal(in.content); err != nil {
		return in.route.messageType.New()
	}
	return m
}

// messageFor returns the message for a handler. Each handler gets one of its own, because they may run side by side;
// only inline handlers share a local one, with its sender.
func (in *incoming) messageFor(h *Handler, decode decoder) (Message, error) {
	if in.local != nil && runsInline(h) {
		return in.local.message, nil
	}
	return decode(in.content)
}

// handled notes what a handler made of the message.
func (in *incoming) handled(handler string, reply Message, err error) {
	if reply != nil || err != nil {
		in.remarks.add(in.epoch, handler, reply, err)
	}
	if err != nil {
		in.report(handler, err)
	}
}

func (in *incoming) report(handler string, err error) {
	m, b := in.envelope(), in.bus()
	b.config.observer.handlerFailed(handler, m, err)
	if _, answer := errors.AsType[*CommandError](err); !answer {
		b.config.logger.Error("handler failed", "handler", handler, "message", m.Type, "id", m.ID,
			"peer", m.Originator.SenderID, "error", err)
	}
}

// Failed implements [dispatch.Job]: a handler panicked.
func (in *incoming) Failed(inv *dispatch.Invoker, err error) { in.handled(inv.Name, nil, err) }

// Rejected implements [dispatch.Job]: a queue is full, or closed. Commands are answered, so that their senders need not wait.
func (in *incoming) Rejected(err error) {
	m, b := in.envelope(), in.bus()
	in.remarks.miss(in.epoch, Fail(CodeUnknown, "%s does not take %s: %v", b.ID(), m.Type, err))
	b.drop(m, err)
}

// become makes the memory that of a message of that kind. Mostly the one before was of the same, and a look costs less than
// to write: the cache of another processor need not give anything up, and while garbage is collected every pointer that is
// written costs as much as a call.
func (in *incoming) become(rt *route, from *Originator) {
	if in.route != rt {
		in.route = rt
	}
	if in.Route != rt.dispatch {
		in.Route = rt.dispatch
	}
	if in.originator != from {
		in.originator = from
	}
}

// fill makes m the message, with a copy of its content if that is lent.
func (in *incoming) fill(m *TransportMessage, lent bool) {
	in.id, in.content, in.header = m.ID, m.Content, 0
	in.epoch++
	if lent {
		in.content = in.block.copyOf(m.Content)
	}
	in.readHeader(m)
	if m.PersistentPeerIDs != nil {
		in.beSpecial().keepFor = m.PersistentPeerIDs
	}
	if m.Extensions != nil {
		in.extend(m.Extensions)
	}
}

// extend makes the message carry more than its envelope.
func (in *incoming) extend(e *Extensions) {
	s := in.beSpecial()
	s.extensions = e
	if e.TimeLeft > 0 {
		s.deadline = time.Now().Add(e.TimeLeft)
	}
}

// carry makes a message of this peer to itself carry what it would on its way to another peer: e, which may be nil, and how
// long its sender waits.
func (in *incoming) carry(e *Extensions, left time.Duration) {
	if e == nil && left == 0 {
		return
	}
	own := Extensions{TimeLeft: left}
	if e != nil {
		own.TraceParent, own.TraceState = e.TraceParent, e.TraceState
	}
	in.extend(&own)
}

// readHeader notes what the envelope says.
func (in *incoming) readHeader(m *TransportMessage) {
	if m.WasPersisted != nil {
		in.header |= saysPersisted
		if *m.WasPersisted {
			in.header |= wasPersisted
		}
	}
	if m.Environment == nil {
		return
	}
	if *m.Environment == in.bus().config.self.Environment {
		in.header |= hasEnvironment
	} else {
		in.beSpecial().environment = m.Environment
	}
}

// prepare fills in what the dispatcher must know.
func (in *incoming) prepare(local bool) {
	in.Size = len(in.content) + entryOverhead
	if in.Local != local {
		in.Local = local
	}
	if in.Job == nil {
		in.Job = in
	}
	in.bus().config.observer.accepted(in)
}

// entryOverhead is what a queued message takes in memory beside its content, roughly: its entry and its envelope.
const entryOverhead = 512
