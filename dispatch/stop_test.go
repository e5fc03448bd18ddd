package dispatch_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// stopping calls Stop on another goroutine and returns where its result comes.
func (r *rig) stopping(ctx context.Context) <-chan error {
	result := make(chan error, 1)
	go func() { result <- r.Stop(ctx) }()
	synctest.Wait()
	return result
}

func TestStop(t *testing.T) {
	t.Run("J13 stop returns only after the handler in progress has finished", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			gate := make(chan struct{})
			r.handle("A", "", func(_ dispatch.Turn, n *note) { <-gate; r.write(n.id) })
			r.Start()
			r.send("A")
			result := r.stopping(t.Context())
			if len(result) > 0 {
				t.Error("Stop returned while a handler was running")
			}
			close(gate)
			if err := <-result; err != nil || len(r.written()) != 1 {
				t.Errorf("Stop = %v after %v, want nil after the handler", err, r.written())
			}
			r.checkAllDone()
		})
	})
	t.Run("J13 stop waits for a handler that has lent its turn", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			reply := make(chan struct{})
			r.handle("A", "", func(turn dispatch.Turn, _ *note) { wait(turn, reply); r.sendLocal("B") })
			r.handle("B", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.Start()
			r.send("A")
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := r.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Stop = %v while a handler was waiting, want deadline exceeded", err)
			}
			close(reply)
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{1}) {
				t.Errorf("ran %v, want what the handler sent after its wait", got)
			}
		})
	})
	t.Run("J13 stop ends when a handler returns whose turn is lent by a goroutine it leaves behind", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			reply, gate, left := make(chan struct{}), make(chan struct{}), make(chan struct{})
			r.handle("A", "", func(turn dispatch.Turn, _ *note) {
				go func() { wait(turn, reply); close(left) }()
				<-gate
			})
			r.Start()
			r.send("A")
			result := r.stopping(t.Context())
			close(gate)
			if err := <-result; err != nil {
				t.Errorf("Stop = %v", err)
			}
			r.checkAllDone()
			close(reply)
			<-left
		})
	})
	t.Run("J14 a stopped dispatcher rejects everything", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.handle("A", "", func(dispatch.Turn, *note) { t.Error("ran") })
			r.Add("A", &dispatch.Invoker{Inline: true, Invoke: func(dispatch.Turn, []*dispatch.Entry) { t.Error("ran inline") }})
			r.Start()
			r.stop()
			wantRejected(t, r.send("A")[0], dispatch.ErrStopped)
			wantRejected(t, r.sendLocal("A"), dispatch.ErrStopped)
			r.checkAllDone()
		})
	})
	t.Run("J15 a stopping dispatcher runs local messages and rejects remote ones", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			gate := make(chan struct{})
			r.handle("Busy", "busy", func(dispatch.Turn, *note) { <-gate; r.sendLocal("A") })
			r.handle("A", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.Start()
			r.send("Busy")
			result := r.stopping(t.Context())
			wantRejected(t, r.send("A")[0], dispatch.ErrStopped)
			r.sendLocal("A")
			synctest.Wait()
			if got := r.written(); !slices.Equal(got, []int{2}) {
				t.Errorf("ran %v while stopping, want [2]", got)
			}
			close(gate) // and what the last handler sends to an idle queue runs too
			if err := <-result; err != nil {
				t.Errorf("Stop = %v", err)
			}
			if got := r.written(); !slices.Equal(got, []int{2, 3}) {
				t.Errorf("ran %v, want [2 3]", got)
			}
			r.checkAllDone()
		})
	})
	t.Run("J16 a dispatcher that was stopped runs again", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.handle("A", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			for range 3 {
				r.Start()
				r.Start() // of no effect
				r.send("A")
				r.stop()
				r.stop() // of no effect
			}
			if got := r.written(); !slices.Equal(got, []int{0, 1, 2}) {
				t.Errorf("ran %v, want [0 1 2]", got)
			}
		})
	})
	t.Run("J20 stop runs what was queued behind the running handler", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			gate := make(chan struct{})
			r.handle("A", "", func(_ dispatch.Turn, n *note) { <-gate; r.write(n.id) })
			r.Start()
			r.send("A", "A", "A")
			result := r.stopping(t.Context())
			close(gate)
			if err := <-result; err != nil {
				t.Errorf("Stop = %v", err)
			}
			if got := r.written(); !slices.Equal(got, []int{0, 1, 2}) {
				t.Errorf("ran %v, want [0 1 2]", got)
			}
			r.checkAllDone()
		})
	})
	t.Run("J21 what waits for a start that never comes is rejected by stop", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.handle("A", "", func(dispatch.Turn, *note) { t.Error("ran") })
			notes := r.send("A", "A")
			r.stop()
			for _, n := range notes {
				wantRejected(t, n, dispatch.ErrStopped)
			}
		})
	})
	t.Run("J23 what is dispatched between load and start of another run is processed", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.handle("A", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			r.Start()
			r.stop()
			r.Load()
			r.send("A")
			synctest.Wait()
			if got := r.written(); len(got) > 0 {
				t.Errorf("ran %v before Start", got)
			}
			r.Start()
			r.Load() // of no effect
			r.send("A")
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{0, 1}) {
				t.Errorf("ran %v, want [0 1]", got)
			}
		})
	})
	t.Run("a stop that runs out of time names the handlers, and another one goes on from there", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			gate := make(chan struct{})
			r.handle("Runs", "one", func(dispatch.Turn, *note) { <-gate })
			r.handle("Waits", "two", func(turn dispatch.Turn, _ *note) { wait(turn, gate) })
			r.Start()
			r.send("Runs", "Waits", "Runs")
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			for range 2 {
				err := r.Stop(ctx)
				still, ok := errors.AsType[*dispatch.StillRunningError](err)
				if !ok || !errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("Stop = %v, want deadline exceeded and a StillRunningError", err)
				}
				if want := "dispatch: still running: RunsHandler on one, WaitsHandler on two; 1 messages wait"; still.Error() != want {
					t.Errorf("Stop = %q, want %q", still, want)
				}
			}
			r.Start() // of no effect while stopping
			wantRejected(t, r.send("Runs")[0], dispatch.ErrStopped)
			close(gate)
			r.stop()
		})
	})
	t.Run("two stops at a time both wait", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			gate := make(chan struct{})
			r.handle("A", "", func(dispatch.Turn, *note) { <-gate })
			r.Start()
			r.send("A")
			first, second := r.stopping(t.Context()), r.stopping(t.Context())
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if err := <-r.stopping(ended); !errors.Is(err, context.Canceled) {
				t.Errorf("a third Stop = %v, want context.Canceled", err)
			}
			if len(first)+len(second) > 0 {
				t.Error("Stop returned while a handler was running")
			}
			close(gate)
			if err := errors.Join(<-first, <-second); err != nil {
				t.Errorf("Stop = %v", err)
			}
		})
	})
	t.Run("somebody else may load and start it while it stops", func(t *testing.T) {
		r := newRig(t, dispatch.Config{})
		r.handle("A", "", func(dispatch.Turn, *note) {})
		var starting, stopping sync.WaitGroup
		var over atomic.Bool
		for range 2 {
			stopping.Go(func() {
				for !over.Load() {
					if err := r.Stop(context.Background()); err != nil {
						t.Errorf("Stop = %v", err)
					}
				}
			})
			starting.Go(func() {
				for range 20_000 {
					n := &note{}
					n.Route, n.Job = r.Resolve("A"), n
					r.Load()
					r.Start()
					r.dispatch(n)
				}
			})
		}
		starting.Wait()
		over.Store(true)
		stopping.Wait()
		r.stop()
	})
	t.Run("stop waits for an inline handler", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			gate := make(chan struct{})
			r.Add("A", &dispatch.Invoker{Inline: true, Invoke: func(dispatch.Turn, []*dispatch.Entry) { <-gate }})
			r.Start()
			go r.send("A")
			synctest.Wait()
			result := r.stopping(t.Context())
			if len(result) > 0 {
				t.Error("Stop returned while an inline handler was running")
			}
			close(gate)
			if err := <-result; err != nil {
				t.Errorf("Stop = %v", err)
			}
		})
	})
	t.Run("an idle dispatcher stops although its context has ended", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			r.Start()
			if err := r.Stop(ended); err != nil {
				t.Errorf("Stop = %v, want nil", err)
			}
		})
	})
}
