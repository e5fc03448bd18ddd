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
		items := make([]item, random.IntN(40))
		for i := range items {
			items[i] = item{entry: &Entry{Size: step}}
		}
		b.push(items)
		model = append(model, items...)
		if random.IntN(500) == 0 { // now and then it runs dry
			items = make([]item, len(model))
		}
		room := random.IntN(2*len(items) + 1)
		n := min(room, len(model))
		if got := b.pop(make([]item, 0, room)); !slices.Equal(got, model[:n]) {
			t.Fatalf("step %d: pop of %d differs from the model", step, room)
		}
		if model = model[n:]; b.count != len(model) {
			t.Fatalf("step %d: count = %d, want %d", step, b.count, len(model))
		}
	}
}

func TestBacklogKeepsNothingAlive(t *testing.T) {
	var b backlog
	b.push(make([]item, 3*keptBacklog))
	b.pop(make([]item, 0, 2*keptBacklog))
	b.push([]item{{entry: new(Entry)}})
	b.pop(make([]item, 0, keptBacklog+1))
	if b.ring != nil {
		t.Errorf("an empty backlog keeps %d items, want none after a burst", len(b.ring))
	}
	b.push([]item{{entry: new(Entry)}})
	b.pop(make([]item, 0, 1))
	if b.ring[0] != (item{}) {
		t.Error("a popped item is still referenced")
	}
}
