package dispatch

import "sync/atomic"

// A stretch is the chunk of the backlog that a worker has taken. It runs it batch after batch without the lock, and says
// how far it is by one compare-and-swap per batch: the word of its lease has the number of the batch at work. Numbers count
// entries, so that the place of the batch in the stretch follows from that; and where a batch ends and the next one begins
// follows from the items, which nobody changes.
//
// Who wants what the worker has not begun, or wants the turn after this batch, calls it: with the lock, and with a
// change of the word that makes the worker's compare-and-swap fail. The worker then takes the lock, and sees.
type stretch struct {
	chunk *chunk // nil when there is none
	from  int    // where it begins in the chunk
	first int64  // number of the batch that begins there

	end int // where it ends. Only the worker writes this, with the lock.
	cut int // like end, for those who call the worker; it becomes the end when the worker sees it
}

// begin makes c the stretch, with numbers from next on.
func (s *stretch) begin(c *chunk, next int64) {
	s.chunk, s.from, s.end, s.cut, s.first = c, c.from, c.end, c.end, next
}

// forget lets go of the entries, before the stretch ends.
func (s *stretch) forget() {
	if s.chunk != nil {
		s.chunk.forget(s.from, s.end)
	}
}

// batch returns entries of the stretch.
func (s *stretch) batch(from, to int) []*Entry {
	return s.chunk.entries[from:to:to]
}

// items returns those up to the end, and whom they are for.
func (s *stretch) items() ([]*Entry, []*queued) { return s.chunk.entries[:s.end], s.chunk.to[:s.end] }

// batchAt returns where the batch ends that begins at an index, which is not the end, and whom it is for.
func (s *stretch) batchAt(from int) (inv *Invoker, to int) {
	targets := s.chunk.to[:s.end]
	first := targets[from]
	inv, to = first.inv, from+1
	for most := from + min(len(targets)-from, inv.MaxBatch); to < most && targets[to] == first; to++ {
	}
	return inv, to
}

// at returns where the batch begins whose number is in a word. Numbers begin again in a word before they do in a worker, so words are
// what is subtracted.
func (s *stretch) at(word int64) int { return s.from + int((word-s.first<<numberBits)>>numberBits) }

// atWorkLocked returns which items are the batch at work, or the one to come; none between two stretches. A batch may be long, and
// whoever queues asks: so where it ends is looked for once.
func (w *worker) atWorkLocked() (from, to int) {
	s := &w.stretch
	at := s.at(w.lease.word.Load())
	if at >= s.end {
		return s.cut, s.cut
	}
	if w.known.from != at || w.known.to == 0 {
		w.known.from = at
		_, w.known.to = s.batchAt(at)
	}
	return at, w.known.to
}

// waitingLocked returns which items of the stretch wait.
func (w *worker) waitingLocked() (from, to int) {
	_, from = w.atWorkLocked()
	return min(from, w.stretch.cut), w.stretch.cut
}

// giveBackLocked puts the items that wait back to the backlog. The worker is called, so that it does not go on before it
// has seen that.
func (w *worker) giveBackLocked() {
	w.lease.callLocked()
	if from, to := w.waitingLocked(); from < to {
		w.stretch.cut = from
		w.queue.backlog.giveBack(w.stretch.chunk, from)
	}
}

// forgetHandledLocked lets go of what the worker ran before the batch at work, which may wait for long.
func (w *worker) forgetHandledLocked() {
	from, _ := w.atWorkLocked()
	w.stretch.chunk.forget(w.stretch.from, from)
	w.releaseSize()
}

// runningLocked returns the invoker of the batch at work, and how many entries it has; none between two stretches.
func (w *worker) runningLocked() (inv *Invoker, entries int) {
	from, to := w.atWorkLocked()
	if from == to {
		return nil, 0
	}
	return w.stretch.chunk.to[from].inv, to - from
}

// entryLocked returns the first entry of the batch at work; there must be one.
func (w *worker) entryLocked() *Entry {
	at, _ := w.atWorkLocked()
	return w.stretch.chunk.entries[at]
}

// isSerialLocked says whether the batch at work is that of a serial invoker.
func (w *worker) isSerialLocked() bool {
	inv, _ := w.runningLocked()
	return inv != nil && inv.Serial
}

// A Lease is what the turns of a worker's batches share, one batch after the other. So a batch costs no memory for
// its turn, and a goroutine that a handler left behind holds a Turn whose number has passed. A turn has the low 32 bits of its
// number: only after four billion messages would one be taken for another, and only while exactly that one is handled.
type Lease struct {
	worker *worker // nil for inline handlers

	// inv and entries are those of a batch that has lent its turn. queue.mu must be held.
	inv     *Invoker
	entries int

	granted chan struct{} // made by a Reclaim that waits, under queue.mu; closed when it may go on

	// word is the number of the batch, whether its worker is called, whether its turn was ever lent, and how many waits
	// are under way. The worker makes it the next number when the handler returns, and needs no lock for that where there
	// is nothing else in it. All other changes are made under queue.mu, and that one wins: hence the compare-and-swap.
	word atomic.Int64
}

// The parts of lease.word, from the low end.
const (
	waitBits   = 24
	waitMask   = 1<<waitBits - 1
	wasLent    = 1 << waitBits
	called     = 1 << (waitBits + 1)
	numberBits = waitBits + 2 // where the number begins
)

// Turn returns the turn with a number, as [Turn.Number] tells it; of no lease, one that nobody can lend. Who keeps many turns of
// one lease keeps their numbers.
func (l *Lease) Turn(number uint32) Turn { return Turn{l, number} }

// pass makes the next batch the one at work, unless its worker is called or its turn was lent.
func (l *Lease) pass(number, next int64) bool {
	return l.word.CompareAndSwap(number<<numberBits, next<<numberBits)
}

// callLocked makes the worker take the lock after its batch.
func (l *Lease) callLocked() {
	for word := l.word.Load(); !l.word.CompareAndSwap(word, word|called); word = l.word.Load() {
	}
}
