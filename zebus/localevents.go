package zebus

import (
	"sync"

	"github.com/zebus-go/zebus/dispatch"
)

// localEvents queues events of this peer for its own handlers. Each handler on a queue decodes one of its own, so such an event is
// what it would be if another peer had sent it: a content in a block, which is used again when it is over. Only inline handlers
// share the message with its sender: for them it is a local message, as commands are.
type localEvents struct {
	supplies sync.Pool // of *localSupply: one for each goroutine that publishes at a moment
}

// A localSupply is memory for events to come.
type localSupply struct {
	supply

	one [1]*dispatch.Entry // what is dispatched
}

// post queues an event.
func (es *localEvents) post(r *run, rt *route, sc *scope, evt Message, id MessageID) {
	s, _ := es.supplies.Get().(*localSupply)
	if s == nil {
		s = new(localSupply)
	}
	in := s.next(r)
	in.become(rt, r.onBehalfOf(r.bus.initiatorOf(sc)))
	in.be(id, evt)
	in.carry(sc.extensions, 0)
	in.prepare(true)
	s.one[0] = &in.Entry
	r.bus.dispatcher.Dispatch(s.one[:])
	es.supplies.Put(s)
}

// be makes the memory that of an event of this peer.
func (in *incoming) be(id MessageID, evt Message) {
	in.id, in.header = id, hasEnvironment
	in.epoch++
	in.content = in.block.encode(evt)
}
