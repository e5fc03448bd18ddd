package dispatch_test

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"
	"weak"

	"github.com/zebus-go/zebus/dispatch"
)

// sendWeakly dispatches messages of a type together, and returns pointers to them that keep nothing alive.
func sendWeakly(r *rig, typeName string, count int) []weak.Pointer[note] {
	pointers := make([]weak.Pointer[note], count)
	batch := make([]*dispatch.Entry, count)
	for i := range batch {
		n := &note{id: i}
		n.Route, n.Job, n.Size = r.Resolve(typeName), n, 1
		pointers[i], batch[i] = weak.Make(n), &n.Entry
	}
	r.Dispatch(batch)
	return pointers
}

func TestHandledEntriesAreForgotten(t *testing.T) {
	t.Run("a queue that has run dry keeps none alive, not those of an earlier, larger batch", func(t *testing.T) {
		r := newRig(t, dispatch.Config{})
		handled := make(chan int)
		r.Add("Batch", &dispatch.Invoker{Name: "batch", MaxBatch: 100, Invoke: func(_ dispatch.Turn, batch []*dispatch.Entry) {
			handled <- len(batch)
		}})
		r.handle("One", "", func(dispatch.Turn, *note) { handled <- 1 })
		pointers := append(sendWeakly(r, "Batch", 50), sendWeakly(r, "One", 1)...) // before Start: they are a batch
		r.Start()
		if n := <-handled; n != 50 {
			t.Fatalf("a batch of %d", n)
		}
		<-handled
		if err := r.Stop(context.Background()); err != nil { // the queue is dry, and its worker waits for more
			t.Fatal(err)
		}
		if alive := alive(pointers); alive > 0 {
			t.Errorf("%d of %d are alive", alive, len(pointers))
		}
		runtime.KeepAlive(r)
	})
	t.Run("a handler that waits keeps its own alive, and none that came before or after", func(t *testing.T) {
		r, waiting, reply := newRig(t, dispatch.Config{}), make(chan struct{}), make(chan struct{})
		var others sync.WaitGroup
		r.handle("One", "", func(turn dispatch.Turn, n *note) {
			if n.id == 10 {
				close(waiting)
				wait(turn, reply)
				return
			}
			others.Done()
		})
		others.Add(49)
		pointers := sendWeakly(r, "One", 50)
		r.Start()
		<-waiting
		others.Wait()
		empty(t, r)
		if alive := alive(pointers); alive != 1 {
			t.Errorf("%d of %d are alive, want the one at work", alive, len(pointers))
		}
		close(reply)
		if err := r.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("a turn that is kept keeps none alive, taken back or not", func(t *testing.T) {
		r := newRig(t, dispatch.Config{})
		var kept []dispatch.Turn
		r.handle("One", "", func(turn dispatch.Turn, n *note) {
			kept = append(kept, turn)
			if n.id%2 == 0 {
				turn.Lend() // by a goroutine that the handler leaves behind
			}
		})
		pointers := sendWeakly(r, "One", 50)
		r.Start()
		if err := r.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if alive := alive(pointers); alive > 0 {
			t.Errorf("%d of %d are alive", alive, len(pointers))
		}
		runtime.KeepAlive(kept)
	})
}

// alive counts what is reachable.
func alive[T any](pointers []weak.Pointer[T]) (n int) {
	runtime.GC()
	for _, p := range pointers {
		if p.Value() != nil {
			n++
		}
	}
	return n
}

// empty waits until a queue has nothing to do but for handlers that wait.
func empty(t *testing.T, r *rig) {
	t.Helper()
	for q := r.Stats().Queues[0]; q.Length > 0 || q.Running != ""; q = r.Stats().Queues[0] {
		runtime.Gosched()
	}
}

func TestMemoryOfAnIdleQueue(t *testing.T) {
	t.Run("a message that comes alone costs little, however many a queue may take at a time", func(t *testing.T) {
		r, handled := newRig(t, dispatch.Config{BatchSize: 1_000_000}), make(chan struct{})
		r.handle("One", "", func(dispatch.Turn, *note) { handled <- struct{}{} })
		r.Start()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 100 {
			r.send("One")
			<-handled
		}
		runtime.ReadMemStats(&after)
		if made := (after.TotalAlloc - before.TotalAlloc) / 100; made > 10_000 {
			t.Errorf("%d bytes for each, want some hundreds", made)
		}
		r.stop()
	})
}

func TestRemovedInvokersAreForgotten(t *testing.T) {
	t.Run("those that were removed are, but for the last to run, however much they had to do", func(t *testing.T) {
		r := newRig(t, dispatch.Config{})
		r.Start()
		var pointers []weak.Pointer[rig]
		for count := range 10 {
			owner := new(rig) // of the handler
			pointers = append(pointers, weak.Make(owner))
			remove := r.Add("A", &dispatch.Invoker{Invoke: func(_ dispatch.Turn, batch []*dispatch.Entry) { owner.write(len(batch)) }})
			r.send(slices.Repeat([]string{"A"}, 10-count)...)
			empty(t, r)
			remove()
		}
		if alive := alive(pointers); alive > 1 {
			t.Errorf("%d of %d are alive", alive, len(pointers))
		}
		r.stop()
	})
}
