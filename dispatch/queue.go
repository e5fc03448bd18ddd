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
//	dispatched → backlog → (a worker takes up to BatchSize) → taken → (claims one batch) → Invoke
//
// Whoever holds the turn reads taken without the lock. Only claiming is shared, because
// Purge may claim what is left: an index in taken belongs to whoever moved claimed past it.
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

	bytes   atomic.Int64            // of entries accepted whose invoker has not returned
	claimed atomic.Int64            // taken[:claimed] is running or over
	askers  atomic.Int64            // len(reclaim), for a look without the lock
	running atomic.Pointer[Invoker] // of the batch claimed last

	mu      sync.Mutex
	held    bool            // somebody has the turn
	backlog backlog         // what was not taken yet
	taken   items           // replaced under mu by the holder of the turn
	since   []time.Duration // of taken, when each was dispatched; empty without Config.Ages
	reclaim []*lease        // of handlers that wait to take the turn back, in order
	spare   *worker         // of a goroutine that ended
	lent    struct {
		leases  map[*lease]struct{}
		entries int // of those handlers
	}
}

func newQueue(name string, index int, d *Dispatcher) *queue {
	q := &queue{
		name: name, index: index, config: d.config.Queues[queueKey(name)],
		memory: &d.memory, life: &d.life, wg: &d.workers, onPanic: d.config.OnPanic,
		taken: makeItems(d.config.BatchSize), clock: d.clock, slack: d.config.slackOf(name),
	}
	q.lent.leases = make(map[*lease]struct{})
	return q
}

// push queues items as far as there is room, and appends the others to refused. When the queue is idle it returns what
// runs it, for somebody to call, and nil otherwise.
func (q *queue) push(items []item, refused *[]refusal) (run func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.backlog.push(q.admitLocked(items, refused))
	return q.takeTurnLocked()
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
	if q.held || q.lengthLocked() == 0 || !q.life.runs() {
		return nil
	}
	q.held = true
	return q.hireLocked()
}

// lengthLocked counts the entries that wait.
func (q *queue) lengthLocked() int {
	return q.backlog.count + q.taken.len() - int(q.claimed.Load())
}

// emptied says whether nothing is left of what was taken. The caller has the turn.
func (q *queue) emptied() bool { return int(q.claimed.Load()) == q.taken.len() }

// runs notes whose batch was claimed. Mostly that is whose the one before was, and a look costs less than a store.
func (q *queue) runs(inv *Invoker) {
	if q.running.Load() != inv {
		q.running.Store(inv)
	}
}

// idleLocked says whether no handler of the queue is running or lent, and none waits to.
func (q *queue) idleLocked() bool {
	return !q.held && len(q.lent.leases) == 0 && q.lengthLocked() == 0
}

// claim gives w the next batch. Without one it returns false, and the turn is no
// longer w's.
func (q *queue) claim(w *worker) bool {
	for {
		if q.claimTaken(w) {
			return true
		}
		if !q.refill(w) {
			return false
		}
	}
}

// claimTaken claims a batch of what was taken. The caller has the turn.
func (q *queue) claimTaken(w *worker) bool {
	from := q.claimed.Load()
	if int(from) == q.taken.len() {
		return false
	}
	inv, to := q.batchAt(int(from))
	if !q.claimed.CompareAndSwap(from, int64(to)) {
		return false // Purge was faster
	}
	w.begin(inv, q.taken.entries[from:to:to])
	return true
}

// batchAt returns an invoker, and where in taken the batch ends that begins there and is for it.
func (q *queue) batchAt(from int) (inv *Invoker, to int) {
	first, targets := q.taken.to[from], q.taken.to
	inv, to = first.inv, from+1
	for most := min(len(targets), from+inv.MaxBatch); to < most && targets[to] == first; to++ {
	}
	return inv, to
}

// refill takes more of the backlog. When there is none, or a handler wants the turn
// back, it gives up the turn and returns false.
func (q *queue) refill(w *worker) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.reclaim) > 0 || q.backlog.count == 0 {
		q.forgetTaken()
		q.leaveLocked(w)
		return false
	}
	q.forgetTaken()
	q.backlog.pop(&q.taken)
	q.noteSinceLocked()
	return true
}

// forgetTaken forgets what was taken, all of which has been claimed. The lock and the turn must be held.
func (q *queue) forgetTaken() {
	q.taken.clear()
	q.taken, q.since = q.taken.slice(0, 0), q.since[:0]
	q.claimed.Store(0)
}

// leave gives up the turn of w.
func (q *queue) leave(w *worker) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.leaveLocked(w)
}

// leaveLocked gives up the turn of w, whose goroutine is about to end.
func (q *queue) leaveLocked(w *worker) {
	q.release(w.size)
	clear(w.batch[:cap(w.batch)]) // also behind its end, where those of larger batches are
	w.size, q.spare = 0, w
	q.passTurnLocked()
}

// passTurnLocked gives the turn to the first handler that wants it back, else to a new worker if
// there is work, else to nobody.
func (q *queue) passTurnLocked() {
	q.held = false
	for len(q.reclaim) > 0 && !q.held {
		q.held = q.dropAskerLocked(0).grantLocked()
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
func (q *queue) dropAskerLocked(i int) *lease {
	l := q.reclaim[i]
	q.reclaim = slices.Delete(q.reclaim, i, i+1)
	q.askers.Store(int64(len(q.reclaim)))
	return l
}

// drain removes everything that waits and returns it.
func (q *queue) drain() []item {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.drainLocked()
}

// drainLocked removes everything that waits and returns it.
func (q *queue) drainLocked() []item {
	waiting := makeItems(q.backlog.count + q.taken.len())
	from := int(q.claimed.Swap(int64(q.taken.len())))
	waiting.append(q.taken.slice(from, q.taken.len()))
	q.backlog.pop(&waiting)
	all := make([]item, waiting.len())
	for i := range all {
		all[i] = waiting.at(i)
	}
	return all
}
