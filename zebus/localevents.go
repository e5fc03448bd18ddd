package zebus

import "github.com/zebus-go/zebus/dispatch"

// localEvents queues events of this peer for its own handlers. Each handler on a queue decodes one of its own, so such an event is
// what it would be if another peer had sent it: a content in a block, which is used again when it is over. Only inline handlers
// share the message with its sender: events of a type that ever had one are local messages, as commands are.
type localEvents struct {
	spares spares // apart from those of what is received: who publishes now and then would take them all
}

// A localSupply is memory for events to come. They are of one type, for they keep each other in memory while one of them waits.
type localSupply struct {
	supply

	one [1]*dispatch.Entry // what is dispatched
}

// post queues an event.
func (es *localEvents) post(r *run, rt *route, sc *scope, evt Message, id MessageID) {
	s, _ := rt.supplies.Get().(*localSupply)
	if s == nil {
		s = new(localSupply)
		s.spares = &es.spares
	}
	in := s.next(r)
	in.become(rt, r.onBehalfOf(r.bus.initiatorOf(sc)))
	in.be(id, evt)
	in.carry(sc.extensions, 0)
	if rt.chosen.Load() { // by handlers who look at the event as it was published, as the directory does
		in.beSpecial().content = new(routingOf(evt, nil))
	}
	in.prepare(true)
	s.one[0] = &in.Entry
	r.bus.dispatcher.Dispatch(s.one[:])
	rt.supplies.Put(s)
}

// be makes the memory that of an event of this peer.
func (in *incoming) be(id MessageID, evt Message) {
	in.id, in.header = id, hasEnvironment
	in.epoch++
	in.content = in.block.encode(evt)
}
