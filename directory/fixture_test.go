package directory_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// town is a network in a bubble: time is fake, and a goroutine left behind fails the test.
type town struct {
	t       *testing.T
	network *memory.Network
}

func inTown(t *testing.T, name string, f func(t *testing.T, w *town)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f(t, &town{t: t, network: memory.NewNetwork()})
		})
	})
}

// bus builds a bus that receives at an endpoint.
func (w *town) bus(id zebus.PeerID, endpoint string, d zebus.Directory, handlers ...zebus.Handler) *zebus.Bus {
	w.t.Helper()
	transport, err := w.network.NewTransport(memory.Config{Endpoint: endpoint})
	if err != nil {
		w.t.Fatal(err)
	}
	bus, err := zebus.NewBuilder(id).WithEnvironment("Test").WithTransport(transport).WithDirectory(d).WithHandlers(handlers...).Build()
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if bus.IsRunning() {
			w.stop(bus)
		}
	})
	return bus
}

func (w *town) start(bus *zebus.Bus) *zebus.Bus {
	w.t.Helper()
	if err := bus.Start(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	return bus
}

func (w *town) stop(bus *zebus.Bus) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	if err := bus.Stop(ctx); err != nil {
		w.t.Errorf("stop %s: %v", bus.ID(), err)
	}
}

// nowhere is the directory of a bus that needs none.
type nowhere struct{}

var _ zebus.Directory = nowhere{}

func (nowhere) Handlers() []zebus.Handler { return nil }
func (nowhere) Register(context.Context, zebus.PeerSender, zebus.PeerDescriptor) error {
	return nil
}
func (nowhere) Update(context.Context, []zebus.SubscriptionsForType) error { return nil }
func (nowhere) Unregister(context.Context) error                           { return nil }
func (nowhere) AppendPeers(dst []zebus.Peer, _ zebus.MessageTypeID, _ zebus.RoutingContent) []zebus.Peer {
	return dst
}

func (nowhere) Peer(zebus.PeerID) (zebus.Peer, bool)                                    { return zebus.Peer{}, false }
func (nowhere) Watch(func(zebus.PeerChange))                                            {}
func (nowhere) Observe([]zebus.MessageTypeID, func(zebus.PeerID, []zebus.Subscription)) {}
func (nowhere) SincePing() time.Duration                                                { return zebus.NeverPinged }

// member is a peer whose directory client is in the hands of the test.
type member struct {
	*directory.Client

	t   *testing.T
	bus *zebus.Bus

	mu      sync.Mutex
	changes []zebus.PeerChange
}

const selfID zebus.PeerID = "Test.Self.0"

func (w *town) member(c directory.ClientConfig) *member {
	w.t.Helper()
	if c.Endpoints == nil {
		c.Endpoints = []string{endpointOf(0)}
	}
	client, err := directory.NewClient(c)
	if err != nil {
		w.t.Fatal(err)
	}
	m := &member{t: w.t, Client: client}
	client.Watch(func(c zebus.PeerChange) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.changes = append(m.changes, c)
	})
	m.bus = w.start(w.bus(selfID, "tcp://self:1", nowhere{}, client.Handlers()...))
	return m
}

// join registers the member with some subscriptions, and unregisters it when the test ends.
func (m *member) join(subs ...zebus.Subscription) {
	m.t.Helper()
	if err := m.register(subs...); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = m.Unregister(context.Background()) })
}

func (m *member) register(subs ...zebus.Subscription) error {
	return m.Register(context.Background(), m.bus, zebus.PeerDescriptor{
		Peer: zebus.Peer{ID: m.bus.ID(), Endpoint: m.bus.Endpoint()}, Subscriptions: subs,
	})
}

// take returns the changes since the last call.
func (m *member) take() []zebus.PeerChange {
	m.mu.Lock()
	defer m.mu.Unlock()
	changes := m.changes
	m.changes = nil
	return changes
}

// finds checks who is found for a type.
func (m *member) finds(mt zebus.MessageTypeID, content zebus.RoutingContent, want ...zebus.PeerID) {
	m.t.Helper()
	got := names(m.AppendPeers(nil, mt, content))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		m.t.Errorf("%s %v finds %q, want %q", mt, content, got, want)
	}
}

// at returns a moment of the tests.
func at(seconds int) *time.Time {
	moment := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(seconds) * time.Second)
	return &moment
}

// other describes another peer.
func other(id zebus.PeerID, timestamp *time.Time, subs ...zebus.Subscription) zebus.PeerDescriptor {
	return zebus.PeerDescriptor{
		Peer:          zebus.Peer{ID: id, Endpoint: "tcp://other:1", Up: true, Responding: true},
		Subscriptions: subs,
		Timestamp:     timestamp,
	}
}

func sub(t zebus.MessageTypeID, parts ...string) zebus.Subscription {
	return zebus.Subscription{Type: t, Key: zebus.Key(parts...)}
}

func types(t zebus.MessageTypeID, keys ...zebus.BindingKey) []zebus.SubscriptionsForType {
	return []zebus.SubscriptionsForType{{Type: t, Keys: keys}}
}

func content(texts ...string) zebus.RoutingContent {
	c := make(zebus.RoutingContent, len(texts))
	for i, text := range texts {
		c[i] = zebus.RoutingText(text)
	}
	return c
}

const (
	typeA zebus.MessageTypeID = "Test.A"
	typeB zebus.MessageTypeID = "Test.B"
)

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}
