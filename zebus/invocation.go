package zebus

import (
	"context"

	"github.com/zebus-go/zebus/dispatch"
)

// invocation is how the messages of a handler are handled: decoded, shown to the handler with a context of theirs, and noted
// what became of them. It belongs to the turn of the handler's queue, so one goroutine at a time uses it; that of a handler
// that runs inline may be used by several.
type invocation struct {
	bus     *Bus
	handler *Handler
	decode  decoder
	one     func(context.Context, Message) (Message, error) // the handler, where nobody watches and it takes one message
}

// invoke returns how the dispatcher runs a handler.
func (b *Bus) invoke(h *Handler) func(t dispatch.Turn, batch []*dispatch.Entry) {
	switch {
	case h.lanes != nil:
		return b.spread(h)
	case runsInline(h):
		v, contexts := b.invocationOf(h, h.decode), &sharedContexts{}
		return func(t dispatch.Turn, batch []*dispatch.Entry) { v.handle(t, incomingOf(batch[0]), contexts.next()) }
	default:
		v, contexts := b.invocationOf(h, h.newDecoder()), &contexts{}
		return func(t dispatch.Turn, batch []*dispatch.Entry) {
			if len(batch) == 1 {
				v.handle(t, incomingOf(batch[0]), contexts.next())
			} else {
				v.handleBatch(t, batch)
			}
		}
	}
}

func (b *Bus) invocationOf(h *Handler, d decoder) *invocation {
	v := &invocation{bus: b, handler: h, decode: d}
	if !b.watchesHandlers() {
		v.one = h.one
	}
	return v
}

// handle decodes a message and runs the handler on it. ctx is memory for its context.
func (v *invocation) handle(t dispatch.Turn, in *incoming, ctx *messageContext) {
	m, err := in.messageFor(v.handler, v.decode)
	if err != nil {
		in.unreadable(err)
		return
	}
	if in.show(ctx, t); ctx.extra != nil {
		defer ctx.extra.end()
	}
	reply, err := v.call(ctx, m)
	if reply != nil || err != nil {
		in.handled(v.handler.name, reply, err)
	}
}

// call runs the handler on one message.
func (v *invocation) call(ctx *messageContext, m Message) (Message, error) {
	if v.one != nil {
		return v.one(ctx, m)
	}
	return v.bus.call(ctx, v.handler, []Message{m})
}

// handleBatch decodes the messages of a batch and runs the handler on them, with the context of the first. A message that
// cannot be read fails alone.
func (v *invocation) handleBatch(t dispatch.Turn, batch []*dispatch.Entry) {
	messages := make([]Message, 0, len(batch))
	readable := make([]*incoming, 0, len(batch))
	for _, e := range batch {
		in := incomingOf(e)
		m, err := in.messageFor(v.handler, v.decode)
		if err != nil {
			in.unreadable(err)
			continue
		}
		messages, readable = append(messages, m), append(readable, in)
	}
	if len(readable) > 0 {
		v.bus.run(v.handler, readable, messages, readable[0].show(&messageContext{}, t))
	}
}

// run runs the handler on messages that have been read, with the context of the first, and notes the outcome for each.
func (b *Bus) run(h *Handler, all []*incoming, messages []Message, ctx *messageContext) {
	ctx.ofBatch(all)
	defer ctx.end()
	reply, err := b.call(ctx, h, messages)
	for _, in := range all {
		in.handled(h.name, reply, err)
	}
}
