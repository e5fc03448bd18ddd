//go:build cgo

package main

import (
	"context"
	"strings"
	"time"

	"github.com/zebus-go/zebus/examples/echo"
	"github.com/zebus-go/zebus/zebus"
)

// A busEnd is a bus with a directory of two.
type busEnd struct {
	bus  *zebus.Bus
	text string
}

func dialBus(ctx context.Context, o options, remote string) (end, error) {
	bus, err := startBus(ctx, clientID, acquaintance{peer: zebus.Peer{ID: serverID, Endpoint: remote, Up: true, Responding: true}})
	if err != nil {
		return nil, err
	}
	return &busEnd{bus: bus, text: strings.Repeat("x", o.text)}, nil
}

func startBus(ctx context.Context, id zebus.PeerID, directory zebus.Directory, handlers ...zebus.Handler) (*zebus.Bus, error) {
	t, err := newTransport()
	if err != nil {
		return nil, err
	}
	b := zebus.NewBuilder(id).WithEnvironment(environment).WithTransport(t).WithDirectory(directory).WithHandlers(handlers...)
	bus, err := b.Build() //nolint:contextcheck // nothing starts before Start
	if err != nil {
		return nil, err
	}
	return bus, bus.Start(ctx)
}

func (b *busEnd) endpoint() string { return b.bus.Endpoint() }

func (b *busEnd) trip(ctx context.Context) error {
	_, err := zebus.Request(ctx, b.bus, &echo.EchoCommand{Msg: b.text})
	return err
}

func (b *busEnd) close() error { return b.bus.Stop(context.Background()) }

// replying is what both servers do: one on a queue, as handlers do that say nothing else, and one on the receiving
// goroutine, which shows what the way over the queue costs.
var replying = zebus.HandleRequest(func(_ context.Context, cmd *echo.EchoCommand) (*echo.EchoReply, error) {
	return &echo.EchoReply{Msg: cmd.Msg}, nil
})

func serveQueued(ctx context.Context, _ options, ready func(string) (string, error)) error {
	return serveBus(ctx, replying, ready)
}

func serveInline(ctx context.Context, _ options, ready func(string) (string, error)) error {
	return serveBus(ctx, replying.Inline(), ready)
}

func serveBus(ctx context.Context, handler zebus.Handler, ready func(string) (string, error)) error {
	bus, err := startBus(ctx, serverID, acquaintance{}, handler)
	if err != nil {
		return err
	}
	if _, err := ready(bus.Endpoint()); err != nil {
		return err
	}
	orphaned()
	return bus.Stop(context.Background()) //nolint:contextcheck // the context may have ended, and the leave has a limit of its own
}

// An acquaintance is a directory that knows one other peer, for everything.
type acquaintance struct {
	peer zebus.Peer
}

var _ zebus.Directory = acquaintance{}

func (acquaintance) Handlers() []zebus.Handler { return nil }

func (acquaintance) Register(context.Context, zebus.PeerSender, zebus.PeerDescriptor) error {
	return nil
}

func (acquaintance) Update(context.Context, []zebus.SubscriptionsForType) error { return nil }

func (acquaintance) Unregister(context.Context) error { return nil }

func (a acquaintance) AppendPeers(dst []zebus.Peer, _ zebus.MessageTypeID, _ zebus.RoutingContent) []zebus.Peer {
	if a.peer.ID == "" {
		return dst
	}
	return append(dst, a.peer)
}

func (a acquaintance) Peer(id zebus.PeerID) (zebus.Peer, bool) { return a.peer, id == a.peer.ID }

func (acquaintance) Watch(func(zebus.PeerChange)) {}

func (acquaintance) Observe([]zebus.MessageTypeID, func(zebus.PeerID, []zebus.Subscription)) {}

func (acquaintance) SincePing() time.Duration { return zebus.NeverPinged }
