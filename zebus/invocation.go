package zebus

import (
	"context"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/wire"
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

// invoke returns how the dispatcher runs a handler, and tells that a message is over.
func (b *Bus) invoke(h *Handler) (handle func(t dispatch.Turn, batch []*dispatch.Entry), over func(*dispatch.Entry)) {
	switch {
	case h.lanes != nil:
		return b.spread(h), nil
	case runsInline(h):
		return b.invocationOf(h, h.decode).inline(), nil
	case h.maxBatch > 1:
		return b.invocationOf(h, h.newDecoder()).handleBatch, new(tidier).over
	default:
		return b.invocationOf(h, nil).queued(), new(tidier).over
	}
}

// inline returns how a handler runs on the goroutine that dispatches, for any number of them at a time.
func (v *invocation) inline() func(t dispatch.Turn, batch []*dispatch.Entry) {
	var contexts sharedContexts
	return func(t dispatch.Turn, batch []*dispatch.Entry) {
		in := incomingOf(batch[0])
		if m := v.read(in); m != nil {
			v.handle(contexts.of(in, t), m)
		}
	}
}

// queued returns how a handler runs on a queue, one message at a time.
func (v *invocation) queued() func(t dispatch.Turn, batch []*dispatch.Entry) {
	give := v.handler.newGiver()
	var reader wire.Reader
	var contexts contexts
	return func(t dispatch.Turn, batch []*dispatch.Entry) {
		in := incomingOf(batch[0])
		m, ctx := give()
		reader.Reset(in.content)
		if m.ZebusRead(&reader); reader.Err() != nil {
			in.unreadable(reader.Err())
			return
		}
		if v.one == nil || in.special != nil {
			v.handle(contexts.of(in, t), m)
			return
		}
		ctx.show(contexts.bases.restOf(in, t.Lease()), in, t)
		if reply, err := v.one(ctx, m); reply != nil || err != nil {
			in.handled(v.handler.name, reply, err)
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

// read returns the message; nil when it cannot be read, which is noted.
func (v *invocation) read(in *incoming) Message {
	m, err := in.messageFor(v.handler, v.decode)
	if err != nil {
		in.unreadable(err)
		return nil
	}
	return m
}

// handle runs the handler on one message.
func (v *invocation) handle(ctx *messageContext, m Message) {
	if ctx.extra != nil {
		defer ctx.extra.end()
	}
	reply, err := v.call(ctx, m)
	if reply != nil || err != nil {
		ctx.incoming.handled(v.handler.name, reply, err)
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
		if m := v.read(in); m != nil {
			messages, readable = append(messages, m), append(readable, in)
		}
	}
	if len(readable) > 0 {
		v.bus.run(v.handler, readable, messages, newContext(readable[0], t))
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
