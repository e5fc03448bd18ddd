package zebus

import (
	"context"
	"sync"
	"time"
)

// locals is memory for the messages that peers send to themselves.
var locals = sync.Pool{New: func() any { return new(incoming) }}

// newLocal returns a message of this peer to itself.
func (b *Bus) newLocal(r *run, rt *route, m Message, s *scope) *incoming {
	in, _ := locals.Get().(*incoming)
	in.bus, in.run, in.route, in.local = b, r, rt, m
	in.originator = r.onBehalfOf(b.initiatorOf(s))
	return in
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
	in := b.newLocal(r, rt, m, s)
	in.pending, in.message.ID = pending, id
	in.message.Type, in.message.Originator = rt.messageType.ID(), *in.originator
	in.message.Environment, in.message.Extensions = &b.config.self.Environment, s.extensions
	if rt.queued.Load() || b.config.publishErrors {
		in.message.Content = encode(m)
	}
	if pending != nil {
		in.limit(b.patience(ctx))
	}
	in.prepare(true)
	b.enqueue(in)
}

// limit makes the handlers know how long the sender of a local command waits.
func (in *incoming) limit(left time.Duration) {
	if left > 0 {
		in.message.limit(left, &Extensions{})
	}
}

// enqueue hands one message to the dispatcher.
func (b *Bus) enqueue(in *incoming) {
	in.alone[0] = &in.Entry
	b.dispatcher.Dispatch(in.alone[:])
}

// callInline runs a command of this peer to itself here and now, where all of its handlers are inline and nobody
// watches. It is in no table meanwhile, because it has ended when callInline returns. ok is false where the command must
// take the ordinary way; nothing has happened then.
func (b *Bus) callInline(ctx context.Context, s *scope, cmd Command, to *Peer) (c completion, ok bool) {
	r := b.running.Load()
	if b.watched || r == nil || to.ID != b.config.self.ID || sendable(cmd, to) != nil || ctx.Err() != nil {
		return c, false
	}
	rt := b.routes.of(cmd.ZebusType())
	if rt == nil || rt.queued.Load() || !b.dispatchesLocally(s) {
		return c, false
	}
	in := b.newLocal(r, rt, cmd, s)
	in.direct = true
	in.limit(b.patience(ctx))
	in.prepare(true)
	if ok = b.dispatcher.DispatchInline(&in.Entry); ok {
		c = in.outcome.completion()
	}
	in.wipe()
	locals.Put(in)
	return c, ok
}
