//go:build budgets && !race

package budgets_test

import (
	"context"
	"testing"

	"github.com/zebus-go/zebus/dispatch"
)

// dispatching is what queues cost by themselves: entries are made by whoever dispatches.
func dispatching() []path {
	return []path{
		{"dispatch 100 entries to a queue, and run them", func(t *testing.T) func() { return dispatchingBatch(t, dispatch.Invoker{}) }},
		{"dispatch 100 entries inline", func(t *testing.T) func() { return dispatchingBatch(t, dispatch.Invoker{Inline: true}) }},
	}
}

// A job is an entry that tells when the last of its batch is done.
type job struct {
	dispatch.Entry

	last chan struct{} // nil for all but the last
}

func (*job) Failed(_ *dispatch.Invoker, err error) { must(err) }
func (*job) Rejected(err error)                    { must(err) }

func (j *job) Done() {
	if j.last != nil {
		j.last <- struct{}{}
	}
}

func dispatchingBatch(t *testing.T, invoker dispatch.Invoker) func() {
	d := dispatch.New(dispatch.Config{})
	invoker.Invoke = func(dispatch.Turn, []*dispatch.Entry) {}
	d.Add("T", &invoker)
	d.Start()
	t.Cleanup(func() {
		if err := d.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	jobs, entries := make([]job, each), make([]*dispatch.Entry, each)
	for i := range jobs {
		jobs[i].Route, jobs[i].Job, jobs[i].Size = d.Resolve("T"), &jobs[i], 100
		entries[i] = &jobs[i].Entry
	}
	done := make(chan struct{}, 1)
	jobs[each-1].last = done
	return func() {
		d.Dispatch(entries)
		<-done
	}
}
