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
// goroutines, and of the zero Turn, which is nobody's.
type Turn struct {
	lease  *lease // nil for a turn that nobody can lend
	number int64  // of the batch, among those of the lease
}

// A lease is what the turns of a worker's batches share, one batch after the other. So a batch costs no memory for
// its turn, and a goroutine that a handler left behind holds a Turn whose number has passed.
type lease struct {
	queue *queue // nil for inline handlers

	// inv and entries are those of the batch. The worker writes them between two batches; whoever reads them holds
	// queue.mu and knows that the batch has lent its turn.
	inv     *Invoker
	entries int

	granted chan struct{} // made by a Reclaim that waits, under queue.mu; closed when it may go on

	// word is the number of the batch, whether its turn was ever lent, and how many waits are under way. The number
	// passes when the handler returns. All changes but that one are made under queue.mu, and that one wins: hence the
	// compare-and-swap.
	word atomic.Int64
}

// The parts of lease.word, from the low end.
const (
	waitBits   = 24
	waitMask   = 1<<waitBits - 1
	wasLent    = 1 << waitBits
	numberBits = waitBits + 1 // where the number begins
)

// inlineLease is that of every inline handler; there is nothing in it to change.
var inlineLease lease

// inlineTurn is the turn of every inline handler.
var inlineTurn = Turn{lease: &inlineLease}

// Inline says that the handler runs on the goroutine that called Dispatch, where it
// must not wait.
func (t Turn) Inline() bool { return t.lease == &inlineLease }

// passed says whether a word is that of a later batch.
func (t Turn) passed(word int64) bool { return word>>numberBits != t.number }

// Lend gives the queue's turn to the next message for the time of a wait. It reports whether it
// did: not for inline and serial invokers, nor when the handler has returned. After
// true, Reclaim must be called once when the wait is over; after false, Reclaim
// does nothing.
func (t Turn) Lend() bool {
	l := t.lease
	if l == nil || l.queue == nil {
		return false
	}
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	word := l.word.Load()
	switch {
	case t.passed(word):
		return false
	case l.granted != nil:
		l.waitAgainLocked()
		return true
	case word&waitMask > 0:
		return l.word.CompareAndSwap(word, word+1)
	default:
		return l.lendLocked(word)
	}
}

// lendLocked begins the first of the waits under way.
func (l *lease) lendLocked(word int64) bool {
	if !l.word.CompareAndSwap(word, word|wasLent|1) {
		return false // the handler has returned just now
	}
	if word&wasLent == 0 {
		l.queue.addLentLocked(l)
	}
	l.queue.passTurnLocked()
	return true
}

// waitAgainLocked begins a wait while another goroutine of the handler, whose wait was the last, asks
// for the turn. With a wait under way the turn stays lent, so that one goes on without it.
func (l *lease) waitAgainLocked() {
	l.queue.dropAskerLocked(slices.Index(l.queue.reclaim, l))
	l.letGoLocked()
}

// Reclaim ends a wait that began with Lend, and waits until the handler has its turn
// again. That takes as long as the handler that has it now takes to return or to lend it.
func (t Turn) Reclaim() {
	if t.lease == nil || t.lease.queue == nil {
		return
	}
	if granted := t.ask(); granted != nil {
		<-granted
	}
}

// ask takes the turn if it is free or need not be taken, else joins those that wait
// for it and returns what is closed when it is there.
func (t Turn) ask() <-chan struct{} {
	l, q := t.lease, t.lease.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	word := l.word.Load()
	switch waits := word & waitMask; {
	case t.passed(word) || waits == 0 || l.granted != nil:
		return nil
	case waits > 1:
		l.word.CompareAndSwap(word, word-1)
		return nil
	case !q.held:
		q.held = l.word.CompareAndSwap(word, word-1)
		return nil
	}
	l.granted = make(chan struct{})
	q.reclaim = append(q.reclaim, l)
	q.askers.Store(int64(len(q.reclaim)))
	return l.granted
}

// grantLocked gives the handler its turn back, if it is still there to use it.
func (l *lease) grantLocked() bool {
	word := l.word.Load()
	has := word&waitMask == 1 && l.word.CompareAndSwap(word, word-1)
	l.letGoLocked()
	return has
}

// letGoLocked ends the wait of Reclaim.
func (l *lease) letGoLocked() {
	close(l.granted)
	l.granted = nil
}

// lentLocked says whether a handler that is not over has lent its turn.
func (l *lease) lentLocked() bool { return l.word.Load()&waitMask > 0 }

// turn returns that of the batch. A serial invoker gets one that nobody can lend.
func (l *lease) turn() Turn {
	if l.inv.Serial {
		return Turn{}
	}
	return Turn{l, l.word.Load() >> numberBits}
}

// end says that the handler has returned, and whether it had the turn then and whether it ever
// lent it.
func (l *lease) end() (has, lent bool) {
	number := l.word.Load()>>numberBits + 1 // nobody else changes it
	word := l.word.Swap(number << numberBits)
	return word&waitMask == 0, word&wasLent != 0
}

// addLentLocked notes that a handler lends its turn for the first time.
func (q *queue) addLentLocked(l *lease) {
	q.lent.leases[l] = struct{}{}
	q.lent.entries += l.entries
	q.memory.add(lentBytes)
}

// forget undoes addLentLocked when the handler has ended, and ends a Reclaim that a goroutine
// it left behind waits in. When the handler has the turn it is passed on to those who ask for
// it.
func (q *queue) forget(l *lease) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.lent.leases, l)
	q.lent.entries -= l.entries
	if l.granted != nil {
		l.waitAgainLocked()
	}
	q.reportIdleLocked()
}
