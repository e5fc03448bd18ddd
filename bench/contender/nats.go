package contender

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/zebus-go/zebus/zebus"

	"github.com/zebus-go/zebus/bench/messages"
)

// natsCore is NATS without streams: a server in a process of its own, and its Go client.
func natsCore() Contender {
	return Contender{
		Name:      NATS,
		About:     "NATS core: nats-server and nats.go, the same messages as payloads",
		NewBroker: newNatsServer,
		NewSink:   newNatsSink,
		NewSource: newNatsSource,
	}
}

const (
	subjectTick = "bench.tick"
	subjectAsk  = "bench.ask"
)

// A natsServer is a server that runs in this process.
type natsServer struct{ *server.Server }

func newNatsServer(context.Context, Setup) (Part, error) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true})
	if err != nil {
		return nil, err
	}
	go s.Start() // Shutdown and WaitForShutdown end it
	if !s.ReadyForConnections(stopTimeout) {
		return nil, errors.New("contender: the NATS server is not ready")
	}
	return natsServer{s}, nil
}

// Address implements [Part].
func (s natsServer) Address() string { return s.ClientURL() }

// Close implements [Part].
func (s natsServer) Close() error {
	s.Shutdown()
	s.WaitForShutdown()
	return nil
}

// A natsPart is a connection to the server.
type natsPart struct{ *nats.Conn }

func dialNats(s Setup) (*natsPart, error) {
	c, err := nats.Connect(s.Broker, nats.NoReconnect())
	return &natsPart{c}, err
}

// Address implements [Part].
func (*natsPart) Address() string { return "" }

// Close implements [Part].
func (p *natsPart) Close() error {
	p.Conn.Close()
	return nil
}

func newNatsSink(_ context.Context, s Setup, m *Meter) (Part, error) {
	p, err := dialNats(s)
	if err != nil {
		return nil, err
	}
	ticks, err := p.Subscribe(subjectTick, func(msg *nats.Msg) {
		evt := new(messages.Tick)
		if evt.ZebusUnmarshal(msg.Data) == nil {
			m.Count(len(evt.Body), evt.Sent)
		}
	})
	if err != nil {
		return nil, err
	}
	asks, err := p.Subscribe(subjectAsk, func(msg *nats.Msg) {
		cmd := new(messages.Ask)
		if cmd.ZebusUnmarshal(msg.Data) == nil {
			_ = msg.Respond(encode(&messages.Answer{Body: cmd.Body})) // whoever asked notices that nothing came
		}
	})
	if err != nil {
		return nil, err
	}
	// By default a client drops what its handlers do not keep up with.
	return p, errors.Join(ticks.SetPendingLimits(-1, -1), asks.SetPendingLimits(-1, -1), p.Flush())
}

func encode(m zebus.Message) []byte {
	return m.ZebusAppend(make([]byte, 0, m.ZebusSize()))
}

// A natsSource publishes from a buffer of its own: the client copies what it is given.
type natsSource struct {
	*natsPart
	buffer []byte

	inbox    string // the subject of answers, but for the number of the command
	answered chan error
}

func newNatsSource(_ context.Context, s Setup) (Source, error) {
	p, err := dialNats(s)
	if err != nil {
		return nil, err
	}
	n := &natsSource{natsPart: p, inbox: p.NewInbox() + ".", answered: make(chan error, 1<<16)}
	answers, err := p.Subscribe(n.inbox+"*", n.answer)
	if err != nil {
		return nil, err
	}
	return n, answers.SetPendingLimits(-1, -1)
}

// answer takes the reply to a command of a pipeline.
func (n *natsSource) answer(msg *nats.Msg) {
	var reply messages.Answer
	n.answered <- reply.ZebusUnmarshal(msg.Data)
}

func (n *natsSource) encode(m zebus.Message) []byte {
	n.buffer = m.ZebusAppend(n.buffer[:0])
	return n.buffer
}

// Publish implements [Source].
func (n *natsSource) Publish(_ context.Context, evt zebus.Event) error {
	return n.Conn.Publish(subjectTick, n.encode(evt))
}

// Flush implements [Source].
func (n *natsSource) Flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return n.FlushWithContext(ctx)
}

// Request implements [Source].
func (n *natsSource) Request(ctx context.Context, cmd *messages.Ask) error {
	msg, err := n.RequestWithContext(ctx, subjectAsk, n.encode(cmd))
	if err != nil {
		return err
	}
	return new(messages.Answer).ZebusUnmarshal(msg.Data)
}

// Ask implements [Source]. The client has requests for one goroutine each; this is what its users write who want many
// at a time: one subscription for all answers.
func (n *natsSource) Ask(ctx context.Context, cmd *messages.Ask, count, window int) error {
	for i := range count + window {
		if i >= window {
			if err := n.awaitOne(ctx); err != nil {
				return err
			}
		}
		if i < count {
			if err := n.PublishRequest(subjectAsk, n.inbox+strconv.Itoa(i), n.encode(cmd)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (n *natsSource) awaitOne(ctx context.Context) error {
	select {
	case err := <-n.answered:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%w: a reply: %w", ErrLost, ctx.Err())
	}
}
