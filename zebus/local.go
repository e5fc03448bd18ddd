package zebus

import (
	"context"
	"sync"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// localMessage is a command of this peer to itself, or an event that has an inline handler here. It does not travel, and is only
// encoded for handlers that do not run inline: they get a copy of their own. Other events are [localEvents].
type localMessage struct {
	incoming

	message Message         // as it was sent
	pending *Pending        // the command that waits for the outcome
	shown   *messageContext // the context that knows the ID, where nobody has asked before it was made
	direct  bool            // its sender is the one that recycles it
	alone   [1]*dispatch.Entry
	place   home
}

// locals is memory for local messages.
var locals = sync.Pool{New: func() any {
	l := new(localMessage)
	l.alone[0], l.home, l.place.local = &l.Entry, &l.place, l
	return l
}}

// newLocal returns a local message.
func newLocal(r *run, rt *route, m Message, s *scope) *localMessage {
	l, _ := locals.Get().(*localMessage)
	l.become(rt, r.onBehalfOf(r.bus.initiatorOf(s)))
	l.run, l.message = r, m
	l.header = hasEnvironment
	return l
}

// recycle gives the memory of the message back.
func (l *localMessage) recycle() {
	l.wipe()
	l.id = MessageID{}
	l.epoch++
	l.message, l.pending, l.shown, l.direct = nil, nil, nil, false
	locals.Put(l)
}

// showID makes c know the ID that the message will have when somebody asks.
func (l *localMessage) showID(c *messageContext) {
	if l.shown != nil {
		id := l.shown.messageID()
		c.time = timeOfID(&id)
	} else {
		l.shown = c
	}
}

// lateID returns the ID of a message that has none yet.
func (l *localMessage) lateID() MessageID {
	if l.shown != nil {
		return l.shown.messageID()
	}
	return l.run.bus.ids.Next()
}

// handleLocally runs the handlers of this peer on a message of its own. pending is nil for events.
func (b *Bus) handleLocally(ctx context.Context, r *run, s *scope, m Message, id MessageID, pending *Pending) {
	rt := b.routes.of(m.ZebusType())
	if rt == nil {
		if pending != nil {
			b.pending.end(id, completion{})
		}
		return
	}
	if pending == nil && !rt.inline.Load() {
		b.localEvents.post(r, rt, s, m, id)
		return
	}
	l := newLocal(r, rt, m, s)
	l.pending, l.id = pending, id
	if rt.queued.Load() || b.config.publishErrors {
		l.content = encode(m)
	}
	patience := time.Duration(0)
	if pending != nil {
		patience = b.patience(ctx)
	}
	l.carry(s.extensions, patience)
	l.prepare(true)
	l.handOver(b.dispatcher)
}

// handOver gives the message to the dispatcher. A handler on a queue may have come since it seemed that there is none:
// then the message is encoded after all.
func (l *localMessage) handOver(d *dispatch.Dispatcher) {
	if l.content == nil {
		if d.DispatchInline(l.alone[:]) {
			return
		}
		l.remarks.forgetEnvelope() // which has no content
		l.content = encode(l.message)
		l.Size += len(l.content)
	}
	d.Dispatch(l.alone[:])
}

// callInline runs a command of this peer to itself here and now, where all of its handlers are inline and nobody
// watches. It is in no table meanwhile, because it has ended when callInline returns. ok is false where the command must
// take the ordinary way; nothing has happened then. c, which is the zero one, becomes how the command has ended.
func (b *Bus) callInline(ctx context.Context, s *scope, cmd Command, to *Peer, c *completion) (ok bool) {
	r := b.running.Load()
	if b.watched || r == nil || to.ID != b.config.self.ID || sendable(cmd, to) != nil || ctx.Err() != nil {
		return false
	}
	rt := b.routes.of(cmd.ZebusType())
	if rt == nil || rt.queued.Load() || !b.dispatchesLocally(s) {
		return false
	}
	l := newLocal(r, rt, cmd, s)
	l.direct = true
	l.carry(nil, b.patience(ctx))
	l.prepare(true)
	if ok = b.dispatcher.DispatchInline(l.alone[:]); ok && l.remarks.any() {
		o := l.remarks.of(l.epoch)
		*c = o.completion()
	}
	l.recycle()
	return ok
}
