package zebus

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/zebus-go/zebus/dispatch"
)

// routes finds the way of a message to its handlers. It is read without a lock; a handler for a type that had none, which
// is rare, copies the table.
type routes struct {
	changing sync.Mutex
	spread   int                  // handlers that have lanes so far; guarded by changing
	keys     map[string]*laneKeys // by queue in lower case; guarded by changing
	table    atomic.Pointer[routeTable]
}

// routeTable is not changed, only replaced.
type routeTable struct {
	byID     map[MessageTypeID]*route
	byNumber []*route // of a type in this program; nil where there is none, or it goes by another type of the same ID
}

// route is what happens to the messages of one type here.
type route struct {
	messageType *MessageType
	dispatch    *dispatch.Route
	inline      atomic.Bool         // at least one handler runs on the receiving goroutine
	queued      atomic.Bool         // at least one does not
	chosen      atomic.Bool         // at least one handler does not take every message
	untold      bool                // nobody is told that a message is over
	supplies    sync.Pool           // of *localSupply: memory for events of this peer to itself
	ours        atomic.Pointer[run] // in which this peer is subscribed to the whole type, and the directory knows
}

// find returns the route of a type, nil when no handler takes it.
func (rs *routes) find(t MessageTypeID) *route {
	return rs.table.Load().byID[t]
}

// of is find for a message of this program.
func (rs *routes) of(t *MessageType) *route {
	table := rs.table.Load()
	if t.number < len(table.byNumber) {
		if rt := table.byNumber[t.number]; rt != nil {
			return rt
		}
	}
	return table.byID[t.ID()]
}

// with returns a table that has a route more.
func (table *routeTable) with(rt *route) *routeTable {
	more := &routeTable{maps.Clone(table.byID), slices.Clone(table.byNumber)}
	more.byID[rt.messageType.ID()] = rt
	if missing := rt.messageType.number + 1 - len(more.byNumber); missing > 0 {
		more.byNumber = append(more.byNumber, make([]*route, missing)...)
	}
	more.byNumber[rt.messageType.number] = rt
	return more
}

// lastRoute remembers the way of the message before, which mostly is that of the next one too. It is used by one
// goroutine at a time.
type lastRoute struct {
	of          *routeTable // what it was looked up in
	messageType MessageTypeID
	route       *route
}

func (l *lastRoute) find(rs *routes, t MessageTypeID) *route {
	if now := rs.table.Load(); now != l.of || t != l.messageType {
		*l = lastRoute{of: now, messageType: t, route: now.byID[t]}
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
	if accepts != nil {
		rt.chosen.Store(true)
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
	rt.untold = t.Kind() == KindEvent && !b.watched && !b.acks
	rs.table.Store(rs.table.Load().with(rt))
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
	}
	inv.Invoke, inv.Over = b.invoke(h)
	if accepts != nil {
		inv.Accepts = func(e *dispatch.Entry) bool { return accepts(incomingOf(e)) }
	}
	return inv
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
	in := &incoming{home: &home{run: b.running.Load()}, special: &special{replayed: true}}
	in.become(rt, &cmd.MessageToReplay.Originator)
	in.fill(&cmd.MessageToReplay, false)
	in.prepare(true)
	if names := cmd.HandlerTypes; len(names) > 0 {
		in.Route = rt.dispatch.Only(func(inv *dispatch.Invoker) bool { return slices.Contains(names, inv.Name) })
	}
	b.dispatcher.Dispatch([]*dispatch.Entry{&in.Entry})
	return nil
}
