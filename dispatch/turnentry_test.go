package dispatch_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/zebus-go/zebus/dispatch"
)

// holds complains when a turn is not that of a message.
func holds(t *testing.T, turn dispatch.Turn, n *note, when string) {
	t.Helper()
	if e := turn.Entry(); e != &n.Entry {
		t.Errorf("%s the turn of message %d has the entry %p, want %p", when, n.id, e, &n.Entry)
	}
}

func TestEntryOfTurn(t *testing.T) {
	t.Run("it is what the handler has, also while it waits and others run", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			last := make(chan struct{})
			r.handle("A", "", func(turn dispatch.Turn, n *note) {
				holds(t, turn, n, "at first")
				if n.id == 3 {
					close(last)
				}
				turn.Lend()
				holds(t, turn, n, "while it is lent")
				<-last
				turn.Reclaim()
				holds(t, turn, n, "in the end")
			})
			r.Start()
			r.send("A", "A", "A", "A")
			r.stop()
		})
	})
	t.Run("it is the first one of a batch", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.Add("A", &dispatch.Invoker{MaxBatch: 3, Invoke: func(turn dispatch.Turn, batch []*dispatch.Entry) {
				holds(t, turn, noteOf(batch[0]), "in a batch")
				r.write(len(batch))
			}})
			r.send("A", "A", "A", "A", "A")
			r.Start()
			r.stop()
			if got := r.written(); len(got) != 2 {
				t.Errorf("batches of %v, want two", got)
			}
		})
	})
	t.Run("a handler that never waits has it too", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.Add("A", &dispatch.Invoker{Serial: true, Invoke: func(turn dispatch.Turn, batch []*dispatch.Entry) {
				holds(t, turn, noteOf(batch[0]), "for a serial handler")
			}})
			r.Start()
			r.send("A", "A")
			r.stop()
		})
	})
	t.Run("there is none inline, nor of nobody's turn", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			r.Add("A", &dispatch.Invoker{Inline: true, Invoke: func(turn dispatch.Turn, _ []*dispatch.Entry) {
				if turn.Entry() != nil || (dispatch.Turn{}).Entry() != nil {
					t.Error("there is one")
				}
				r.write(0)
			}})
			r.Start()
			r.send("A")
			r.stop()
			if len(r.written()) != 1 {
				t.Error("the handler did not run")
			}
		})
	})
	t.Run("there is none when the handler has returned, while the next one runs and after it", func(t *testing.T) {
		bubble(t, dispatch.Config{}, func(t *testing.T, r *rig) {
			var turns []dispatch.Turn
			r.handle("A", "", func(turn dispatch.Turn, n *note) {
				for i, before := range turns {
					if e := before.Entry(); e != nil {
						t.Errorf("while message %d runs, the turn of message %d has an entry", n.id, i)
					}
				}
				turns = append(turns, turn)
			})
			r.Start()
			r.send("A", "A", "A")
			r.send("A")
			r.stop()
			for i, before := range turns {
				if e := before.Entry(); e != nil {
					t.Errorf("in the end, the turn of message %d has an entry", i)
				}
			}
			if len(turns) != 4 {
				t.Errorf("%d messages ran, want 4", len(turns))
			}
		})
	})
}

// TestEntryOfTurnBesideTheHandler asks for the entry all the time on goroutines that handlers leave behind.
func TestEntryOfTurnBesideTheHandler(t *testing.T) {
	const messages = 400
	r := newRig(t, dispatch.Config{})
	var behind sync.WaitGroup
	r.handle("A", "", func(turn dispatch.Turn, n *note) {
		var asked atomic.Int32
		behind.Go(func() {
			for e := &n.Entry; e != nil; asked.Add(1) {
				if e = turn.Entry(); e != nil && e != &n.Entry {
					t.Errorf("the turn of message %d has the entry of message %d", n.id, noteOf(e).id)
				}
			}
		})
		for asked.Load() < int32(n.id%5) { // it is at it, on another processor, when the handler returns
			runtime.Gosched()
		}
		if n.id%8 == 0 && turn.Lend() {
			turn.Reclaim()
		}
	})
	r.Start()
	for range messages / 4 {
		r.send("A", "A", "A", "A")
	}
	r.stop()
	behind.Wait()
	for _, n := range r.notes {
		if failed, rejected, done := n.told(); len(failed)+len(rejected) > 0 || done != 1 {
			t.Fatalf("message %d: failed %v, rejected %v, done %d times", n.id, failed, rejected, done)
		}
	}
}
