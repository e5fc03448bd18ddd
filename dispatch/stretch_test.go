package dispatch_test

import (
	"math"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/dispatch"
)

// What a queue's goroutine took together, and has not begun, belongs to the queue all the same.
func TestWhatWasTakenTogether(t *testing.T) {
	t.Run("J26 it runs while a handler waits, in order, before what came later", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			reply := make(chan struct{})
			r.handle("Waits", "", func(turn dispatch.Turn, n *note) { wait(turn, reply); r.write(100 + n.id) })
			r.handle("Plain", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.send("Plain", "Waits", "Plain", "Waits", "Plain") // before Start: taken together
			r.Start()
			synctest.Wait()
			r.send("Plain")
			synctest.Wait()
			close(reply)
			r.stop()
			if got, want := r.written()[:4], []int{0, 2, 4, 5}; !slices.Equal(got, want) || len(r.written()) != 6 {
				t.Errorf("ran %v, want %v and those that waited", r.written(), want)
			}
		})
	})
	t.Run("J26 it waits for handlers that take their turn back", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			reply, gate := make(chan struct{}), make(chan struct{})
			r.handle("Waits", "", func(turn dispatch.Turn, n *note) { wait(turn, reply); r.write(100 + n.id) })
			r.handle("Busy", "", func(_ dispatch.Turn, n *note) { <-gate; r.write(n.id) })
			r.handle("Plain", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.send("Waits", "Waits", "Busy", "Plain", "Plain")
			r.Start()
			synctest.Wait()
			close(reply) // while Busy is at work, behind which the two others were taken
			synctest.Wait()
			close(gate)
			r.stop()
			if got, want := r.written()[1:3], []int{100, 101}; r.written()[0] != 2 || !slices.Contains(want, got[0]) || !slices.Contains(want, got[1]) {
				t.Errorf("ran %v, want both that waited right behind 2", r.written())
			}
		})
	})
	t.Run("J22 it is purged, also twice, and what comes after is not", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			gate := make(chan struct{})
			r.handle("Busy", "", func(_ dispatch.Turn, n *note) { <-gate; r.write(n.id) })
			r.send("Busy", "Busy", "Busy")
			r.Start()
			synctest.Wait()
			for call, want := range []int{2, 0} {
				if got := r.Purge(); got != want {
					t.Errorf("purge %d dropped %d, want %d", call, got, want)
				}
			}
			r.send("Busy")
			if got := r.Stats().Queues[0].Length; got != 1 {
				t.Errorf("%d messages wait, want 1", got)
			}
			close(gate)
			r.stop()
			if got, want := r.written(), []int{0, 3}; !slices.Equal(got, want) {
				t.Errorf("ran %v, want %v", got, want)
			}
		})
	})
	t.Run("it is counted as waiting, one message after the other", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			next := make(chan struct{})
			r.handle("Busy", "", func(dispatch.Turn, *note) { <-next })
			r.send("Busy", "Busy", "Busy", "Busy")
			r.Start()
			for _, want := range []int{3, 2, 1, 0} {
				synctest.Wait()
				if q := r.Stats().Queues[0]; q.Length != want || q.Running != "BusyHandler" {
					t.Errorf("queue = %+v, want %d waiting behind one", q, want)
				}
				next <- struct{}{}
			}
			r.stop()
		})
	})
	t.Run("the batch of a handler that waits stays as it is, whatever runs meanwhile", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			reply := make(chan struct{})
			var before, after []int
			ids := func(batch []*dispatch.Entry) (all []int) {
				for _, e := range batch {
					all = append(all, noteOf(e).id)
				}
				return all
			}
			r.Add("Batch", &dispatch.Invoker{MaxBatch: 3, Invoke: func(turn dispatch.Turn, batch []*dispatch.Entry) {
				before = ids(batch)
				wait(turn, reply)
				after = ids(batch)
			}})
			r.handle("Plain", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.send("Batch", "Batch", "Batch", "Plain", "Plain")
			r.Start()
			for range 300 { // more than a queue takes at a time
				r.send("Plain", "Plain")
				synctest.Wait()
			}
			close(reply)
			r.stop()
			if want := []int{0, 1, 2}; !slices.Equal(before, want) || !slices.Equal(after, want) {
				t.Errorf("the batch was %v, and after the wait %v, want %v", before, after, want)
			}
			if got := len(r.written()); got != 602 {
				t.Errorf("%d others ran, want 602", got)
			}
		})
	})
}

func TestTurnsByNumber(t *testing.T) {
	t.Run("the lease of a turn gives it again by its number, until it is over", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			var kept dispatch.Turn
			r.handle("Waits", "", func(turn dispatch.Turn, _ *note) {
				kept = turn.Lease().Turn(turn.Number())
				if !kept.Lend() {
					t.Error("Lend = false while the handler runs")
				}
				kept.Reclaim()
			})
			r.handle("Plain", "", func(dispatch.Turn, *note) {
				if kept.Lend() {
					t.Error("a turn that is over lends that of the next message")
				}
			})
			r.Start()
			r.send("Waits", "Plain")
			r.stop()
			if kept.Lend() {
				t.Error("Lend = true when all is over")
			}
		})
	})
	t.Run("no lease gives turns that nobody can lend", func(t *testing.T) {
		var turn dispatch.Turn
		if again := turn.Lease().Turn(turn.Number()); again.Lend() || again.Inline() {
			t.Error("the zero turn can be lent, or is inline")
		}
	})
}

func TestBatchSizes(t *testing.T) {
	const many = 1000
	for name, tc := range map[string]struct {
		batchSize, maxBatch int
		want                []int
	}{
		"as many as wait, where the invoker takes any number and the queue as many": {many, math.MaxInt, []int{many}},
		"as many as the queue takes":                                 {400, math.MaxInt, []int{400, 400, 200}},
		"as many as the invoker takes":                               {many, 400, []int{400, 400, 200}},
		"two, where the queue takes two":                             {2, math.MaxInt, slices.Repeat([]int{2}, many/2)},
		"one, where the queue takes one, whatever the invoker takes": {1, math.MaxInt, slices.Repeat([]int{1}, many)},
	} {
		t.Run("a batch has "+name, func(t *testing.T) {
			bubble(t, dispatch.Config{BatchSize: tc.batchSize}, func(t *testing.T, r *rig) {
				var sizes []int
				r.Add("Batch", &dispatch.Invoker{MaxBatch: tc.maxBatch, Invoke: func(_ dispatch.Turn, batch []*dispatch.Entry) {
					sizes = append(sizes, len(batch))
				}})
				r.send(slices.Repeat([]string{"Batch"}, many)...)
				r.Start()
				r.stop()
				if !slices.Equal(sizes, tc.want) {
					t.Errorf("batches of %v, want %v", sizes, tc.want)
				}
			})
		})
	}
	t.Run("a batch of an invoker that takes any number begins anywhere", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.handle("Plain", "", func(dispatch.Turn, *note) {})
			r.Add("Batch", &dispatch.Invoker{MaxBatch: math.MaxInt, Invoke: func(_ dispatch.Turn, batch []*dispatch.Entry) {
				r.write(len(batch))
			}})
			r.send("Plain", "Batch", "Batch", "Batch", "Plain")
			r.Start()
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{3}) {
				t.Errorf("batches of %v, want one of 3", got)
			}
		})
	})
}
