package dispatch

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A queue runs its invokers one at a time. What makes that so is the turn: the right to
// take the next items and to run handler code. It is held by a worker or by a
// handler that took it back, or it is free.
//
//	dispatched → backlog → (a worker takes a chunk) → its stretch → (one batch after the other) → Invoke
//
// Invariants, whenever mu is free:
//   - the turn is free only if nothing waits or the dispatcher does not run
//   - the turn is free only if no handler waits to take it back
//   - a handler is in lent.leases from its first Lend until it has ended
type queue struct {
	name   string
	index  int // in Dispatcher.queues
	config QueueConfig
	memory *budget
	slack  int64 // bytes of handled entries that may be given back a little later
	life   *life
	wg     *sync.WaitGroup // of the dispatcher's workers

	onPanic func(queue string, err error)
	clock   func() time.Duration // since the dispatcher was made; nil without Config.Ages

	bytes atomic.Int64 // of entries accepted whose invoker has not returned

	mu      sync.Mutex
	holder  *worker  // that has the turn, or whose handler took it back; nil when nobody has it
	backlog backlog  // what was not taken yet, or was given back
	reclaim []*Lease // of handlers that wait to take the turn back, in order
	spare   *worker  // of a goroutine that ended
	lent    struct {
		leases  map[*Lease]struct{}
		entries int // of those handlers
	}
}

func newQueue(name string, index int, d *Dispatcher) *queue {
	q := &queue{
		name: name, index: index, config: d.config.Queues[queueKey(name)],
		memory: &d.memory, life: &d.life, wg: &d.workers, onPanic: d.config.OnPanic,
		backlog: backlog{room: d.config.BatchSize, aged: d.clock != nil}, clock: d.clock, slack: d.config.slackOf(name),
	}
	q.lent.leases = make(map[*Lease]struct{})
	return q
}

// push queues items as far as there is room, and appends the others to refused. When the queue is idle it returns what
// runs it, for somebody to call, and nil otherwise.
func (q *queue) push(items []item, refused *[]refusal) (run func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	since := q.now()
	for _, it := range q.admitLocked(items, refused) {
		q.backlog.push(it.entry, it.to, since)
	}
	return q.takeTurnLocked()
}

// pushAll is push for entries that follow each other and have no other invoker than to. It does nothing and returns false
// when there may not be room for all of them.
func (q *queue) pushAll(entries []*Entry, to *queued) (run func(), ok bool) {
	var size int64
	for _, e := range entries {
		size += int64(e.Size)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.roomForAllLocked(size) {
		return nil, false
	}
	q.bytes.Add(size)
	since := q.now()
	for _, e := range entries {
		q.backlog.push(e, to, since)
	}
	return q.takeTurnLocked(), true
}

// wake starts what waits in the queue, after the dispatcher has started.
func (q *queue) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wakeLocked()
}

// wakeLocked gives the turn to a new worker if the queue has work and nobody is at it.
func (q *queue) wakeLocked() {
	if run := q.takeTurnLocked(); run != nil {
		go run()
	}
}

// takeTurnLocked gives the turn to a worker if the queue has work and nobody is at it, and returns the worker's goroutine.
func (q *queue) takeTurnLocked() (run func()) {
	if q.holder != nil || q.backlog.count == 0 || !q.life.runs() {
		return nil
	}
	return q.hireLocked()
}

// lengthLocked counts the entries that wait.
func (q *queue) lengthLocked() int {
	if q.holder == nil {
		return q.backlog.count
	}
	from, to := q.holder.waitingLocked()
	return q.backlog.count + to - from
}

// idleLocked says whether no handler of the queue is running or lent, and none waits to.
func (q *queue) idleLocked() bool {
	return q.holder == nil && len(q.lent.leases) == 0 && q.lengthLocked() == 0
}

// refill takes more of the backlog. When there is none, or a handler wants the turn
// back, it gives up the turn and returns false.
func (q *queue) refill(w *worker) bool {
	w.stretch.forget()
	q.mu.Lock()
	defer q.mu.Unlock()
	w.emptyLocked()
	if len(q.reclaim) > 0 || q.backlog.count == 0 {
		q.leaveLocked(w)
		return false
	}
	w.lease.word.Store(w.number << numberBits) // it may have been called after its last batch
	w.stretch.begin(q.backlog.take(), w.number)
	w.to = w.stretch.from
	return w.begin()
}

// answer ends the turn of w, which was called during its batch, or lent it then.
func (q *queue) answer(w *worker) {
	q.mu.Lock()
	defer q.mu.Unlock()
	word := w.lease.word.Load()
	if w.has, w.lent = word&waitMask == 0, word&wasLent != 0; w.lent {
		q.memory.add(-lentBytes)
	}
	if w.lent && w.has { // otherwise the queue would seem to be idle before its jobs know
		q.forgetLentLocked(&w.lease)
	}
	if w.asked = len(q.reclaim) > 0; w.asked && w.has {
		w.giveBackLocked()
	}
	w.stretch.end = w.stretch.cut
	w.lease.word.Store(w.number << numberBits)
}

// leave gives up the turn of w.
func (q *queue) leave(w *worker) {
	w.stretch.forget()
	q.mu.Lock()
	defer q.mu.Unlock()
	w.emptyLocked()
	q.leaveLocked(w)
}

// endWithout ends a worker whose handler returned without its turn.
func (q *queue) endWithout(w *worker) {
	w.stretch.forget()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.forgetLentLocked(&w.lease)
	w.emptyLocked()
	q.reportIdleLocked()
}

// leaveLocked gives up the turn of w, whose goroutine is about to end.
func (q *queue) leaveLocked(w *worker) {
	w.releaseSize()
	q.spare = w
	q.passTurnLocked()
}

// passTurnLocked gives the turn to the first handler that wants it back, else to a new worker if
// there is work, else to nobody.
func (q *queue) passTurnLocked() {
	q.holder = nil
	for len(q.reclaim) > 0 && q.holder == nil {
		q.dropAskerLocked(0).grantLocked()
	}
	q.wakeLocked()
	q.reportIdleLocked()
}

// reportIdleLocked tells a Stop that may wait for this queue.
func (q *queue) reportIdleLocked() {
	if q.idleLocked() {
		q.life.changed()
	}
}

// dropAskerLocked removes the i-th handler that waits to take the turn back.
func (q *queue) dropAskerLocked(i int) *Lease {
	l := q.reclaim[i]
	q.reclaim = slices.Delete(q.reclaim, i, i+1)
	return l
}

// forgetTargets lets go of invokers that are gone, but for those for which something waits.
func (q *queue) forgetTargets() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.backlog.forgetTargets()
}

// drain removes everything that waits and returns it.
func (q *queue) drain() []item {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.drainLocked()
}

// drainLocked removes everything that waits and returns it.
func (q *queue) drainLocked() []item {
	if q.holder != nil {
		q.holder.giveBackLocked()
	}
	return q.backlog.drain()
}
