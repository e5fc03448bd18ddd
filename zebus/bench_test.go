package zebus_test

import (
	"context"
	"crypto/rand"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/handover"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// The benchmarks measure bursts of messages beside hand-overs between goroutines: see package handover. Bursts are long, so that
// both ends are at work at the same time, and no more are under way between goroutines than the channel has room for.
const (
	burst    = 1 << 16
	underWay = 2048
	perBatch = 128 // messages that a transport hands up together
)

// beside measures bursts beside bursts of hand-overs, and reports medians.
func beside(b *testing.B, run func()) {
	b.Helper()
	m := handover.Measurement{Burst: burst, Room: underWay}
	var allocated uint64
	bursts := 0
	run() // what is made once is made
	for b.Loop() {
		before := mallocs()
		begin := time.Now()
		run()
		took := time.Since(begin)
		allocated += mallocs() - before
		m.Add(float64(took) / burst)
		bursts++
	}
	m.Report(b)
	b.ReportMetric(float64(allocated)/float64(burst*bursts), "allocs/message")
}

func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// stub is a transport that ends at the frame: what is sent is encoded and dropped, what is received the benchmark hands in.
type stub struct {
	zebus.Transport

	in     zebus.Inbound
	writer *transport.Writer
	frame  []byte
	sent   func(*zebus.TransportMessage) // nil, or hears of every message
}

func (s *stub) Start(_ context.Context, self zebus.Self, in zebus.Inbound) (string, error) {
	const endpoint = "tcp://bench:1"
	s.in, s.writer = in, transport.NewWriter(self, endpoint)
	return endpoint, nil
}

func (s *stub) Send(d zebus.Delivery) error {
	s.frame = s.writer.Append(s.frame[:0], d.Message)
	if s.sent != nil {
		s.sent(d.Message)
	}
	return nil
}

func (s *stub) Ack(*zebus.TransportMessage)  {}
func (s *stub) IgnoresAcks() zebus.Transport { return s }
func (s *stub) Registered()                  {}
func (s *stub) PeerChanged(zebus.PeerChange) {}
func (s *stub) Stop(context.Context) error   { return nil }

// remote is a directory that knows this peer for what it handles, and another one for two types.
type remote struct {
	zebus.Directory

	known map[zebus.MessageTypeID]zebus.Peer
	notes bool // the other one wants notes as well
}

func (*remote) Version() uint64 { return 1 }

var benchPeer = zebus.Peer{ID: "Bench.1", Endpoint: "tcp://bench:2", Up: true, Responding: true}

func (r *remote) Register(_ context.Context, _ zebus.PeerSender, self zebus.PeerDescriptor) error {
	r.known = map[zebus.MessageTypeID]zebus.Peer{
		(*interop.PriceChanged)(nil).ZebusType().ID(): benchPeer,
		(*interop.Echo)(nil).ZebusType().ID():         benchPeer,
	}
	if r.notes {
		r.known[(*interop.Note)(nil).ZebusType().ID()] = benchPeer
	}
	for _, s := range self.Subscriptions {
		r.known[s.Type] = self.Peer
	}
	return nil
}

func (r *remote) AppendPeers(dst []zebus.Peer, t zebus.MessageTypeID, _ zebus.RoutingContent) []zebus.Peer {
	if p, ok := r.known[t]; ok {
		return append(dst, p)
	}
	return dst
}

func (*remote) Handlers() []zebus.Handler { return nil }

func (*remote) Unregister(context.Context) error                                        { return nil }
func (*remote) Watch(func(zebus.PeerChange))                                            {}
func (*remote) Observe([]zebus.MessageTypeID, func(zebus.PeerID, []zebus.Subscription)) {}
func (*remote) Update(context.Context, []zebus.SubscriptionsForType) error              { return nil }

func benchBus(b testing.TB, handlers ...zebus.Handler) (*zebus.Bus, *stub) {
	b.Helper()
	return benchBusIn(b, &remote{}, handlers...)
}

func benchBusIn(b testing.TB, directory zebus.Directory, handlers ...zebus.Handler) (*zebus.Bus, *stub) {
	b.Helper()
	s := &stub{}
	bus, err := zebus.NewBuilder("Bench.0").WithEnvironment("Bench").WithTransport(s).WithDirectory(directory).
		WithHandlers(handlers...).Build()
	if err != nil {
		b.Fatal(err)
	}
	if err := bus.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = bus.Stop(context.Background()) })
	return bus, s
}

func BenchmarkPublishToNobody(b *testing.B) {
	bus, _ := benchBus(b)
	e, ctx := &interop.Note{Text: "nobody hears this"}, context.Background()
	beside(b, func() {
		for range burst {
			if err := bus.Publish(ctx, e); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkPublishToOne ends where a frame is ready for one other peer.
func BenchmarkPublishToOne(b *testing.B) {
	ctx := context.Background()
	for name, e := range map[string]zebus.Event{
		"routed":   &interop.PriceChanged{Market: "EU", ID: 7, Price: 42.5},
		"unrouted": &interop.Note{Text: "somebody hears this", Number: 7},
	} {
		b.Run(name, func(b *testing.B) {
			bus, _ := benchBusIn(b, &remote{notes: true})
			beside(b, func() {
				for range burst {
					if err := bus.Publish(ctx, e); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

func BenchmarkLocalCommandInline(b *testing.B) {
	bus, _ := benchBus(b, zebus.HandleCommand(func(context.Context, *interop.Knock) error { return nil }).Inline())
	cmd, ctx := &interop.Knock{}, context.Background()
	beside(b, func() {
		for range burst {
			if err := bus.Send(ctx, cmd); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkLocalEvent is what an event costs that a peer publishes and handles itself, on a queue: it is encoded, queued, decoded,
// and handled. Mostly it finds the queue idle, because to publish it takes longer than to handle it.
func BenchmarkLocalEvent(b *testing.B) {
	for name, n := range map[string]*interop.Note{"number": {Number: 7}, "text and number": {Text: "a text of some length", Number: 7}} {
		b.Run(name, func(b *testing.B) {
			var count tally
			bus, _ := benchBus(b, zebus.HandleEvent(func(context.Context, *interop.Note) error { count.one(); return nil }))
			ctx := context.Background()
			beside(b, func() {
				count.burst(func() {
					for range perBatch {
						if err := bus.Publish(ctx, n); err != nil {
							b.Fatal(err)
						}
					}
				})
			})
		})
	}
}

// tally counts the messages that are handled. One queue at a time does.
type tally struct {
	handled int64
	_       [64]byte     // or who looks at the one makes the other dear to write
	told    atomic.Int64 // of which the one that hands them in knows
}

func (c *tally) one() {
	if c.handled++; c.handled%perBatch == 0 {
		c.told.Store(c.handled)
	}
}

// burst hands in a burst of messages, and waits until they are handled. It is the queue that is measured: so this one gives way
// while it waits, instead of having itself woken by a handler, for which that would be work.
func (c *tally) burst(handIn func()) {
	begin := c.told.Load()
	for in := int64(perBatch); in <= burst; in += perBatch {
		handIn()
		for begin+in-c.told.Load() > underWay-perBatch {
			runtime.Gosched()
		}
	}
	for c.told.Load() < begin+burst {
		runtime.Gosched()
	}
}

func received(b testing.TB, m zebus.Message) []zebus.TransportMessage {
	b.Helper()
	messages := make([]zebus.TransportMessage, perBatch)
	for i := range messages {
		messages[i] = zebus.TransportMessage{
			ID: zebus.MessageID{1}, Type: m.ZebusType().ID(), Content: m.ZebusAppend(nil),
			Originator: zebus.Originator{SenderID: benchPeer.ID, SenderEndpoint: benchPeer.Endpoint},
		}
	}
	return messages
}

// BenchmarkQueue is what a received event costs from the transport's hands on: it is queued, decoded on the goroutine of
// the queue, and handled. Go collects garbage when the heap has doubled, or has 4 MiB where that is more: this process holds next to
// nothing, and so collects every 43,000 messages with a text. The last case shows how much of the cost that is.
func BenchmarkQueue(b *testing.B) {
	text := &interop.Note{Text: "a text of some length", Number: 7}
	for _, c := range []struct {
		name string
		note *interop.Note
		held int // bytes
	}{
		{"number", &interop.Note{Number: 7}, 0},
		{"text and number", text, 0},
		{"text and number, in a process that holds 64 MiB", text, 64 << 20},
	} {
		b.Run(c.name, func(b *testing.B) {
			held := make([]byte, c.held)
			besideQueue(b, received(b, c.note))
			runtime.KeepAlive(held)
		})
	}
}

// besideQueue is beside for messages that are handled on a queue.
func besideQueue(b *testing.B, messages []zebus.TransportMessage) {
	b.Helper()
	var count tally
	_, s := benchBus(b, zebus.HandleEvent(func(context.Context, *interop.Note) error { count.one(); return nil }))
	beside(b, func() { count.burst(func() { s.in.Receive(messages) }) })
}

// BenchmarkQueueOfSeveralSenders is BenchmarkQueue with messages of eight senders in turn.
func BenchmarkQueueOfSeveralSenders(b *testing.B) { besideQueue(b, receivedFrom(b, 8)) }

// BenchmarkQueueOfRandomIDs is BenchmarkQueue with messages whose IDs have nothing in common, as those of zebus-rs.
func BenchmarkQueueOfRandomIDs(b *testing.B) {
	messages := received(b, &interop.Note{Number: 7})
	for i := range messages {
		_, _ = rand.Read(messages[i].ID[:])
	}
	besideQueue(b, messages)
}

// BenchmarkReceive is BenchmarkQueue with the reading of the frame.
func BenchmarkReceive(b *testing.B) {
	var count tally
	_, s := benchBus(b, zebus.HandleEvent(func(context.Context, *interop.Note) error { count.one(); return nil }))
	messages := received(b, &interop.Note{Text: "a text of some length", Number: 7})
	frame := s.writer.Append(nil, &messages[0])
	var reader transport.Reader
	beside(b, func() {
		count.burst(func() {
			for i := range messages {
				if err := reader.Read(&messages[i], frame); err != nil {
					b.Fatal(err)
				}
			}
			s.in.Receive(messages)
		})
	})
}

// BenchmarkHandleCommand is what a command of another peer costs here: it is queued, decoded, handled, and answered.
func BenchmarkHandleCommand(b *testing.B) {
	for name, e := range map[string]*zebus.Extensions{"without a deadline": nil, "in time": {TimeLeft: time.Minute}} {
		b.Run(name, func(b *testing.B) {
			var count tally
			_, s := benchBus(b, zebus.HandleRequest(func(_ context.Context, cmd *interop.Echo) (*interop.EchoReply, error) {
				count.one()
				return &interop.EchoReply{Text: cmd.Text, Number: cmd.Number + 1}, nil
			}))
			messages := received(b, &interop.Echo{Text: "a text of some length", Number: 7})
			for i := range messages {
				messages[i].Extensions = e
			}
			beside(b, func() { count.burst(func() { s.in.Receive(messages) }) })
		})
	}
}

// BenchmarkPipelined is what a command to another peer costs its sender, with 256 of them under way: sending it, and
// taking in its answer.
func BenchmarkPipelined(b *testing.B) {
	const inFlight = 256
	bus, s := benchBus(b)
	cmd, ctx := &interop.Echo{Text: "a text of some length", Number: 7}, b.Context() // which may end: it is watched
	reply, replyType := (&interop.EchoReply{Text: "a text of some length"}).ZebusAppend(nil), (*interop.EchoReply)(nil).ZebusType().ID()
	var answers []zebus.TransportMessage
	contents := make([][]byte, inFlight)
	s.sent = func(m *zebus.TransportMessage) {
		c := &zebus.MessageExecutionCompleted{SourceCommandID: m.ID, PayloadType: &replyType, Payload: reply}
		slot := &contents[len(answers)]
		*slot = c.ZebusAppend((*slot)[:0])
		answers = append(answers, zebus.TransportMessage{ID: m.ID, Type: c.ZebusType().ID(), Content: *slot})
	}
	pending := make([]*zebus.Pending, inFlight)
	beside(b, func() {
		for range burst / inFlight {
			for i := range pending {
				pending[i] = bus.SendAsync(ctx, cmd)
			}
			s.in.Receive(answers)
			answers = answers[:0]
			for _, p := range pending {
				var r interop.EchoReply
				if err := p.Reply(ctx, &r); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
