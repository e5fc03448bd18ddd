package dispatch_test

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/dispatch"
)

// wait waits for the channel with the turn lent, as a bus does for a reply.
func wait(turn dispatch.Turn, reply <-chan struct{}) {
	turn.Lend()
	<-reply
	turn.Reclaim()
}

func TestTurn(t *testing.T) {
	t.Run("J11 a handler that waits for a message it sent to its own queue gets its answer", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.handle("Outer", "", func(turn dispatch.Turn, _ *note) {
				reply := make(chan struct{})
				inner := r.note("Inner")
				inner.Local, inner.onDone = true, func() { close(reply) }
				r.dispatch(inner)
				wait(turn, reply)
				r.write(0)
			})
			r.handle("Inner", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.Start()
			r.send("Outer")
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{1, 0}) {
				t.Errorf("ran %v, want [1 0]", got)
			}
		})
	})
	t.Run("two peers whose handlers call each other to a depth of a hundred end", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			peers := [2]*rig{newRig(t, dispatch.Config{}), newRig(t, dispatch.Config{})}
			call := func(peer, depth int, done func()) {
				n := peers[peer].note("Call")
				n.id, n.onDone = depth, done
				peers[peer].dispatch(n)
			}
			for i, peer := range peers {
				peer.handle("Call", "", func(turn dispatch.Turn, n *note) {
					if n.id == 0 {
						return
					}
					reply := make(chan struct{})
					call(1-i, n.id-1, func() { close(reply) })
					wait(turn, reply)
				})
				peer.Start()
			}
			end := make(chan struct{})
			call(0, 100, func() { close(end) })
			<-end
			peers[0].stop()
			peers[1].stop()
		})
	})
	t.Run("J26 the next messages run while a handler waits, and it goes on before new ones", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			reply, gate := make(chan struct{}), make(chan struct{})
			r.handle("Waits", "", func(turn dispatch.Turn, n *note) {
				r.write(n.id)
				wait(turn, reply)
				r.write(100 + n.id)
			})
			r.handle("Plain", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.handle("Busy", "", func(_ dispatch.Turn, n *note) { r.write(n.id); <-gate })
			r.Start()
			r.send("Waits", "Plain", "Busy", "Plain", "Plain")
			synctest.Wait()
			if q := r.Stats().Queues[0]; !slices.Equal(q.Lent, []string{"WaitsHandler"}) || q.Running != "BusyHandler" {
				t.Errorf("queue = %+v, want WaitsHandler lent and BusyHandler running", q)
			}
			close(reply)
			synctest.Wait()
			close(gate)
			r.stop()
			if got, want := r.written(), []int{0, 1, 2, 100, 3, 4}; !slices.Equal(got, want) {
				t.Errorf("ran %v, want %v", got, want)
			}
		})
	})
	t.Run("J27 handlers that waited go on in the order in which their waits ended", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			replies := []chan struct{}{make(chan struct{}), make(chan struct{}), make(chan struct{})}
			gate := make(chan struct{})
			r.handle("Waits", "", func(turn dispatch.Turn, n *note) { wait(turn, replies[n.id]); r.write(n.id) })
			r.handle("Busy", "", func(_ dispatch.Turn, n *note) { <-gate; r.write(n.id) })
			r.Start()
			r.send("Waits", "Waits", "Waits", "Busy", "Busy")
			for _, i := range []int{1, 2, 0} {
				synctest.Wait()
				close(replies[i])
			}
			synctest.Wait()
			close(gate)
			r.stop()
			if got, want := r.written(), []int{3, 1, 2, 0, 4}; !slices.Equal(got, want) {
				t.Errorf("ran %v, want %v", got, want)
			}
		})
	})
	t.Run("a serial handler keeps the turn while it waits", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			reply := make(chan struct{})
			inv := &dispatch.Invoker{Serial: true, Invoke: func(turn dispatch.Turn, b []*dispatch.Entry) {
				if turn.Lend() {
					t.Error("Lend of a serial handler = true")
				}
				<-reply
				turn.Reclaim()
				r.write(noteOf(b[0]).id)
			}}
			r.Add("Serial", inv)
			r.handle("Plain", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.Start()
			r.send("Serial", "Plain")
			synctest.Wait()
			if got := r.written(); len(got) != 0 {
				t.Errorf("ran %v beside a serial handler", got)
			}
			close(reply)
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{0, 1}) {
				t.Errorf("ran %v, want [0 1]", got)
			}
		})
	})
	t.Run("a turn that is free is taken back at once", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(_ *testing.T, r *rig) {
			r.handle("A", "", func(turn dispatch.Turn, n *note) {
				for range 3 {
					turn.Lend()
					turn.Reclaim()
				}
				r.write(n.id)
			})
			r.Start()
			r.send("A", "A")
			r.stop()
			slices.Sort(r.log) // each lends to the other, in any order
			if !slices.Equal(r.log, []int{0, 1}) {
				r.t.Errorf("ran %v, want both", r.log)
			}
		})
	})
	t.Run("Reclaim without Lend, and a nil turn, do nothing", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.handle("A", "", func(turn dispatch.Turn, _ *note) {
				turn.Reclaim()
				if !turn.Lend() {
					t.Error("Lend = false")
				}
				turn.Reclaim()
				turn.Reclaim()
			})
			var none dispatch.Turn
			if none.Lend() || none.Inline() {
				t.Error("a nil turn was lent, or is inline")
			}
			none.Reclaim()
			r.Start()
			r.send("A", "A")
			r.stop()
		})
	})
}

func TestTurnOfSeveralGoroutines(t *testing.T) {
	t.Run("the turn is lent from the first wait to the last", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			replies := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
			r.handle("Fork", "", func(turn dispatch.Turn, _ *note) {
				var wg sync.WaitGroup
				for i, reply := range replies {
					wg.Go(func() { wait(turn, reply); r.write(100 + i) })
				}
				wg.Wait()
			})
			gate := make(chan struct{})
			r.handle("Plain", "", func(_ dispatch.Turn, n *note) { <-gate; r.write(n.id) })
			r.Start()
			r.send("Fork", "Plain", "Plain")
			synctest.Wait()
			close(replies[1]) // while the other waits, it goes on beside Plain
			synctest.Wait()
			close(replies[0]) // the last to end waits for the turn
			synctest.Wait()
			if got := r.written(); !slices.Equal(got, []int{101}) {
				t.Errorf("ran %v, want [101]", got)
			}
			close(gate)
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{101, 1, 100, 2}) {
				t.Errorf("ran %v, want [101 1 100 2]", got)
			}
		})
	})
	t.Run("a new wait lets a goroutine that asks for the turn go on without it", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			replies := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
			second, gate := make(chan struct{}), make(chan struct{})
			r.handle("Fork", "", func(turn dispatch.Turn, _ *note) {
				var wg sync.WaitGroup
				wg.Go(func() { wait(turn, replies[0]); r.write(100) })
				wg.Go(func() { <-second; wait(turn, replies[1]); r.write(101) })
				wg.Wait()
			})
			r.handle("Plain", "", func(_ dispatch.Turn, n *note) { <-gate; r.write(n.id) })
			r.Start()
			r.send("Fork", "Plain")
			synctest.Wait()
			close(replies[0]) // asks for the turn, which Plain has
			synctest.Wait()
			close(second)
			synctest.Wait()
			if got := r.written(); !slices.Equal(got, []int{100}) {
				t.Errorf("ran %v, want [100]", got)
			}
			close(replies[1])
			synctest.Wait()
			close(gate)
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{100, 1, 101}) {
				t.Errorf("ran %v, want [100 1 101]", got)
			}
		})
	})
	t.Run("a goroutine that outlives its handler can do no harm", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			left, gate := make(chan struct{}), make(chan struct{})
			var leftovers sync.WaitGroup
			r.handle("Leaves", "", func(turn dispatch.Turn, _ *note) {
				leftovers.Go(func() {
					<-left
					if turn.Lend() {
						t.Error("Lend after the handler returned = true")
					}
					turn.Reclaim()
				})
			})
			r.handle("Busy", "", func(dispatch.Turn, *note) { <-gate })
			r.handle("Plain", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.Start()
			r.send("Leaves", "Busy", "Plain")
			synctest.Wait()
			close(left)
			leftovers.Wait()
			if got := r.written(); len(got) != 0 {
				t.Errorf("ran %v beside Busy", got)
			}
			close(gate)
			r.stop()
		})
	})
	t.Run("a handler may return while its turn is lent", func(t *testing.T) {
		for _, phase := range []string{"while the wait goes on", "while the turn is asked for"} {
			t.Run(phase, func(t *testing.T) {
				bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
					lent, reply, gate := make(chan struct{}), make(chan struct{}), make(chan struct{})
					back := make(chan struct{})
					var leftovers sync.WaitGroup
					r.handle("Leaves", "", func(turn dispatch.Turn, _ *note) {
						leftovers.Go(func() { turn.Lend(); close(lent); <-reply; turn.Reclaim() })
						<-lent
						<-back
					})
					r.handle("Busy", "", func(_ dispatch.Turn, n *note) { <-gate; r.write(n.id) })
					r.Start()
					r.send("Leaves", "Busy", "Busy")
					synctest.Wait()
					if phase == "while the turn is asked for" {
						close(reply)
						synctest.Wait()
						close(back)
						leftovers.Wait() // Busy still runs: it went on without the turn
					} else {
						close(back)
						synctest.Wait()
						close(reply)
						leftovers.Wait()
					}
					if got := r.written(); len(got) != 0 {
						t.Errorf("ran %v before its time", got)
					}
					close(gate)
					r.stop()
					if got := r.written(); !slices.Equal(got, []int{1, 2}) {
						t.Errorf("ran %v, want [1 2]", got)
					}
				})
			})
		}
	})
}

// TestSerialHandlersNeverLend runs serial handlers beside others on one queue, and lets goroutines of all of them lend what they can,
// also when their handlers have returned.
func TestSerialHandlersNeverLend(t *testing.T) {
	const messages = 250
	r := newRig(t, dispatch.Config{})
	var serial atomic.Int32 // at work
	var behind sync.WaitGroup
	r.Add("Serial", &dispatch.Invoker{Queue: "q", Serial: true, Invoke: func(turn dispatch.Turn, batch []*dispatch.Entry) {
		serial.Add(1)
		defer serial.Add(-1)
		var asked atomic.Int32
		over := &atomic.Bool{}
		noteOf(batch[0]).onDone = func() { over.Store(true) }
		behind.Go(func() {
			for ; !over.Load(); asked.Add(1) {
				if turn.Lend() {
					t.Error("a goroutine lends the turn of a serial handler")
				}
				turn.Reclaim()
			}
		})
		for asked.Load() < int32(noteOf(batch[0]).id%5) { // it is at it, on another processor, when the handler returns
			runtime.Gosched()
		}
		if turn.Lend() {
			t.Error("a serial handler lends its turn")
		}
	}})
	r.Add("Other", &dispatch.Invoker{Queue: "q", Invoke: func(turn dispatch.Turn, batch []*dispatch.Entry) {
		if serial.Load() != 0 {
			t.Error("a handler runs beside a serial one")
		}
		if noteOf(batch[0]).id%2 == 0 && turn.Lend() {
			runtime.Gosched()
			turn.Reclaim()
			if serial.Load() != 0 {
				t.Error("a handler has its turn back beside a serial one")
			}
		}
		behind.Go(func() { turn.Lend(); runtime.Gosched(); turn.Reclaim() })
	}})
	r.Start()
	for range messages {
		r.send("Serial", "Other", "Other", "Serial")
		r.send("Serial")
		runtime.Gosched()
	}
	r.stop()
	behind.Wait()
}
