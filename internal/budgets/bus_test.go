//go:build budgets && !race

package budgets_test

import (
	"context"
	"testing"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// A wire is a transport that carries nothing: it remembers the bus, and lets a path answer what is sent.
type wire struct {
	in   zebus.Inbound
	sent func(d zebus.Delivery)
}

var _ zebus.Transport = (*wire)(nil)

func (w *wire) Start(_ context.Context, _ zebus.Self, in zebus.Inbound) (string, error) {
	w.in = in
	return "tcp://localhost:1", nil
}

func (w *wire) Send(d zebus.Delivery) error {
	if w.sent != nil {
		w.sent(d)
	}
	return nil
}

func (*wire) Flush(context.Context) error  { return nil }
func (*wire) Ack(*zebus.TransportMessage)  {}
func (*wire) Registered()                  {}
func (*wire) PeerChanged(zebus.PeerChange) {}
func (*wire) Stop(context.Context) error   { return nil }

// acquaintances is a directory that knows who gets everything.
type acquaintances []zebus.Peer

var _ zebus.Directory = acquaintances{}

func (acquaintances) Handlers() []zebus.Handler { return nil }

func (acquaintances) Register(context.Context, zebus.PeerSender, zebus.PeerDescriptor) error {
	return nil
}
func (acquaintances) Update(context.Context, []zebus.SubscriptionsForType) error { return nil }
func (acquaintances) Unregister(context.Context) error                           { return nil }

func (a acquaintances) AppendPeers(dst []zebus.Peer, _ zebus.MessageTypeID, _ zebus.RoutingContent) []zebus.Peer {
	return append(dst, a...)
}

func (a acquaintances) Peer(id zebus.PeerID) (zebus.Peer, bool) {
	for _, p := range a {
		if p.ID == id {
			return p, true
		}
	}
	return zebus.Peer{}, false
}

func (acquaintances) Watch(func(zebus.PeerChange)) {}

func (acquaintances) Observe([]zebus.MessageTypeID, func(zebus.PeerID, []zebus.Subscription)) {}

func (acquaintances) SincePing() time.Duration { return 0 }

const selfID = zebus.PeerID("Budget.Self.0")

var other = zebus.Peer{ID: "Budget.Other.0", Endpoint: "tcp://localhost:2", Up: true, Responding: true}

// startBus starts a bus on w that knows the given peers, until the test ends.
func startBus(t *testing.T, w *wire, known acquaintances, handlers ...zebus.Handler) *zebus.Bus {
	t.Helper()
	bus, err := zebus.NewBuilder(selfID).WithEnvironment("Budget").WithTransport(w).WithDirectory(known).WithHandlers(handlers...).Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := bus.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return bus
}

// must ends the program when an operation fails: its budget would be that of an error.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
