package dispatch

import (
	"slices"
	"sync"
	"sync/atomic"
)

// An Invoker runs messages of one type on one queue. It is not changed after it was
// given to Add.
type Invoker struct {
	// Name is the handler's, for errors and for naming handlers still running.
	Name string
	// Queue is where it runs; "" is DefaultQueue. Names that differ only in case are
	// the same queue.
	Queue string
	// Inline runs it on the goroutine that calls Dispatch, before Dispatch goes
	// on to the next entry, and also before Start. It must not wait. Queue, Serial and
	// MaxBatch do not apply, and its entries do not count against the limits.
	Inline bool
	// Serial keeps the queue's turn while the handler waits.
	Serial bool
	// MaxBatch is the most entries that Invoke gets at a time; 0 and 1 mean one.
	// Entries form a batch when they follow each other in the queue and were already
	// there when the queue took them (Config.BatchSize).
	MaxBatch int
	// Accepts says whether the invoker wants the entry. It is called once, by
	// Dispatch. An entry that it declines is never seen by Invoke, and Done does
	// not wait for it. Nil accepts all; a panic declines, and is told by Failed. It must neither
	// wait nor end its goroutine.
	Accepts func(e *Entry) bool
	// Invoke handles the entries of batch, of which there is at least one. The
	// slice belongs to the dispatcher and is valid until Invoke returns. A panic is
	// told to the job of every entry.
	Invoke func(t Turn, batch []*Entry)
	// Over, if set, is told instead of the Job that an entry is done which had no other
	// invoker on a queue, where Invoke has returned and nothing came in between: no panic, no turn lent.
	// It runs with the turn of the queue, so that calls of it never overlap, and must not wait.
	Over func(e *Entry)
}

// A Route is the handle of a message type. Looking it up once and keeping it saves
// the lookup for every message. It stays the same for the life of the dispatcher, and
// follows the invokers that are added and removed.
type Route struct {
	mu       sync.Mutex // serializes add and remove
	invokers atomic.Pointer[invokers]
}

// invokers are those of one type, by how they run. Never changed, only replaced.
type invokers struct {
	inline []*Invoker
	queued []*queued
}

// queued is an invoker with its queue, and stands for both and the route: entries form a batch when they wait for the
// same one.
type queued struct {
	inv   *Invoker
	queue *queue
}

var nobody invokers

func newRoute() *Route {
	r := new(Route)
	r.invokers.Store(&nobody)
	return r
}

// load returns the invokers of the route now.
func (r *Route) load() *invokers {
	if r == nil {
		return &nobody
	}
	return r.invokers.Load()
}

// Handled says whether the type has an invoker now.
func (r *Route) Handled() bool {
	now := r.load()
	return len(now.inline)+len(now.queued) > 0
}

// Only returns a route to those of the invokers there are now that are wanted. It does not follow changes.
func (r *Route) Only(want func(*Invoker) bool) *Route {
	now := r.load()
	some := &invokers{
		inline: slices.DeleteFunc(slices.Clone(now.inline), func(inv *Invoker) bool { return !want(inv) }),
		queued: slices.DeleteFunc(slices.Clone(now.queued), func(to *queued) bool { return !want(to.inv) }),
	}
	only := new(Route)
	only.invokers.Store(some)
	return only
}

func (r *Route) update(change func(*invokers)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := *r.invokers.Load()
	change(&next)
	r.invokers.Store(&next)
}

// add appends inv; q is nil when it runs inline.
func (r *Route) add(inv *Invoker, q *queue) {
	r.update(func(next *invokers) {
		if q == nil {
			next.inline = append(slices.Clip(next.inline), inv)
		} else {
			next.queued = append(slices.Clip(next.queued), &queued{inv, q})
		}
	})
}

// remove takes inv off once.
func (r *Route) remove(inv *Invoker, q *queue) {
	r.update(func(next *invokers) {
		if i := slices.Index(next.inline, inv); q == nil && i >= 0 {
			next.inline = slices.Delete(slices.Clone(next.inline), i, i+1)
		}
		if i := slices.IndexFunc(next.queued, func(to *queued) bool { return *to == queued{inv, q} }); i >= 0 {
			next.queued = slices.Delete(slices.Clone(next.queued), i, i+1)
		}
	})
}
