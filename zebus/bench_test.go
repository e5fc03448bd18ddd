package zebus_test

import (
	"context"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// lonely is a directory of one peer: it finds that peer for the types that have a handler, and does nothing else.
type lonely struct {
	self zebus.Peer
	subs map[zebus.MessageTypeID]bool
}

func (l *lonely) Handlers() []zebus.Handler { return nil }

func (l *lonely) Register(_ context.Context, _ zebus.PeerSender, self zebus.PeerDescriptor) error {
	l.self, l.subs = self.Peer, map[zebus.MessageTypeID]bool{}
	for _, s := range self.Subscriptions {
		l.subs[s.Type] = true
	}
	return nil
}

func (l *lonely) AppendPeers(dst []zebus.Peer, t zebus.MessageTypeID, _ zebus.RoutingContent) []zebus.Peer {
	if l.subs[t] {
		return append(dst, l.self)
	}
	return dst
}

func (l *lonely) Update(context.Context, []zebus.SubscriptionsForType) error { return nil }

func (l *lonely) Unregister(context.Context) error { return nil }

func (l *lonely) Peer(zebus.PeerID) (zebus.Peer, bool)                                    { return l.self, true }
func (l *lonely) Watch(func(zebus.PeerChange))                                            {}
func (l *lonely) Observe([]zebus.MessageTypeID, func(zebus.PeerID, []zebus.Subscription)) {}
func (l *lonely) SincePing() time.Duration                                                { return 0 }

func benchBus(b *testing.B, handlers ...zebus.Handler) *zebus.Bus {
	b.Helper()
	carrier, err := memory.NewNetwork().NewTransport(memory.Config{})
	if err != nil {
		b.Fatal(err)
	}
	bus, err := zebus.NewBuilder("Bench.0").WithEnvironment("Bench").WithTransport(carrier).WithDirectory(&lonely{}).
		WithHandlers(handlers...).Build()
	if err != nil {
		b.Fatal(err)
	}
	if err := bus.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = bus.Stop(context.Background()) })
	return bus
}

// handOver is the reference: a buffered channel that hands a pointer to another goroutine. It returns the time of one.
func handOver(n int) time.Duration {
	const waiting = 1024
	c := make(chan *int, waiting)
	done := make(chan struct{})
	go func() {
		for range c {
		}
		close(done)
	}()
	value := new(int)
	begin := time.Now()
	for range n {
		c <- value
	}
	close(c)
	<-done
	return time.Since(begin) / time.Duration(n)
}

// perHandOver reports how many hand-overs over a channel one operation costs, measured in the same run.
func perHandOver(b *testing.B, operations int) {
	b.Helper()
	const reference = 200_000
	perOperation := float64(b.Elapsed()) / float64(operations)
	b.ReportMetric(perOperation/float64(handOver(reference)), "hand-overs/op")
}

func BenchmarkPublishToNobody(b *testing.B) {
	bus := benchBus(b)
	e := &interop.Note{Text: "nobody hears this"}
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if err := bus.Publish(ctx, e); err != nil {
			b.Fatal(err)
		}
	}
	perHandOver(b, b.N)
}

func BenchmarkLocalCommandInline(b *testing.B) {
	bus := benchBus(b, zebus.HandleCommand(func(context.Context, *interop.Knock) error { return nil }).Inline())
	cmd := &interop.Knock{}
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if err := bus.Send(ctx, cmd); err != nil {
			b.Fatal(err)
		}
	}
	perHandOver(b, b.N)
}

// BenchmarkReceive hands frames of an event to the bus as a transport does: a batch at a time. The messages are queued,
// decoded and handled.
func BenchmarkReceive(b *testing.B) {
	handled := make(chan struct{}, 1)
	count := 0
	const batch = 100
	tap := &tapped{}
	carrier, err := memory.NewNetwork().NewTransport(memory.Config{})
	if err != nil {
		b.Fatal(err)
	}
	tap.Transport = carrier
	bus, err := zebus.NewBuilder("Bench.0").WithTransport(tap).WithDirectory(&lonely{}).
		WithHandlers(zebus.HandleEvent(func(context.Context, *interop.Note) error {
			if count++; count%(10*batch) == 0 {
				handled <- struct{}{}
			}
			return nil
		})).Build()
	if err != nil {
		b.Fatal(err)
	}
	if err := bus.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = bus.Stop(context.Background()) })
	e := &interop.Note{Text: "a text of some length", Number: 7}
	messages := make([]zebus.TransportMessage, batch)
	for i := range messages {
		messages[i] = zebus.TransportMessage{ID: zebus.MessageID{1}, Type: e.ZebusType().ID(), Content: e.ZebusAppend(nil)}
	}
	b.ReportAllocs()
	operations := 0
	for b.Loop() {
		for range 10 {
			tap.in.Receive(messages)
		}
		<-handled
		operations += 10 * batch
	}
	b.ReportMetric(float64(b.Elapsed())/float64(operations), "ns/message")
	perHandOver(b, operations)
}

// tapped lets a benchmark play the transport.
type tapped struct {
	zebus.Transport
	in zebus.Inbound
}

func (t *tapped) Start(ctx context.Context, self zebus.Self, in zebus.Inbound) (string, error) {
	t.in = in
	return t.Transport.Start(ctx, self, in)
}
