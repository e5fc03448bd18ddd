package dispatch_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// sized dispatches one batch of messages of type A with these sizes.
func (r *rig) sized(sizes ...int) []*note {
	notes := make([]*note, len(sizes))
	for i, size := range sizes {
		notes[i] = r.note("A")
		notes[i].Size = size
	}
	r.dispatch(notes...)
	return notes
}

// refused returns the indexes of the notes that were rejected.
func refused(notes []*note) []int {
	refused := []int{}
	for i, n := range notes {
		if _, rejected, _ := n.told(); len(rejected) > 0 {
			refused = append(refused, i)
		}
	}
	return refused
}

func TestLimits(t *testing.T) {
	queue := func(c dispatch.QueueConfig) map[string]dispatch.QueueConfig {
		return map[string]dispatch.QueueConfig{"defaultQUEUE": c}
	}
	tests := map[string]struct {
		config dispatch.Config
		sizes  []int
		want   []int // which are rejected
	}{
		"a queue holds MaxMessages that wait":               {dispatch.Config{Queues: queue(dispatch.QueueConfig{MaxMessages: 2})}, []int{1, 1, 1, 1}, []int{2, 3}},
		"a queue holds MaxBytes, and takes what still fits": {dispatch.Config{Queues: queue(dispatch.QueueConfig{MaxBytes: 100})}, []int{60, 50, 40, 1}, []int{1, 3}},
		"all queues hold MemoryLimit":                       {dispatch.Config{MemoryLimit: 100}, []int{60, 50, 40, 1}, []int{1, 3}},
		"the shared limit holds for a queue with its own":   {dispatch.Config{MemoryLimit: 100, Queues: queue(dispatch.QueueConfig{MaxMessages: 9})}, []int{60, 50}, []int{1}},
		"a negative MemoryLimit is none":                    {dispatch.Config{MemoryLimit: -1}, []int{1 << 40, 1 << 40}, []int{}},
		"a queue that grows has no limit": {dispatch.Config{
			MemoryLimit: 1, Queues: queue(dispatch.QueueConfig{MaxMessages: 1, MaxBytes: 1, Policy: dispatch.Grow}),
		}, []int{60, 50, 40}, []int{}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, tc.config, func(t *testing.T, r *rig) {
				r.handle("A", "", func(_ dispatch.Turn, n *note) { r.write(n.id) })
				notes := r.sized(tc.sizes...)
				got := refused(notes)
				if !slices.Equal(got, tc.want) {
					t.Errorf("rejected %v, want %v", got, tc.want)
				}
				for _, i := range got {
					wantRejected(t, notes[i], dispatch.ErrQueueFull)
				}
				r.Start()
				r.stop()
				if got := len(r.written()); got != len(tc.sizes)-len(tc.want) {
					t.Errorf("ran %d messages, want all but those rejected", got)
				}
			})
		})
	}
	t.Run("the error says which limit was reached", func(t *testing.T) {
		r := newRig(t, dispatch.Config{MemoryLimit: 10})
		r.handle("A", "orders", func(dispatch.Turn, *note) {})
		_, rejected, _ := r.sized(11)[0].told()
		want := dispatch.LimitError{Queue: "orders", Handler: "AHandler", Limit: dispatch.LimitMemory, Max: 10}
		if got, ok := errors.AsType[*dispatch.LimitError](rejected[0]); !ok || *got != want {
			t.Errorf("error = %v, want %v", rejected[0], &want)
		}
		if got := rejected[0].Error(); got != "dispatch: queue orders is full: limit of 10 bytes in all queues" {
			t.Errorf("error = %q", got)
		}
	})
	t.Run("a message that one queue rejects goes on in the others", func(t *testing.T) {
		bubble(t, dispatch.Config{Queues: map[string]dispatch.QueueConfig{"full": {MaxBytes: 1}}}, func(t *testing.T, r *rig) {
			r.handle("A", "full", func(dispatch.Turn, *note) { t.Error("ran on the full queue") })
			r.handle("A", "free", func(_ dispatch.Turn, n *note) { r.write(n.id) })
			n := r.sized(2)[0]
			wantRejected(t, n, dispatch.ErrQueueFull)
			if _, _, done := n.told(); done != 0 {
				t.Error("done before the other queue has run it")
			}
			r.Start()
			r.stop()
			if got := r.written(); !slices.Equal(got, []int{0}) {
				t.Errorf("ran %v, want [0]", got)
			}
		})
	})
	t.Run("a message counts until its handler has returned, also while that waits", func(t *testing.T) {
		bubble(t, dispatch.Config{Queues: queue(dispatch.QueueConfig{MaxBytes: 100, MaxMessages: 1})}, func(t *testing.T, r *rig) {
			reply := make(chan struct{})
			r.handle("A", "", func(turn dispatch.Turn, _ *note) { wait(turn, reply) })
			r.Start()
			r.sized(60)
			synctest.Wait()
			stats := r.Stats()
			if lent := stats.Memory - 60; lent <= 0 || stats.Queues[0].Bytes != 60 {
				t.Errorf("stats = %+v, want 60 bytes and something for the goroutine", stats)
			}
			if got := refused(r.sized(1)); len(got) != 1 {
				t.Error("accepted a second message where MaxMessages is one")
			}
			close(reply)
			synctest.Wait()
			r.checkAllDone()
			if got := refused(r.sized(100)); len(got) != 0 {
				t.Error("rejected a message although the queue is empty")
			}
			r.stop()
		})
	})
	t.Run("what was handled before a handler that waits does not count", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			reply := make(chan struct{})
			r.handle("A", "", func(turn dispatch.Turn, n *note) {
				if n.Size == 60 {
					wait(turn, reply)
				}
			})
			r.sized(1000, 2000, 60, 1000, 60, 3000) // before Start: taken together
			r.Start()
			synctest.Wait()
			if got := r.Stats().Queues[0]; got.Bytes != 2*60 || len(got.Lent) != 2 {
				t.Errorf("queue = %+v, want the bytes of the two that wait", got)
			}
			close(reply)
			r.stop()
		})
	})
	t.Run("behind a large batch, messages are queued as fast as ever", func(t *testing.T) {
		const many = 20_000
		r := newRig(t, dispatch.Config{BatchSize: many, Queues: queue(dispatch.QueueConfig{MaxMessages: many})})
		gate, running := make(chan struct{}), make(chan struct{}, many)
		r.Add("A", &dispatch.Invoker{MaxBatch: many, Invoke: func(dispatch.Turn, []*dispatch.Entry) { running <- struct{}{}; <-gate }})
		r.sized(make([]int, many)...)
		r.Start()
		<-running
		began := time.Now()
		r.sized(make([]int, many)...)
		if took := time.Since(began); took > 3*time.Second { // some milliseconds; where each looks at all of the batch, ten seconds
			t.Errorf("%d messages took %v", many, took)
		}
		close(gate)
		r.stop()
	})
	t.Run("a flood of small messages to handlers that wait is bounded", func(t *testing.T) {
		bubble(t, dispatch.Config{MemoryLimit: 1 << 20}, func(t *testing.T, r *rig) {
			reply := make(chan struct{})
			r.handle("A", "", func(turn dispatch.Turn, _ *note) { wait(turn, reply) })
			r.Start()
			for range 1000 {
				r.sized(10)
				synctest.Wait()
			}
			if got := len(r.Stats().Queues[0].Lent); got > 200 {
				t.Errorf("%d handlers wait within 1 MiB", got)
			}
			close(reply)
			r.stop()
		})
	})
}

func TestConfigValidate(t *testing.T) {
	config := dispatch.Config{
		BatchSize: -1,
		Queues: map[string]dispatch.QueueConfig{
			"a": {MaxMessages: -2, MaxBytes: -3, Policy: 7}, "Twin": {}, "twin": {},
		},
	}
	err := config.Validate()
	for _, want := range []string{
		"batch size -1", `"a": max messages -2`, `"a": max bytes -3`, `"a": policy 7`, `queues "Twin" and "twin" are the same`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Validate = %v, want it to tell of %s", err, want)
		}
	}
	if err := (dispatch.Config{}).Validate(); err != nil {
		t.Errorf("Validate of the zero Config = %v, want nil", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("New with an invalid Config did not panic")
		}
	}()
	dispatch.New(config)
}

func TestPolicyString(t *testing.T) {
	for policy, want := range map[dispatch.Policy]string{dispatch.Reject: "reject", dispatch.Grow: "grow", 7: "Policy(7)"} {
		if got := policy.String(); got != want {
			t.Errorf("the name of policy %d is %q, want %q", policy, got, want)
		}
	}
}
