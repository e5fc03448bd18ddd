package dispatch

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestBacklogIsASlice compares a backlog with the slice it stands for.
func TestBacklogIsASlice(t *testing.T) {
	for _, room := range []int{1, 2, 10, 3 * chunkRoom} {
		t.Run(fmt.Sprintf("with at most %d items in a chunk", room), func(t *testing.T) {
			compareWithSlice(t, &backlog{room: room, aged: true})
		})
	}
}

func compareWithSlice(t *testing.T, b *backlog) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	targets := []*queued{{inv: &Invoker{}}, {inv: &Invoker{MaxBatch: 2 * chunkRoom}}, {inv: &Invoker{MaxBatch: math.MaxInt}}}
	var model []item
	for step := range 5_000 {
		to := targets[random.IntN(len(targets))]
		for range random.IntN(min(5*b.room/2, chunkRoom)) {
			it := item{entry: &Entry{Size: step}, to: to}
			b.push(it.entry, it.to, time.Duration(step))
			model = append(model, it)
		}
		for range random.IntN(5) * (1 + chunkRoom/5/b.room) {
			if b.count > 0 {
				model = takeSome(t, random, b, model)
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
	b, to := backlog{room: 10}, &queued{inv: &Invoker{}}
	for range 3 * keptItems {
		b.push(new(Entry), to, 0)
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

func TestChunks(t *testing.T) {
	for name, tc := range map[string]struct {
		maxBatch, room, items int
		want                  []int
	}{
		"those of an invoker that takes one message have room for a few": {1, 100_000, 300, []int{128, 128, 128}},
		"that of batches grows with what waits":                          {math.MaxInt, 100_000, 300, []int{512}},
		"no further than a queue takes at a time":                        {math.MaxInt, 200, 300, []int{200, 128}},
	} {
		t.Run(name, func(t *testing.T) {
			b, to := backlog{room: tc.room}, &queued{inv: &Invoker{MaxBatch: tc.maxBatch}}
			for range tc.items {
				b.push(new(Entry), to, 0)
			}
			if got := roomsOf(&b); !slices.Equal(got, tc.want) {
				t.Errorf("chunks have room for %v, want %v", got, tc.want)
			}
		})
	}
	t.Run("one of which a worker has a part does not grow", func(t *testing.T) {
		b, to := backlog{room: 100_000}, &queued{inv: &Invoker{MaxBatch: math.MaxInt}}
		for range chunkRoom {
			b.push(new(Entry), to, 0)
		}
		b.giveBack(b.take(), 1)
		b.push(new(Entry), to, 0)
		if got, want := roomsOf(&b), []int{chunkRoom, chunkRoom}; !slices.Equal(got, want) {
			t.Errorf("chunks have room for %v, want %v", got, want)
		}
	})
}

// roomsOf returns for how many items the chunks of a backlog have room.
func roomsOf(b *backlog) (all []int) {
	for c := b.first; c != nil; c = c.next {
		all = append(all, len(c.entries))
	}
	return all
}
