package dispatch_test

import (
	"slices"
	"testing"
	"time"

	"github.com/zebus-go/zebus/dispatch"
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

// BenchmarkDispatch compares enqueue and run with a buffered channel that hands a pointer to another
// goroutine, in the same run: x-handover is how many hand-overs one message costs.
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
			var ours, channel, ratios []float64
			for b.Loop() {
				renew(messages, queue.route)
				ours = append(ours, queue.run(messages, bm.batch))
				channel = append(channel, handOver())
				ratios = append(ratios, ours[len(ours)-1]/channel[len(channel)-1])
			}
			b.ReportMetric(0, "ns/op") // a mix of both
			b.ReportMetric(median(ours), "ns/msg")
			b.ReportMetric(median(channel), "ns/handover")
			b.ReportMetric(median(ratios), "x-handover")
		})
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
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

// handOver is the reference: a pointer through a channel, as often. It returns the
// nanoseconds per hand-over.
func handOver() float64 {
	messages := make(chan *message, 1000)
	done, m := newHandled(), new(message)
	go func() {
		for range messages {
			done.one()
		}
	}()
	start := time.Now()
	for range burst {
		messages <- m
	}
	<-done.all
	elapsed := time.Since(start)
	close(messages)
	return float64(elapsed.Nanoseconds()) / burst
}
