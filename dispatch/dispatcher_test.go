package dispatch_test

import (
	"runtime"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/dispatch"
)

func TestQueues(t *testing.T) {
	t.Run("J10 a blocked queue does not hold up others, and each keeps its order", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			gate := make(chan struct{})
			order := map[string][]int{}
			r.handle("Slow", "slow", func(_ dispatch.Turn, n *note) { <-gate; order["slow"] = append(order["slow"], n.id) })
			r.handle("Fast", "fast", func(_ dispatch.Turn, n *note) { order["fast"] = append(order["fast"], n.id) })
			r.Start()
			r.send("Slow", "Fast", "Slow", "Fast")
			r.send("Fast", "Slow")
			synctest.Wait()
			if want := []int{1, 3, 4}; !slices.Equal(order["fast"], want) {
				t.Errorf("fast queue ran %v, want %v", order["fast"], want)
			}
			if stats := r.Stats().Queues[0]; stats.Length != 2 || stats.Running != "SlowHandler" {
				t.Errorf("slow queue = %+v, want two waiting behind SlowHandler", stats)
			}
			close(gate)
			r.stop()
			if want := []int{0, 2, 5}; !slices.Equal(order["slow"], want) {
				t.Errorf("slow queue ran %v, want %v", order["slow"], want)
			}
		})
	})
	t.Run("J18 what is dispatched before start waits for it", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.handle("A", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.send("A", "A")
			synctest.Wait()
			if got := r.written(); len(got) > 0 {
				t.Errorf("ran %v before Start", got)
			}
			r.Start()
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{0, 1}) {
				t.Errorf("ran %v after Start, want [0 1]", got)
			}
		})
	})
	t.Run("names that differ in case, and no name, are one queue", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			for i, name := range []string{"Orders", "ORDERS", "", "defaultqueue"} {
				r.handle(strconv.Itoa(i), name, func(dispatch.Turn, *note) {})
			}
			var names []string
			for _, q := range r.Stats().Queues {
				names = append(names, q.Name)
			}
			if want := []string{"Orders", dispatch.DefaultQueue}; !slices.Equal(names, want) {
				t.Errorf("queues = %v, want %v", names, want)
			}
		})
	})
	t.Run("a message that a handler sends to its own queue runs after it", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.handle("Outer", "", func(_ dispatch.Turn, n *note) { r.sendLocal("Inner"); r.write(n.id) })
			r.handle("Inner", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.Start()
			r.send("Outer")
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{0, 1}) {
				t.Errorf("ran %v, want [0 1]", got)
			}
		})
	})
}

func TestInvokers(t *testing.T) {
	t.Run("a message for several queues is done after the last of them", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			gates := []chan struct{}{make(chan struct{}), make(chan struct{})}
			for i, gate := range gates {
				r.handle("A", "queue"+strconv.Itoa(i), func(dispatch.Turn, *note) { <-gate })
			}
			r.Start()
			n := r.send("A")[0]
			for i, gate := range gates {
				synctest.Wait()
				if _, _, done := n.told(); done != 0 {
					t.Errorf("done after %d of 2 handlers", i)
				}
				close(gate)
			}
			r.stop()
		})
	})
	t.Run("a message that some or all invokers decline is done nevertheless", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			odd := func(e *dispatch.Entry) bool { return noteOf(e).id%2 == 1 }
			never := func(*dispatch.Entry) bool { return false }
			for _, accepts := range []func(*dispatch.Entry) bool{odd, never} {
				r.Add("A", &dispatch.Invoker{Accepts: accepts, Invoke: func(_ dispatch.Turn, batch []*dispatch.Entry) {
					r.write(noteOf(batch[0]).id)
				}})
			}
			r.Start()
			r.send("A", "A", "A", "A")
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{1, 3}) {
				t.Errorf("ran %v, want [1 3]", got)
			}
		})
	})
	t.Run("a message that nobody handles is done at once", func(t *testing.T) {
		r := newRig(t, dispatch.Config{})
		nowhere := &note{}
		nowhere.Job = nowhere // and no Route
		r.dispatch(nowhere)
		r.notes = append(r.notes, nowhere)
		r.send("Unknown")
		r.checkAllDone()
	})
	t.Run("an invoker gets messages from Add until it is removed", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.Start()
			inv := &dispatch.Invoker{Invoke: func(_ dispatch.Turn, b []*dispatch.Entry) { r.write(noteOf(b[0]).id) }}
			r.send("A")
			remove, removeTwin := r.Add("A", inv), r.Add("A", inv)
			r.send("A")
			remove()
			remove() // of no effect, least of all on the twin
			r.send("A")
			removeTwin()
			if r.Resolve("A").Handled() {
				t.Error("Handled = true after the last invoker was removed")
			}
			r.send("A")
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{1, 1, 2}) {
				t.Errorf("ran %v, want [1 1 2]", got)
			}
		})
	})
}

func TestInline(t *testing.T) {
	t.Run("an inline handler runs within Dispatch, between its neighbours, also before start", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.handle("Queued", "", func(dispatch.Turn, *note) {})
			inv := &dispatch.Invoker{Inline: true, Invoke: func(turn dispatch.Turn, _ []*dispatch.Entry) {
				if !turn.Inline() || turn.Lend() {
					t.Error("the turn of an inline handler is not inline, or was lent")
				}
				turn.Reclaim()
				r.write(r.Stats().Queues[0].Length)
			}}
			r.Add("Inline", inv)
			r.send("Queued", "Inline", "Queued", "Inline")
			if got := r.written(); !slices.Equal(got, []int{1, 2}) {
				t.Errorf("inline handlers saw queue lengths %v, want [1 2]", got)
			}
			r.Start()
			r.stop()
		})
	})
	t.Run("a message with inline and queued handlers is done after both", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(_ *testing.T, r *rig) {
			r.Add("A", &dispatch.Invoker{Inline: true, Invoke: func(dispatch.Turn, []*dispatch.Entry) { r.write(1) }})
			r.handle("A", "", func(dispatch.Turn, *note) { r.write(2) })
			r.Start()
			r.send("A")
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{1, 2}) {
				r.t.Errorf("ran %v, want inline before queued", got)
			}
		})
	})
}

func TestBatches(t *testing.T) {
	// batches records the sizes in which an invoker got its messages.
	batches := func(r *rig, typeName string, maximum int) {
		r.Add(typeName, &dispatch.Invoker{MaxBatch: maximum, Invoke: func(_ dispatch.Turn, batch []*dispatch.Entry) {
			if !slices.IsSortedFunc(batch, func(a, b *dispatch.Entry) int { return noteOf(a).id - noteOf(b).id }) {
				r.t.Error("batch is not in order")
			}
			r.write(len(batch))
		}})
	}
	tests := map[string]struct {
		config  dispatch.Config
		maximum int
		send    []string
		want    []int
	}{
		"J24 ten that follow each other come as one batch of ten":  {maximum: 100, send: slices.Repeat([]string{"A"}, 10), want: []int{10}},
		"a batch ends at MaxBatch":                                 {maximum: 4, send: slices.Repeat([]string{"A"}, 10), want: []int{4, 4, 2}},
		"a batch ends at BatchSize":                                {config: dispatch.Config{BatchSize: 3}, maximum: 100, send: slices.Repeat([]string{"A"}, 7), want: []int{3, 3, 1}},
		"a batch ends at a message of another handler":             {maximum: 100, send: []string{"A", "A", "B", "A"}, want: []int{2, 1, 1}},
		"a handler without MaxBatch gets one message at a time":    {maximum: 0, send: []string{"A", "A"}, want: []int{1, 1}},
		"a handler that takes batches gets a lone message as well": {maximum: 100, send: []string{"A"}, want: []int{1}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, tc.config, func(t *testing.T, r *rig) {
				batches(r, "A", tc.maximum)
				batches(r, "B", tc.maximum)
				gate := make(chan struct{})
				r.handle("Busy", "", func(dispatch.Turn, *note) { <-gate })
				r.Start()
				r.send("Busy")
				synctest.Wait()
				for _, typeName := range tc.send {
					r.send(typeName)
				}
				close(gate)
				r.stop()
				if got := r.written(); !slices.Equal(got, tc.want) {
					t.Errorf("batches of %v, want %v", got, tc.want)
				}
			})
		})
	}
	t.Run("an invoker of two types gets no batch of both", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			inv := &dispatch.Invoker{MaxBatch: 10, Invoke: func(_ dispatch.Turn, batch []*dispatch.Entry) { r.write(len(batch)) }}
			r.Add("A", inv)
			r.Add("B", inv)
			r.send("A", "A", "B")
			r.Start()
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{2, 1}) {
				t.Errorf("batches of %v, want [2 1]", got)
			}
		})
	})
}

func TestPurge(t *testing.T) {
	t.Run("J22 a purge counts what waited in all queues, also what was taken already", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			gate := make(chan struct{})
			r.handle("A", "a", func(_ dispatch.Turn, n *note) { <-gate; r.write(n.id) })
			r.handle("B", "b", func(_ dispatch.Turn, n *note) { <-gate; r.write(n.id) })
			r.Start()
			notes := r.send("A", "A", "B", "B") // one lock per queue: each takes both at once
			synctest.Wait()
			notes = append(notes, r.send("A")...)
			if got := r.Purge(); got != 3 {
				t.Errorf("Purge = %d, want 3", got)
			}
			for _, q := range r.Stats().Queues {
				if q.Length != 0 {
					t.Errorf("queue %s has %d entries after the purge", q.Name, q.Length)
				}
			}
			wantRejected(t, notes[1], dispatch.ErrPurged)
			wantRejected(t, notes[4], dispatch.ErrPurged)
			r.send("A")
			close(gate)
			r.stop()
			got := r.written()
			slices.Sort(got)
			if !slices.Equal(got, []int{0, 2, 5}) {
				t.Errorf("ran %v, want [0 2 5]", got)
			}
		})
	})
}

func TestDispatchInline(t *testing.T) {
	t.Run("an entry whose handlers are all inline is done when the call returns, whatever they do", func(t *testing.T) {
		for _, end := range []func(){func() {}, func() { panic("bad") }, runtime.Goexit} {
			bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
				r.Add("A", &dispatch.Invoker{Name: "first", Inline: true, Invoke: func(dispatch.Turn, []*dispatch.Entry) { end() }})
				r.Add("A", &dispatch.Invoker{Inline: true, Invoke: func(_ dispatch.Turn, b []*dispatch.Entry) { r.write(noteOf(b[0]).id) }})
				r.Start()
				n := r.note("A")
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					r.DispatchInline([]*dispatch.Entry{&n.Entry})
				}()
				<-ended
				if got := r.written(); !slices.Equal(got, []int{n.id}) || n.done != 1 {
					t.Errorf("second handler ran %v, done %d times; want both once", got, n.done)
				}
				r.stop()
			})
		}
	})
	t.Run("an entry that has to be queued somewhere, or that nobody takes, is left alone", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.Add("A", &dispatch.Invoker{Inline: true, Invoke: func(dispatch.Turn, []*dispatch.Entry) { t.Error("ran") }})
			r.handle("A", "", func(dispatch.Turn, *note) { t.Error("ran on the queue") })
			r.Start()
			for _, typeName := range []string{"A", "Nobody's"} {
				if n := (&note{}); r.DispatchInline([]*dispatch.Entry{{Route: r.Resolve(typeName), Job: n}}) || n.done > 0 {
					t.Errorf("DispatchInline() of %s = true, want false and nothing done", typeName)
				}
			}
			r.stop()
		})
	})
}

func TestRouteOnly(t *testing.T) {
	t.Run("an entry for some of the handlers of its type reaches those alone", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			wanted := r.handle("A", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.handle("A", "", func(dispatch.Turn, *note) { t.Error("ran") })
			r.Start()
			n := r.note("A")
			n.Route = n.Route.Only(func(inv *dispatch.Invoker) bool { return inv == wanted })
			r.dispatch(n)
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{n.id}) || !n.Route.Handled() {
				t.Errorf("ran %v, want once", got)
			}
		})
	})
}

func TestDispatchHere(t *testing.T) {
	// entries returns new notes as a batch.
	entries := func(r *rig, typeNames ...string) (batch []*dispatch.Entry) {
		for _, name := range typeNames {
			batch = append(batch, &r.note(name).Entry)
		}
		return batch
	}
	for name, types := range map[string][]string{
		"one entry":                        {"A"},
		"several for one queue":            {"A", "A", "A"},
		"several types for one queue":      {"A", "B", "A"},
		"some that nobody takes":           {"nobody's", "A", "nobody's"},
		"some for inline handlers as well": {"both", "A", "both", "A"},
	} {
		t.Run(name+" run in the function that is returned, and not before", func(t *testing.T) {
			bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
				for _, name := range []string{"A", "B", "both"} {
					r.handle(name, "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
				}
				r.Add("both", &dispatch.Invoker{Inline: true, Invoke: func(dispatch.Turn, []*dispatch.Entry) {}})
				r.Start()
				run := r.DispatchHere(entries(r, types...))
				synctest.Wait()
				if got := r.written(); run == nil || len(got) > 0 {
					t.Fatalf("before the call of %p, %v have run", run, got)
				}
				if again := r.DispatchHere(entries(r, "A")); again != nil {
					t.Error("a queue is to run twice")
				}
				run()
				handled := slices.DeleteFunc(types, func(name string) bool { return name == "nobody's" })
				if got := r.written(); len(got) != len(handled)+1 || !slices.IsSorted(got) {
					t.Errorf("%v have run, want %d in order", got, len(handled)+1)
				}
				r.stop()
			})
		})
	}
	t.Run("of several queues one is left to the caller, and the others run", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			for _, name := range []string{"A", "B", "C"} {
				r.handle(name, name, func(_ dispatch.Turn, n *note) { r.write(n.id) })
			}
			r.Start()
			run := r.DispatchHere(entries(r, "A", "B", "C"))
			synctest.Wait()
			if got := r.written(); run == nil || len(got) != 2 {
				t.Fatalf("%v have run, want two", got)
			}
			run()
			r.stop()
			if got := r.written(); len(got) != 3 {
				t.Errorf("%v have run, want three", got)
			}
		})
	})
	t.Run("nothing is left to the caller when an inline handler ends its goroutine", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.handle("A", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.Add("exits", &dispatch.Invoker{Inline: true, Invoke: func(dispatch.Turn, []*dispatch.Entry) { runtime.Goexit() }})
			r.Start()
			batch := entries(r, "A", "exits", "A")
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				r.DispatchHere(batch)
			}()
			<-ended
			synctest.Wait()
			if got := r.written(); !slices.Equal(got, []int{0, 2}) {
				t.Errorf("%v have run, want 0 and 2", got)
			}
			r.stop()
		})
	})
}
