package dispatch

import "slices"

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
	lease  *Lease // nil for the zero Turn
	number uint32 // the low end of that of the batch; see Lease
}

// inlineLease is that of every inline handler; there is nothing in it to change.
var inlineLease Lease

// inlineTurn is the turn of every inline handler.
var inlineTurn = Turn{lease: &inlineLease}

// Inline says that the handler runs on the goroutine that called Dispatch, where it
// must not wait.
func (t Turn) Inline() bool { return t.lease == &inlineLease }

// Lease returns what the turn shares with others; nil for the zero Turn.
func (t Turn) Lease() *Lease { return t.lease }

// Number returns which of the turns of its lease it is.
func (t Turn) Number() uint32 { return t.number }

// passed says whether a word is that of a later batch.
func (t Turn) passed(word int64) bool { return uint32(word>>numberBits) != t.number }

// Entry returns the entry that the handler has, the first one of a batch. It returns nil when the handler has returned, and for one
// that runs inline. What it costs is left to those who ask: the queue takes its lock once more.
func (t Turn) Entry() *Entry {
	l := t.lease
	if l == nil || l.worker == nil {
		return nil
	}
	l.worker.queue.mu.Lock()
	defer l.worker.queue.mu.Unlock()
	word := l.word.Load()
	if t.passed(word) || !l.word.CompareAndSwap(word, word|called) { // a worker that is called keeps the entry until it has the lock
		return nil
	}
	return l.worker.entryLocked()
}

// Lend gives the queue's turn to the next message for the time of a wait. It reports whether it
// did: not for inline and serial invokers, nor when the handler has returned. After
// true, Reclaim must be called once when the wait is over; after false, Reclaim
// does nothing.
func (t Turn) Lend() bool {
	l := t.lease
	if l == nil || l.worker == nil {
		return false
	}
	l.worker.queue.mu.Lock()
	defer l.worker.queue.mu.Unlock()
	word := l.word.Load()
	switch {
	case t.passed(word), l.worker.isSerialLocked():
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
func (l *Lease) lendLocked(word int64) bool {
	if !l.word.CompareAndSwap(word, word|wasLent|1) {
		return false // the handler has returned just now
	}
	q := l.worker.queue
	if word&wasLent == 0 {
		q.addLentLocked(l)
	}
	l.worker.giveBackLocked()
	q.passTurnLocked()
	return true
}

// waitAgainLocked begins a wait while another goroutine of the handler, whose wait was the last, asks
// for the turn. With a wait under way the turn stays lent, so that one goes on without it.
func (l *Lease) waitAgainLocked() {
	q := l.worker.queue
	q.dropAskerLocked(slices.Index(q.reclaim, l))
	l.letGoLocked()
}

// Reclaim ends a wait that began with Lend, and waits until the handler has its turn
// again. That takes as long as the handler that has it now takes to return or to lend it.
func (t Turn) Reclaim() {
	if t.lease == nil || t.lease.worker == nil {
		return
	}
	if granted := t.ask(); granted != nil {
		<-granted
	}
}

// ask takes the turn if it is free or need not be taken, else joins those that wait
// for it and returns what is closed when it is there.
func (t Turn) ask() <-chan struct{} {
	l, q := t.lease, t.lease.worker.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	word := l.word.Load()
	switch waits := word & waitMask; {
	case t.passed(word) || waits == 0 || l.granted != nil:
		return nil
	case waits > 1:
		l.word.CompareAndSwap(word, word-1)
		return nil
	case q.holder == nil:
		l.takeBackLocked(word)
		return nil
	}
	l.granted = make(chan struct{})
	q.reclaim = append(q.reclaim, l)
	q.holder.lease.callLocked()
	return l.granted
}

// grantLocked gives the handler its turn back, if it is still there to use it.
func (l *Lease) grantLocked() {
	if word := l.word.Load(); word&waitMask == 1 {
		l.takeBackLocked(word)
	}
	l.letGoLocked()
}

// takeBackLocked ends the last wait under way, unless the handler has returned just now.
func (l *Lease) takeBackLocked(word int64) {
	if l.word.CompareAndSwap(word, word-1) {
		l.worker.queue.holder = l.worker
	}
}

// letGoLocked ends the wait of Reclaim.
func (l *Lease) letGoLocked() {
	close(l.granted)
	l.granted = nil
}

// lentLocked says whether a handler that is not over has lent its turn.
func (l *Lease) lentLocked() bool { return l.word.Load()&waitMask > 0 }

// addLentLocked notes that a handler lends its turn for the first time.
func (q *queue) addLentLocked(l *Lease) {
	l.worker.forgetHandledLocked()
	l.inv, l.entries = l.worker.runningLocked()
	q.lent.leases[l] = struct{}{}
	q.lent.entries += l.entries
	q.memory.add(lentBytes)
}

// forgetLentLocked undoes addLentLocked when the handler has ended, and ends a Reclaim that a goroutine
// it left behind waits in.
func (q *queue) forgetLentLocked(l *Lease) {
	delete(q.lent.leases, l)
	q.lent.entries -= l.entries
	if l.granted != nil {
		l.waitAgainLocked()
	}
}
