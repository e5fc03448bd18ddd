package messages_test

import (
	"context"
	"testing"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"

	"github.com/zebus-go/zebus/bench/messages"
)

// References are as long as the frames of the bus only if FrameBytes says how long those are.
func TestFramesAreAsLongAsThoseOfTheBus(t *testing.T) {
	t.Parallel()
	wire := &recorder{}
	bus, err := zebus.NewBuilder(messages.SourceID).
		WithEnvironment(messages.Environment).WithTransport(wire).WithDirectory(nobody{}).Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = bus.Stop(context.Background()) }()
	for _, size := range []int{0, 100, 16 << 10} {
		evt := &messages.Tick{Body: make([]byte, size)}
		if err := bus.PublishTo(t.Context(), evt, zebus.Peer{ID: "Bench.Sink.0", Endpoint: "tcp://127.0.0.1:1"}); err != nil {
			t.Fatal(err)
		}
		if got := messages.FrameBytes(evt); got != wire.sent {
			t.Errorf("FrameBytes of a body of %d bytes = %d, and the bus sent %d", size, got, wire.sent)
		}
	}
}

// A recorder is a transport that remembers how long the last frame was.
type recorder struct {
	self zebus.Self
	sent int
}

func (r *recorder) Start(_ context.Context, self zebus.Self, _ zebus.Inbound) (string, error) {
	r.self = self
	return "tcp://127.0.0.1:65000", nil
}

func (r *recorder) Send(d zebus.Delivery) error {
	r.sent = transport.NewWriter(r.self, d.Message.Originator.SenderEndpoint).Size(d.Message)
	return nil
}

func (*recorder) Flush(context.Context) error  { return nil }
func (*recorder) Ack(*zebus.TransportMessage)  {}
func (*recorder) Registered()                  {}
func (*recorder) PeerChanged(zebus.PeerChange) {}
func (*recorder) Stop(context.Context) error   { return nil }

// nobody is a directory that registers whoever asks and knows no one.
type nobody struct{ zebus.Directory }

func (nobody) Handlers() []zebus.Handler { return nil }

func (nobody) Register(context.Context, zebus.PeerSender, zebus.PeerDescriptor) error { return nil }

func (nobody) Unregister(context.Context) error { return nil }

func (nobody) Watch(func(zebus.PeerChange)) {}

func (nobody) Observe([]zebus.MessageTypeID, func(zebus.PeerID, []zebus.Subscription)) {}
