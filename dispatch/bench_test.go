package dispatch_test

import (
	"testing"
	"time"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/internal/handover"
)

// message is what a bus would dispatch: the entry, and what it needs when it is done.
type message struct {
	dispatch.Entry

	burst *handled
}

// handled counts the messages of a burst. One goroutine at a time does.
type handled struct {
	count int
	all   chan struct{}
}

func newHandled() *handled { return &handled{all: make(chan struct{})} }

func (h *handled) one() {
	if h.count++; h.count == burst {
		close(h.all)
	}
}

func (m *message) Failed(*dispatch.Invoker, error) { panic("no invoker of a benchmark fails") }
func (m *message) Rejected(error)                  { panic("no limit is reached") }
func (m *message) Done()                           { m.burst.one() }

// burst is how many messages are on their way at most: fewer than a queue keeps room for.
const burst = 4000

// BenchmarkDispatch compares enqueue and run with hand-overs between goroutines: see package handover.
func BenchmarkDispatch(b *testing.B) {
	for _, bm := range []struct {
		name  string
		batch int
		inv   dispatch.Invoker
	}{
		{"one at a time", 1, dispatch.Invoker{}},
		{"batches of 100", 100, dispatch.Invoker{}},
		{"one at a time inline", 1, dispatch.Invoker{Inline: true}},
		{"batches of 100 to a handler that lends its turn", 100, dispatch.Invoker{Invoke: lendOnce}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			queue := newQueueBench(b, bm.inv)
			messages := make([]message, burst)
			m := handover.Measurement{Burst: burst, Room: 1000}
			for b.Loop() {
				renew(messages, queue.route)
				m.Add(queue.run(messages, bm.batch))
			}
			m.Report(b)
		})
	}
}

// renew makes a burst of new messages. They are not allocated, for whoever reads a message
// does that, and the collector would be measured too.
func renew(messages []message, route *dispatch.Route) {
	done := newHandled()
	for i := range messages {
		messages[i] = message{burst: done}
		m := &messages[i]
		m.Route, m.Job, m.Size = route, m, 100
	}
}

func lendOnce(turn dispatch.Turn, _ []*dispatch.Entry) {
	turn.Lend()
	turn.Reclaim()
}

type queueBench struct {
	dispatcher *dispatch.Dispatcher
	route      *dispatch.Route
	runs       int
}

// newQueueBench starts a dispatcher with inv, which does next to nothing unless told otherwise.
func newQueueBench(b *testing.B, inv dispatch.Invoker) *queueBench {
	b.Helper()
	q := &queueBench{dispatcher: dispatch.New(dispatch.Config{})}
	if inv.Invoke == nil {
		inv.Invoke = func(_ dispatch.Turn, batch []*dispatch.Entry) { q.runs += len(batch) }
	}
	q.dispatcher.Add("T", &inv)
	q.route = q.dispatcher.Resolve("T")
	q.dispatcher.Start()
	b.Cleanup(func() {
		if err := q.dispatcher.Stop(b.Context()); err != nil && b.Context().Err() == nil {
			b.Error(err)
		}
	})
	return q
}

// run dispatches messages in batches of size, waits until they are handled, and
// returns the nanoseconds per message.
func (q *queueBench) run(messages []message, size int) float64 {
	batch := make([]*dispatch.Entry, 0, size)
	start := time.Now()
	for i := range messages {
		if batch = append(batch, &messages[i].Entry); len(batch) == size {
			q.dispatcher.Dispatch(batch)
			batch = batch[:0]
		}
	}
	<-messages[0].burst.all
	return float64(time.Since(start).Nanoseconds()) / burst
}
