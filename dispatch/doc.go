// Package dispatch runs message handlers on named queues.
//
// A [Dispatcher] knows, for every message type, the invokers that handle it. Each
// [Invoker] belongs to a queue. Messages that share a queue are handled one at a
// time, in the order in which they were dispatched; messages on different queues
// are handled concurrently. [Dispatcher.Dispatch] never waits: it appends to the
// queues and returns, and the [Job] of each [Entry] is told once, by Done, when the
// last invoker that accepted the entry has finished.
//
// The package knows nothing of buses, peers or bytes on a wire. The message is
// whatever struct embeds the Entry, and the invoker finds it again through
// [Entry.Job].
//
// # Handlers that wait
//
// A handler that waits for something would hold up its queue, and two queues whose
// handlers wait for each other would wait for ever. So a handler may lend its
// queue's turn while it waits ([Turn.Lend]) and take it back before it goes on
// ([Turn.Reclaim]). The queue runs the next message meanwhile. Still only one
// handler of the queue has the turn at any moment; it is the other handler's wait
// that makes room. Handlers that take their turn back go before new messages, in
// the order in which they ask.
//
// # Goroutines
//
// A queue has a goroutine only while it has something to do. Starting one costs
// about what waking a parked one costs (500 ns to and fro, either way), an idle
// dispatcher owns none, and one that is never stopped leaks none. A handler that
// has lent its turn keeps its goroutine, and the queue goes on with another.
//
// It takes what waits in stretches, which it runs without a lock. What it has taken and
// not begun belongs to the queue all the same: the next message runs while a handler
// waits, and a purge drops all that waits.
//
// # Limits
//
// What waits in queues is bounded by [Config.MemoryLimit] over all queues and by
// [QueueConfig] for one. An entry counts in each queue it was accepted by, from
// Dispatch until its invoker has returned; so a handler that has lent its turn
// still counts, together with the memory of its goroutine.
package dispatch
