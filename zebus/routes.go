package zebus

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/zebus-go/zebus/dispatch"
)

// routes finds the way of a received message to its handlers. It is read without a lock; a handler for a type that had
// none, which is rare, copies the map.
type routes struct {
	changing sync.Mutex
	byType   atomic.Pointer[map[MessageTypeID]*route]
}

// route is what happens to the messages of one type here.
type route struct {
	messageType *MessageType
	dispatch    *dispatch.Route
	inline      atomic.Bool // at least one handler runs on the receiving goroutine
	queued      atomic.Bool // at least one does not
}

// find returns the route of a type, nil when no handler takes it.
func (rs *routes) find(t MessageTypeID) *route {
	return (*rs.byType.Load())[t]
}

// lastRoute remembers the way of the message before, which mostly is that of the next one too. It is used by one
// goroutine at a time.
type lastRoute struct {
	of          *map[MessageTypeID]*route // what it was looked up in
	messageType MessageTypeID
	route       *route
}

func (l *lastRoute) find(rs *routes, t MessageTypeID) *route {
	if now := rs.byType.Load(); now != l.of || t != l.messageType {
		*l = lastRoute{of: now, messageType: t, route: (*now)[t]}
	}
	return l.route
}

// add gives a handler to the dispatcher; what it returns takes it back.
func (rs *routes) add(b *Bus, h Handler, accepts func(*incoming) bool) (remove func()) {
	rs.changing.Lock()
	defer rs.changing.Unlock()
	rt := rs.ensure(b, h.messageType)
	if runsInline(&h) {
		rt.inline.Store(true)
	} else {
		rt.queued.Store(true)
	}
	return b.dispatcher.Add(string(h.messageType.ID()), b.invoker(&h, accepts))
}

// know adds types that need no handler.
func (rs *routes) know(b *Bus, types []*MessageType) {
	rs.changing.Lock()
	defer rs.changing.Unlock()
	for _, t := range types {
		rs.ensure(b, t)
	}
}

// ensure returns the route of a type, a new one if there is none. rs.changing must be held.
func (rs *routes) ensure(b *Bus, t *MessageType) *route {
	if rt := rs.find(t.ID()); rt != nil {
		return rt
	}
	rt := &route{messageType: t, dispatch: b.dispatcher.Resolve(string(t.ID()))}
	byType := maps.Clone(*rs.byType.Load())
	byType[t.ID()] = rt
	rs.byType.Store(&byType)
	return rt
}

// runsInline says whether a handler runs on the receiving goroutine.
func runsInline(h *Handler) bool { return h.inline || h.messageType.Infrastructure() }

// invoker makes the dispatcher run a handler.
func (b *Bus) invoker(h *Handler, accepts func(*incoming) bool) *dispatch.Invoker {
	inv := &dispatch.Invoker{
		Name:     h.name,
		Queue:    h.queue,
		Inline:   runsInline(h),
		Serial:   h.serial,
		MaxBatch: h.maxBatch,
		Invoke:   b.invocation(h),
	}
	if accepts != nil {
		inv.Accepts = func(e *dispatch.Entry) bool { return accepts(incomingOf(e)) }
	}
	return inv
}

// invocation returns how the dispatcher runs a handler.
func (b *Bus) invocation(h *Handler) func(t dispatch.Turn, batch []*dispatch.Entry) {
	if h.lanes != nil {
		return b.spread(h)
	}
	if runsInline(h) {
		contexts := &sharedContexts{}
		return func(t dispatch.Turn, batch []*dispatch.Entry) {
			b.invokeOne(h, t, incomingOf(batch[0]), contexts.next())
		}
	}
	contexts := &contexts{}
	return func(t dispatch.Turn, batch []*dispatch.Entry) {
		if len(batch) == 1 {
			b.invokeOne(h, t, incomingOf(batch[0]), contexts.next())
		} else {
			b.invokeBatch(h, t, batch)
		}
	}
}

// invokeOne decodes a message and runs the handler on it. ctx is memory for its context.
func (b *Bus) invokeOne(h *Handler, t dispatch.Turn, in *incoming, ctx *messageContext) {
	m, err := in.messageFor(h)
	if err != nil {
		in.unreadable(err)
		return
	}
	in.show(ctx, t)
	defer ctx.end()
	reply, err := b.callOne(ctx, h, m)
	in.handled(h.name, reply, err)
}

// invokeBatch decodes the messages of a batch and runs the handler on them, with the context of the first. A message that
// cannot be read fails alone.
func (b *Bus) invokeBatch(h *Handler, t dispatch.Turn, batch []*dispatch.Entry) {
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
	if len(readable) > 0 {
		b.run(h, readable, messages, readable[0].show(&messageContext{}, t))
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

// ownHandlers are those that every peer has, whatever its service.
func (b *Bus) ownHandlers() []Handler {
	return []Handler{HandleCommand(b.replay).Named("zebus.Bus.Replay")}
}

// replay handles a message once more, by the handlers named or by all. Nobody hears of the outcome but who sent
// the command.
func (b *Bus) replay(ctx context.Context, cmd *ReplayMessageCommand) error {
	rt := b.routes.find(cmd.MessageToReplay.Type)
	if rt == nil {
		return Fail(CodeUnknown, "%s handles no %s", b.ID(), cmd.MessageToReplay.Type)
	}
	in := &incoming{bus: b, run: b.running.Load(), message: cmd.MessageToReplay, route: rt}
	in.originator, in.special = &cmd.MessageToReplay.Originator, &special{replayed: true}
	in.prepare(true)
	if names := cmd.HandlerTypes; len(names) > 0 {
		in.Route = in.Route.Only(func(inv *dispatch.Invoker) bool { return slices.Contains(names, inv.Name) })
	}
	b.enqueue(in)
	return nil
}
