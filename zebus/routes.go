package zebus

import (
	"context"
	"maps"
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

// add gives a handler to the dispatcher; what it returns takes it back.
func (rs *routes) add(b *Bus, h Handler, accepts func(*incoming) bool) (remove func()) {
	rs.changing.Lock()
	defer rs.changing.Unlock()
	rt := rs.ensure(b, h.messageType)
	if h.inline || h.messageType.Infrastructure() {
		rt.inline.Store(true)
	} else {
		rt.queued.Store(true)
	}
	return b.dispatcher.Add(string(h.messageType.ID()), b.invoker(h, accepts))
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

// invoker makes the dispatcher run a handler.
func (b *Bus) invoker(h Handler, accepts func(*incoming) bool) *dispatch.Invoker {
	invoke := func(t dispatch.Turn, batch []*dispatch.Entry) { b.invoke(h, t, batch) }
	if h.lanes != nil {
		invoke = b.spread(h)
	}
	return &dispatch.Invoker{
		Name:     h.name,
		Queue:    h.queue,
		Inline:   h.inline || h.messageType.Infrastructure(),
		Serial:   h.serial,
		MaxBatch: h.maxBatch,
		Accepts: func(e *dispatch.Entry) bool {
			return incomingOf(e).isFor(h.name) && (accepts == nil || accepts(incomingOf(e)))
		},
		Invoke: invoke,
	}
}

// invoke decodes the messages of a batch and runs the handler on them, with the context of the first. A message that
// cannot be read fails alone.
func (b *Bus) invoke(h Handler, t dispatch.Turn, batch []*dispatch.Entry) {
	if len(batch) == 1 {
		b.invokeOne(h, t, incomingOf(batch[0]))
		return
	}
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
	b.run(h, readable, messages, &messageContext{turn: t})
}

// invokeOne is invoke for one message.
func (b *Bus) invokeOne(h Handler, t dispatch.Turn, in *incoming) {
	m, err := in.messageFor(h)
	if err != nil {
		in.unreadable(err)
		return
	}
	c := in.newCall()
	c.messages[0], c.all[0], c.context.turn = m, in, t
	b.run(h, c.all[:], c.messages[:], &c.context)
}

// run runs the handler on messages that have been read, and notes the outcome for each. ctx has its turn already.
func (b *Bus) run(h Handler, all []*incoming, messages []Message, ctx *messageContext) {
	parent, end := all[0].context()
	defer end()
	ctx.Context, ctx.incoming, ctx.batch = parent, all[0], all
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
	in.special = &special{only: cmd.HandlerTypes, replayed: true}
	b.enqueue(in, true)
	return nil
}
