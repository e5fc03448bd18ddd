package contender

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/host"
	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"

	"github.com/zebus-go/zebus/bench/messages"
)

// stopTimeout bounds how long a bus takes to stop.
const stopTimeout = 10 * time.Second

// anywhere is an endpoint on this machine with a port of libzmq's choice.
const anywhere = "tcp://127.0.0.1:*"

// bus is Zebus for Go as a service uses it: peers with the usual parts, and a directory.
func bus() Contender {
	return Contender{
		Name:      Bus,
		About:     "Zebus for Go: zebus.Bus over libzmq, handlers on their queue",
		NewBroker: newDirectory,
		NewSink:   func(ctx context.Context, s Setup, m *Meter) (Part, error) { return newBusSink(ctx, s, queued(m)) },
		NewSource: newBusSource,
	}
}

// inlineBus is the same with handlers that run on the receiving goroutine.
func inlineBus() Contender {
	c := bus()
	c.Name = InlineBus
	c.About = "the same, with handlers that run on the receiving goroutine"
	c.NewSink = func(ctx context.Context, s Setup, m *Meter) (Part, error) {
		handlers := queued(m)
		for i, h := range handlers {
			handlers[i] = h.Inline()
		}
		return newBusSink(ctx, s, handlers)
	}
	return c
}

// A directoryPeer is a directory server, which is a bus as well.
type directoryPeer struct{ *busPart }

func newDirectory(ctx context.Context, s Setup) (Part, error) {
	transport, err := zmq.New(zmq.Config{InboundEndpoint: anywhere})
	if err != nil {
		return nil, err
	}
	store, err := crowd(ctx, s.Peers, s.Bindings)
	if err != nil {
		return nil, err
	}
	server, err := directory.NewServer(directory.ServerConfig{Store: store, PingInterval: -1})
	if err != nil {
		return nil, err
	}
	b, err := zebus.NewBuilder(directory.PeerID(0)).
		WithEnvironment(messages.Environment).
		WithTransport(transport).
		WithDirectory(server).
		Build()
	if err != nil {
		return nil, err
	}
	return directoryPeer{&busPart{b}}, b.Start(ctx)
}

// A busPart is a bus that can be closed.
type busPart struct{ *zebus.Bus }

func (p *busPart) Address() string { return p.Endpoint() }

func (p *busPart) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	return p.Stop(ctx)
}

func startBus(ctx context.Context, id zebus.PeerID, directoryEndpoint string, handlers ...zebus.Handler) (*busPart, error) {
	c := host.DefaultConfig()
	c.Bus.PeerID = id
	c.Bus.Environment = messages.Environment
	c.Bus.DirectoryEndpoints = []string{directoryEndpoint}
	c.Zmq.InboundEndpoint = anywhere
	c.Logger = slog.New(slog.DiscardHandler) // a peer that hangs is worth a warning everywhere but here
	b, err := host.NewBuilder(c)
	if err != nil {
		return nil, err
	}
	built, err := b.WithHandlers(handlers...).Build()
	if err != nil {
		return nil, err
	}
	return &busPart{built}, built.Start(ctx)
}

// queued are the handlers of a sink.
func queued(m *Meter) []zebus.Handler {
	return []zebus.Handler{
		zebus.HandleEvent(func(_ context.Context, evt *messages.Tick) error {
			m.Count(len(evt.Body), evt.Sent)
			return nil
		}),
		zebus.HandleEvent(func(_ context.Context, evt *messages.Trade) error {
			m.Count(len(evt.Body), 0)
			return nil
		}),
		zebus.HandleEvent(func(_ context.Context, evt *messages.Quote) error {
			m.Count(len(evt.Body), 0)
			return nil
		}).Startup(func(zebus.PeerID) []zebus.BindingKey {
			return []zebus.BindingKey{zebus.Key(messages.WantedMarket, messages.WantedSymbol)}
		}),
		zebus.HandleRequest(func(_ context.Context, cmd *messages.Ask) (*messages.Answer, error) {
			return &messages.Answer{Body: cmd.Body}, nil
		}),
	}
}

func newBusSink(ctx context.Context, s Setup, handlers []zebus.Handler) (Part, error) {
	return startBus(ctx, zebus.PeerID(fmt.Sprintf("Bench.Sink.%d", s.Index)), s.Broker, handlers...)
}

// flushEvery is after how many events a source asks whether there is room for more. Between two such moments it must
// not be able to fill what is left of the queue to a peer: 64 MiB by default, half of which Flush leaves free.
const flushEvery = 1024

// A busSource sends as a service does that has much to say: it publishes, and from time to time makes sure that the
// outgoing queues have room.
type busSource struct {
	*busPart
	published int
}

func newBusSource(ctx context.Context, s Setup) (Source, error) {
	b, err := startBus(ctx, zebus.PeerID(fmt.Sprintf("Bench.Source.%d", s.Index)), s.Broker)
	return &busSource{busPart: b}, err
}

// Publish implements [Source].
func (s *busSource) Publish(ctx context.Context, evt zebus.Event) error {
	if s.published++; s.published%flushEvery == 0 {
		if err := s.Flush(ctx); err != nil {
			return err
		}
	}
	return s.Bus.Publish(ctx, evt)
}

// Request implements [Source].
func (s *busSource) Request(ctx context.Context, cmd *messages.Ask) error {
	_, err := zebus.Request(ctx, s.Bus, cmd)
	return err
}

// Ask implements [Source].
func (s *busSource) Ask(ctx context.Context, cmd *messages.Ask, n, window int) error {
	pending := make([]*zebus.Pending, window)
	for i := range n {
		oldest := &pending[i%window]
		if err := finish(ctx, *oldest); err != nil {
			return err
		}
		*oldest = s.SendAsync(ctx, cmd)
	}
	for _, p := range pending {
		if err := finish(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// finish waits for the reply to a command and reads it.
func finish(ctx context.Context, p *zebus.Pending) error {
	if p == nil {
		return nil
	}
	var reply messages.Answer
	return p.Reply(ctx, &reply)
}
