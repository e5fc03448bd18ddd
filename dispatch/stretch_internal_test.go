package dispatch

import (
	"slices"
	"testing"
	"testing/synctest"
)

// endOfNumbers is the first number of a batch that does not fit into the word of a lease.
const endOfNumbers = 1 << (63 - numberBits)

// waiter is a message whose handler waits for step, and lends its turn meanwhile.
type waiter struct{ Entry }

func (*waiter) Failed(*Invoker, error) {}
func (*waiter) Rejected(error)         {}
func (*waiter) Done()                  {}

func TestNumbersBeginAgain(t *testing.T) {
	for name, lends := range map[string]bool{"just run": false, "lend their turn": true} {
		t.Run("a worker that has run more entries than its word can count goes on, with handlers that "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, step := New(Config{}), make(chan struct{})
				d.Add("T", &Invoker{Name: "T", Invoke: func(turn Turn, _ []*Entry) {
					<-step
					if lends && turn.Lend() {
						turn.Reclaim()
					}
				}})
				q := d.all()[0]
				q.spare = &worker{queue: q, number: endOfNumbers - 2}
				q.spare.start, q.spare.lease.worker = q.spare.main, q.spare
				q.spare.lease.word.Store(q.spare.number << numberBits)
				d.Start()
				batch := make([]*Entry, 5)
				for i := range batch {
					w := &waiter{Entry{Route: d.Resolve("T"), Size: 1}}
					w.Job, batch[i] = w, &w.Entry
				}
				d.Dispatch(batch)
				for waiting := range slices.Backward(batch) {
					synctest.Wait()
					if got := d.Stats().Queues[0]; got.Length != waiting || got.Running != "T" {
						t.Errorf("%d wait behind %q, want %d behind T", got.Length, got.Running, waiting)
					}
					step <- struct{}{}
				}
				if err := d.Stop(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
