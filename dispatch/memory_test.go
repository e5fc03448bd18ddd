package dispatch_test

import (
	"context"
	"runtime"
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
		runtime.GC()
		alive := 0
		for _, p := range pointers {
			if p.Value() != nil {
				alive++
			}
		}
		if alive > 0 {
			t.Errorf("%d of %d are alive", alive, len(pointers))
		}
		runtime.KeepAlive(r)
	})
}
