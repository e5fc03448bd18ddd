package dispatch

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// A Dispatcher runs entries on the queues of their invokers. All its methods may be
// called from many goroutines. It must not be copied.
type Dispatcher struct {
	config   Config
	life     life
	memory   budget
	workers  sync.WaitGroup
	stopper  chan struct{} // held by the Stop at work
	ending   sync.Mutex    // held while the workers of a stopped dispatcher return, so that no others come before
	clock    func() time.Duration
	sortings sync.Pool // of *sorting

	mu     sync.RWMutex
	routes map[string]*Route // by type name; only ever grows
	byName map[string]*queue // by queueKey
	queues []*queue          // in order of their index; only ever grows
}

// New returns a dispatcher that accepts entries and runs none before Start. It panics
// when config is not valid (see [Config.Validate]).
func New(config Config) *Dispatcher {
	if err := config.Validate(); err != nil {
		panic(err) //nolint:forbidigo // this program is wrong
	}
	config = config.withDefaults()
	d := &Dispatcher{
		config: config,
		memory: budget{limit: config.MemoryLimit},
		life:   life{quiet: make(chan struct{}, 1)}, // one token says it all: something changed
		routes: make(map[string]*Route),
		byName: make(map[string]*queue),
		clock:  newClock(config.Ages),

		stopper: make(chan struct{}, 1),
	}
	d.life.word.Store(int64(loaded))
	d.sortings.New = func() any { return &sorting{dispatcher: d} }
	return d
}

// Add makes inv an invoker of a message type, from the next Dispatch on, and returns what removes it
// again. An entry that was queued before still reaches an invoker that has been removed.
// Remove may be called more than once. Add panics when inv has no Invoke.
func (d *Dispatcher) Add(typeName string, inv *Invoker) (remove func()) {
	if inv.Invoke == nil {
		panic(fmt.Sprintf("dispatch: invoker %q of %q has no Invoke", inv.Name, typeName)) //nolint:forbidigo // this program is wrong
	}
	route := d.Resolve(typeName)
	var q *queue
	if !inv.Inline {
		q = d.queue(inv.Queue)
	}
	route.add(inv, q)
	return sync.OnceFunc(func() {
		route.remove(inv, q)
		if q != nil {
			q.forgetTargets()
		}
	})
}

// Resolve returns the handle of a message type, always the same one. It may be asked
// before the type has invokers. A type that was resolved is never forgotten, so names
// that come from a network are checked first.
func (d *Dispatcher) Resolve(typeName string) *Route {
	d.mu.RLock()
	route := d.routes[typeName]
	d.mu.RUnlock()
	if route != nil {
		return route
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if route = d.routes[typeName]; route == nil {
		route = newRoute()
		d.routes[typeName] = route
	}
	return route
}

// queue returns the queue of that name, new if it has to be.
func (d *Dispatcher) queue(name string) *queue {
	d.mu.Lock()
	defer d.mu.Unlock()
	q := d.byName[queueKey(name)]
	if q == nil {
		if name == "" {
			name = DefaultQueue
		}
		q = newQueue(name, len(d.queues), d)
		d.byName[queueKey(name)] = q
		d.queues = append(d.queues, q)
	}
	return q
}

// Dispatch gives every entry of batch to the invokers of its route, in order: inline ones
// are run, for the others the entry is appended to their queues. It waits for nobody but
// inline invokers. Before Start the entries wait; while the dispatcher stops, those that are not Local
// are rejected, and all are when it is stopped. The slice is the caller's again when it returns.
//
// An invoker may dispatch. An entry for its own queue is queued like any other.
func (d *Dispatcher) Dispatch(batch []*Entry) {
	if run := d.DispatchHere(batch); run != nil {
		go run()
	}
}

// DispatchHere is Dispatch for a caller who has a goroutine to spare. When the batch finds a queue idle, nobody is woken
// for it: the queue runs in the function that is returned, which the caller must call soon, and which returns when the
// queue is idle again, or has gone on elsewhere. Of several such queues one does. Where there is none it returns nil.
//
// To wake a goroutine costs several microseconds when another thread has to be woken for it, which is most of what the
// dispatcher adds to a message that comes alone.
func (d *Dispatcher) DispatchHere(batch []*Entry) (run func()) {
	if len(batch) == 1 {
		if run, done := d.dispatchOne(batch[0]); done {
			return run
		}
		if d.DispatchInline(batch) {
			return nil
		}
	}
	return d.dispatchAll(batch)
}

// dispatchAll is DispatchHere for any batch.
func (d *Dispatcher) dispatchAll(batch []*Entry) (run func()) {
	s := d.sortings.Get().(*sorting) //nolint:forcetypeassert // nothing else is in it
	s.batch, s.state = batch, d.life.enter()
	defer s.end()
	s.run()
	run, s.idle = s.idle, nil
	return run
}

// dispatchOne is DispatchHere for an entry that has one invoker, on a queue, without what it takes to
// sort a batch. It is not done where that is needed.
func (d *Dispatcher) dispatchOne(e *Entry) (run func(), done bool) {
	now := e.Route.load()
	if len(now.inline) > 0 || len(now.queued) != 1 {
		return nil, false
	}
	to := now.queued[0]
	state := d.life.enter()
	defer d.life.leave()
	if !state.accepts(e) {
		d.turnAway(e)
		return nil, true
	}
	if !d.wants(to.inv, e) {
		d.done(e)
		return nil, true
	}
	e.alone = true
	var refused []refusal
	run = to.queue.push([]item{{e, to}}, &refused)
	d.refuse(refused)
	return run, true
}

// turnAway ends the way of an entry that comes too late.
func (d *Dispatcher) turnAway(e *Entry) {
	d.reject(e, ErrStopped)
	d.done(e)
}

// wants asks inv whether it accepts e.
func (d *Dispatcher) wants(inv *Invoker, e *Entry) bool {
	return inv.Accepts == nil || d.ask(inv, e)
}

func (d *Dispatcher) ask(inv *Invoker, e *Entry) (accepted bool) {
	defer func() {
		if value := recover(); value != nil {
			d.failed(e, inv, NewPanicError(value))
		}
	}()
	return inv.Accepts(e)
}

// refuse ends the way of items for which there was no room.
func (d *Dispatcher) refuse(refused []refusal) {
	for _, r := range refused {
		d.reject(r.entry, r.err)
		if r.entry.finished() {
			d.done(r.entry)
		}
	}
}

// all returns the queues there are now.
func (d *Dispatcher) all() []*queue {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clip(d.queues)
}

// Purge drops every entry that waits in a queue and returns how often it did: once for
// each invoker that will not see an entry. The jobs are told by Rejected with ErrPurged.
// Handlers that run are not affected.
func (d *Dispatcher) Purge() int {
	d.life.enter()
	defer d.life.leave()
	dropped := 0
	for _, q := range d.all() {
		items := q.drain()
		dropped += len(items)
		d.drop(q, items, ErrPurged)
	}
	return dropped
}

// drop ends the way of items, which have been taken from q.
func (d *Dispatcher) drop(q *queue, items []item, reason error) {
	q.release(sizeOf(items))
	for _, it := range items {
		d.reject(it.entry, reason)
		if it.entry.finished() {
			d.done(it.entry)
		}
	}
}

// failed, reject and done tell a job outside of any queue.

func (d *Dispatcher) failed(e *Entry, inv *Invoker, err error) {
	defer d.guard()
	e.Job.Failed(inv, err)
}

func (d *Dispatcher) reject(e *Entry, reason error) {
	defer d.guard()
	e.Job.Rejected(reason)
}

func (d *Dispatcher) done(e *Entry) {
	defer d.guard()
	e.Job.Done()
}

// guard is deferred around methods of jobs, where no worker does it.
func (d *Dispatcher) guard() {
	if value := recover(); value != nil {
		d.config.OnPanic("", NewPanicError(value))
	}
}
