package dispatch

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestBacklogIsASlice compares a backlog with the slice it stands for.
func TestBacklogIsASlice(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	b := backlog{room: 10, aged: true}
	var model []item
	for step := range 20_000 {
		for range random.IntN(25) {
			it := item{entry: &Entry{Size: step}, to: &queued{}}
			b.push(it.entry, it.to, time.Duration(step))
			model = append(model, it)
		}
		for range random.IntN(5) {
			if b.count > 0 {
				model = takeSome(t, random, &b, model)
			}
		}
		if random.IntN(500) == 0 { // now and then it runs dry
			if all := b.drain(); !slices.Equal(all, model) {
				t.Fatalf("step %d: the backlog differs from the model", step)
			}
			model = nil
		}
		if b.count != len(model) {
			t.Fatalf("step %d: count = %d, want %d", step, b.count, len(model))
		}
	}
}

// takeSome takes a chunk, and may give back the end of it. It returns what is left in the model.
func takeSome(t *testing.T, random *rand.Rand, b *backlog, model []item) []item {
	t.Helper()
	oldest := b.oldest()
	c := b.take()
	if want := time.Duration(model[0].entry.Size); oldest != want || c.sinceWhen(c.from) != want {
		t.Fatalf("the oldest waits since %v, what is taken first since %v, want %v", oldest, c.sinceWhen(c.from), want)
	}
	for i := c.from; i < c.end; i++ {
		if model[i-c.from] != (item{c.entries[i], c.to[i]}) {
			t.Fatal("what is taken differs from the model")
		}
	}
	ran := random.IntN(c.end - c.from + 1)
	from := c.from
	b.giveBack(c, from+ran)
	c.forget(from, from+ran)
	b.drop(c)
	return model[ran:]
}

func TestBacklogKeepsNothingAlive(t *testing.T) {
	b := backlog{room: 10}
	for range 3 * keptItems {
		b.push(new(Entry), nil, 0)
	}
	b.drain()
	kept := 0
	for c := b.spare; c != nil; c = c.next {
		kept += len(c.entries)
		if slices.ContainsFunc(c.entries, func(e *Entry) bool { return e != nil }) {
			t.Fatal("an entry that was taken is still referenced")
		}
	}
	if kept == 0 || kept > keptItems {
		t.Errorf("an empty backlog keeps room for %d items, want some and at most %d", kept, keptItems)
	}
}
