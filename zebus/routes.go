package zebus

import (
	"context"

	"github.com/zebus-go/zebus/dispatch"
)

// routes finds the way of a received message to its handlers. It is built once and read without a lock.
type routes struct {
	byType map[MessageTypeID]*route
}

// route is what happens to the messages of one type here.
type route struct {
	messageType *MessageType
	dispatch    *dispatch.Route
	inline      bool // at least one handler runs on the receiving goroutine
}

// load builds the routes of all handlers and gives their invokers to the dispatcher.
func (rs *routes) load(b *Bus, handlers []Handler) {
	rs.byType = make(map[MessageTypeID]*route)
	for _, h := range handlers {
		rt := rs.of(b, h.messageType)
		rt.inline = rt.inline || h.inline
		b.dispatcher.Add(string(h.messageType.ID()), b.invoker(h))
	}
}

func (rs *routes) of(b *Bus, t *MessageType) *route {
	rt := rs.byType[t.ID()]
	if rt == nil {
		rt = &route{messageType: t, dispatch: b.dispatcher.Resolve(string(t.ID()))}
		rs.byType[t.ID()] = rt
	}
	return rt
}

// invoker makes the dispatcher run a handler.
func (b *Bus) invoker(h Handler) *dispatch.Invoker {
	return &dispatch.Invoker{
		Name:     h.name,
		Queue:    h.queue,
		Inline:   h.inline || h.messageType.Infrastructure(),
		Serial:   h.serial,
		MaxBatch: h.maxBatch,
		Accepts:  func(e *dispatch.Entry) bool { return incomingOf(e).wants(h.name) },
		Invoke:   func(t *dispatch.Turn, batch []*dispatch.Entry) { b.invoke(h, t, batch) },
	}
}

// invoke decodes the messages of a batch and runs the handler on them, with the context of the first. A message that
// cannot be read fails alone.
func (b *Bus) invoke(h Handler, t *dispatch.Turn, batch []*dispatch.Entry) {
	messages := make([]Message, 0, len(batch))
	readable := make([]*incoming, 0, len(batch))
	for _, e := range batch {
		in := incomingOf(e)
		m, err := in.messageFor(h)
		if err != nil {
			in.unreadable(err)
			continue
		}
		messages, readable = append(messages, m), append(readable, in)
	}
	if len(readable) == 0 {
		return
	}
	ctx := &messageContext{Context: readable[0].run.ctx, incoming: readable[0], batch: readable, turn: t}
	reply, err := h.invoke(ctx, messages)
	for _, in := range readable {
		in.handled(h.name, reply, err)
	}
}

// ownHandlers are those that every peer has, whatever its service.
func (b *Bus) ownHandlers() []Handler {
	return []Handler{HandleCommand(b.replay).Named("zebus.Bus.Replay")}
}

// replay handles a message once more, by the handlers named or by all. Nobody hears of the outcome but who sent
// the command.
func (b *Bus) replay(ctx context.Context, cmd *ReplayMessageCommand) error {
	rt := b.routes.byType[cmd.MessageToReplay.Type]
	if rt == nil {
		return Fail(CodeUnknown, "%s handles no %s", b.ID(), cmd.MessageToReplay.Type)
	}
	in := &incoming{bus: b, run: b.running.Load(), message: cmd.MessageToReplay, route: rt, only: cmd.HandlerTypes, replayed: true}
	b.enqueue(in, true)
	return nil
}
