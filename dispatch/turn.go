package dispatch

import (
	"slices"
	"sync/atomic"
)

// A Turn is a handler's right to run on its queue, which it may lend while it waits:
//
//	if turn.Lend() {
//		defer turn.Reclaim()
//	}
//	return waitForReply(ctx)
//
// The turn belongs to the handler, not to one of its goroutines. When a handler waits
// on several goroutines at a time, the first wait to begin lends the turn and
// the last one to end takes it back; a Reclaim in between returns at once. So the turn
// is lent exactly while at least one wait is under way, and whatever else the handler's
// goroutines do in that time runs beside the next message. The alternative, to give
// goroutines that have ended their wait the turn while others still wait, would hold
// up the queue for a wait that may need it, and so deadlock. A handler that cannot live with this
// lets its goroutines wait without the turn, which keeps it.
//
// When the handler has returned, its Turn is over: Lend reports false, Reclaim does
// nothing, and a Reclaim under way returns. All methods may be called from several
// goroutines, and on nil.
type Turn struct {
	queue   *queue // nil for an inline handler
	inv     *Invoker
	entries int           // in the handler's batch
	granted chan struct{} // made by a Reclaim that waits, under queue.mu; closed when it may go on

	// waits counts the waits under way; wasLent is added with the first one and stays.
	// It is over when the handler has returned. All changes but that one are made under
	// queue.mu, and that one wins: hence the compare-and-swap.
	waits atomic.Int64
}

const (
	wasLent = 1 << 32
	over    = -1
)

// inlineTurn is the turn of every inline handler; there is nothing in it to change.
var inlineTurn Turn

// Inline says that the handler runs on the goroutine that called Dispatch, where it
// must not wait.
func (t *Turn) Inline() bool { return t != nil && t.queue == nil }

// Lend gives the queue's turn to the next message for the time of a wait. It reports whether it
// did: not for inline and serial invokers, nor when the handler has returned. After
// true, Reclaim must be called once when the wait is over; after false, Reclaim
// does nothing.
func (t *Turn) Lend() bool {
	if t == nil || t.queue == nil || t.inv.Serial {
		return false
	}
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	waits := t.waits.Load()
	switch {
	case waits == over:
		return false
	case t.granted != nil:
		t.waitAgainLocked()
		return true
	case waits&^wasLent > 0:
		return t.waits.CompareAndSwap(waits, waits+1)
	default:
		return t.lendLocked(waits)
	}
}

// lendLocked begins the first of the waits under way.
func (t *Turn) lendLocked(waits int64) bool {
	if !t.waits.CompareAndSwap(waits, wasLent|1) {
		return false // the handler has returned just now
	}
	if waits == 0 {
		t.queue.addLentLocked(t)
	}
	t.queue.passTurnLocked()
	return true
}

// waitAgainLocked begins a wait while another goroutine of the handler, whose wait was the last, asks
// for the turn. With a wait under way the turn stays lent, so that one goes on without it.
func (t *Turn) waitAgainLocked() {
	t.queue.dropAskerLocked(slices.Index(t.queue.reclaim, t))
	t.letGoLocked()
}

// Reclaim ends a wait that began with Lend, and waits until the handler has its turn
// again. That takes as long as the handler that has it now takes to return or to lend it.
func (t *Turn) Reclaim() {
	if t == nil || t.queue == nil || t.inv.Serial {
		return
	}
	if granted := t.ask(); granted != nil {
		<-granted
	}
}

// ask takes the turn if it is free or need not be taken, else joins those that wait
// for it and returns what is closed when it is there.
func (t *Turn) ask() <-chan struct{} {
	q := t.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	waits := t.waits.Load()
	switch {
	case waits == over || waits&^wasLent == 0 || t.granted != nil:
		return nil
	case waits&^wasLent > 1:
		t.waits.CompareAndSwap(waits, waits-1)
		return nil
	case !q.held:
		q.held = t.waits.CompareAndSwap(waits, wasLent)
		return nil
	}
	t.granted = make(chan struct{})
	q.reclaim = append(q.reclaim, t)
	q.askers.Store(int64(len(q.reclaim)))
	return t.granted
}

// grantLocked gives t the turn, if its handler is still there to use it.
func (t *Turn) grantLocked() bool {
	has := t.waits.CompareAndSwap(wasLent|1, wasLent)
	t.letGoLocked()
	return has
}

// letGoLocked ends the wait of Reclaim.
func (t *Turn) letGoLocked() {
	close(t.granted)
	t.granted = nil
}

// lentLocked says whether a handler that is not over has lent its turn.
func (t *Turn) lentLocked() bool { return t.waits.Load()&^wasLent > 0 }

// end says that the handler has returned, and whether it had the turn then and whether it ever
// lent it.
func (t *Turn) end() (has, lent bool) {
	waits := t.waits.Swap(over)
	return waits&^wasLent == 0, waits != 0
}

// addLentLocked notes that t's handler lends the turn for the first time.
func (q *queue) addLentLocked(t *Turn) {
	q.lent.turns[t] = struct{}{}
	q.lent.entries += t.entries
	q.memory.add(lentBytes)
}

// forget undoes addLentLocked when the handler has ended, and ends a Reclaim that a goroutine
// it left behind waits in. When the handler has the turn it is passed on to those who ask for
// it.
func (q *queue) forget(t *Turn) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.lent.turns, t)
	q.lent.entries -= t.entries
	if t.granted != nil {
		t.waitAgainLocked()
	}
	q.reportIdleLocked()
}
