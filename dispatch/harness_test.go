package dispatch_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/dispatch"
)

// A note is a message of the tests, and remembers what it was told as a Job.
type note struct {
	dispatch.Entry

	id     int
	onDone func()

	mu       sync.Mutex
	failed   []error
	rejected []error
	done     int
}

func (n *note) Failed(_ *dispatch.Invoker, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.failed = append(n.failed, err)
}

func (n *note) Rejected(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.rejected = append(n.rejected, err)
}

func (n *note) Done() {
	n.mu.Lock()
	n.done++
	n.mu.Unlock()
	if n.onDone != nil {
		n.onDone()
	}
}

// told returns what n was told: errors of handlers, rejections, and how often Done.
func (n *note) told() (failed, rejected []error, done int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.failed, n.rejected, n.done
}

// noteOf returns the message that e is part of.
func noteOf(e *dispatch.Entry) *note { return e.Job.(*note) }

// A rig is a dispatcher under test with the notes sent through it.
type rig struct {
	*dispatch.Dispatcher

	t *testing.T

	mu    sync.Mutex
	notes []*note
	log   []int // what handlers wrote down
}

func newRig(t *testing.T, config dispatch.Config) *rig {
	t.Helper()
	return &rig{t: t, Dispatcher: dispatch.New(config)}
}

// handle adds an invoker that calls f for every message.
func (r *rig) handle(typeName, queue string, f func(t dispatch.Turn, n *note)) *dispatch.Invoker {
	inv := &dispatch.Invoker{Name: typeName + "Handler", Queue: queue, Invoke: func(t dispatch.Turn, batch []*dispatch.Entry) {
		for _, e := range batch {
			f(t, noteOf(e))
		}
	}}
	r.Add(typeName, inv)
	return inv
}

// note makes a message; its id is its number.
func (r *rig) note(typeName string) *note {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := &note{id: len(r.notes)}
	n.Route, n.Job, n.Size = r.Resolve(typeName), n, 1
	r.notes = append(r.notes, n)
	return n
}

// send dispatches one batch with one message of each type.
func (r *rig) send(typeNames ...string) []*note {
	notes := make([]*note, len(typeNames))
	for i, name := range typeNames {
		notes[i] = r.note(name)
	}
	r.dispatch(notes...)
	return notes
}

// sendLocal dispatches one message of this process.
func (r *rig) sendLocal(typeName string) *note {
	n := r.note(typeName)
	n.Local = true
	r.dispatch(n)
	return n
}

func (r *rig) dispatch(notes ...*note) {
	batch := make([]*dispatch.Entry, len(notes))
	for i, n := range notes {
		batch[i] = &n.Entry
	}
	r.Dispatch(batch)
}

// write adds to the log.
func (r *rig) write(id int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log = append(r.log, id)
}

func (r *rig) written() []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]int{}, r.log...)
}

// stop stops the dispatcher and checks what must hold then: every job was told Done
// exactly once, and nothing is counted any more.
func (r *rig) stop() {
	r.t.Helper()
	if err := r.Stop(context.Background()); err != nil {
		r.t.Errorf("Stop = %v", err)
	}
	r.checkAllDone()
}

func (r *rig) checkAllDone() {
	r.t.Helper()
	for _, n := range r.notes {
		if _, _, done := n.told(); done != 1 {
			r.t.Errorf("message %d: Done was called %d times, want once", n.id, done)
		}
	}
	r.checkEmpty()
}

func (r *rig) checkEmpty() {
	r.t.Helper()
	stats := r.Stats()
	if stats.Memory != 0 {
		r.t.Errorf("memory counted = %d, want 0", stats.Memory)
	}
	for _, q := range stats.Queues {
		if q.Length != 0 || q.Bytes != 0 || q.Running != "" || len(q.Lent) != 0 {
			r.t.Errorf("queue is not empty: %+v", q)
		}
	}
}

// bubble runs f with a fresh rig in a synctest bubble, which also fails when a goroutine
// is left behind.
func bubble(t *testing.T, config dispatch.Config, f func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, newRig(t, config)) })
}
