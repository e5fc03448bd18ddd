package dispatch

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestBacklogIsASlice compares a backlog with the slice it stands for.
func TestBacklogIsASlice(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var (
		b     backlog
		model []item
	)
	for step := range 20_000 {
		more := make([]item, random.IntN(40))
		for i := range more {
			more[i] = item{entry: &Entry{Size: step}, to: &queued{}}
		}
		b.push(more)
		model = append(model, more...)
		if random.IntN(500) == 0 { // now and then it runs dry
			more = make([]item, len(model))
		}
		room := random.IntN(2*len(more) + 1)
		n := min(room, len(model))
		got := makeItems(room)
		b.pop(&got)
		if !slices.EqualFunc(got.entries, model[:n], func(e *Entry, it item) bool { return e == it.entry }) ||
			!slices.EqualFunc(got.to, model[:n], func(to *queued, it item) bool { return to == it.to }) {
			t.Fatalf("step %d: pop of %d differs from the model", step, room)
		}
		if model = model[n:]; b.count != len(model) {
			t.Fatalf("step %d: count = %d, want %d", step, b.count, len(model))
		}
	}
}

func pop(b *backlog, room int) {
	dst := makeItems(room)
	b.pop(&dst)
}

func TestBacklogKeepsNothingAlive(t *testing.T) {
	var b backlog
	b.push(make([]item, 3*keptBacklog))
	pop(&b, 2*keptBacklog)
	b.push([]item{{entry: new(Entry)}})
	pop(&b, keptBacklog+1)
	if b.ring.len() > 0 {
		t.Errorf("an empty backlog keeps %d items, want none after a burst", b.ring.len())
	}
	b.push([]item{{entry: new(Entry)}})
	pop(&b, 1)
	if b.ring.at(0) != (item{}) {
		t.Error("a popped item is still referenced")
	}
}
