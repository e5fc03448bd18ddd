package directory_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/zebus"
)

// clerk is a directory peer with the real server.
type clerk struct {
	*directory.Server

	t   *testing.T
	bus *zebus.Bus
}

func (w *town) clerk(c directory.ServerConfig) *clerk {
	w.t.Helper()
	k := w.clerkAt(0, c)
	w.start(k.bus)
	return k
}

func (w *town) clerkAt(position int, c directory.ServerConfig) *clerk {
	w.t.Helper()
	server, err := directory.NewServer(c)
	if err != nil {
		w.t.Fatal(err)
	}
	return &clerk{Server: server, t: w.t, bus: w.bus(directory.PeerID(position), endpointOf(position), server)}
}

// describe returns what the clerk knows of a peer.
func (k *clerk) describe(id zebus.PeerID) (zebus.PeerDescriptor, bool) {
	for _, d := range k.Peers() {
		if d.Peer.ID == id {
			return d, true
		}
	}
	return zebus.PeerDescriptor{}, false
}

// citizen is a peer that sends commands to the clerk and keeps the events it hears.
type citizen struct {
	t        *testing.T
	bus      *zebus.Bus
	endpoint string

	mu    sync.Mutex
	heard []zebus.Event
}

func hear[E any, EP interface {
	*E
	zebus.Event
}](c *citizen) zebus.Handler {
	return zebus.HandleEvent(func(_ context.Context, e EP) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.heard = append(c.heard, e)
		return nil
	}).Inline()
}

func (w *town) citizen(id zebus.PeerID, endpoint string) *citizen {
	w.t.Helper()
	c := &citizen{t: w.t, endpoint: endpoint}
	c.bus = w.start(w.bus(id, endpoint, nowhere{},
		hear[directory.PeerStarted](c), hear[directory.PeerStopped](c), hear[directory.PeerDecommissioned](c),
		hear[directory.PeerNotResponding](c), hear[directory.PeerResponding](c), hear[directory.PeerSubscriptionsUpdated](c),
		hear[directory.PeerSubscriptionsForTypesUpdated](c),
		zebus.HandleCommand(func(context.Context, *directory.PingPeerCommand) error { return nil }).Inline(),
	))
	return c
}

// wishes are subscriptions to all events of directories.
func wishes() []zebus.Subscription {
	var subs []zebus.Subscription
	for _, mt := range messageTypes() {
		if mt.Kind() == zebus.KindEvent {
			subs = append(subs, zebus.SubscribeTo(mt.ID()))
		}
	}
	return subs
}

func (c *citizen) descriptor(timestamp *time.Time, subs ...zebus.Subscription) zebus.PeerDescriptor {
	return zebus.PeerDescriptor{
		Peer:          zebus.Peer{ID: c.bus.ID(), Endpoint: c.endpoint, Up: true, Responding: true},
		Subscriptions: append(wishes(), subs...),
		Timestamp:     timestamp,
	}
}

var clerkPeer = zebus.Peer{ID: directory.PeerID(0), Endpoint: endpointOf(0), Up: true, Responding: true}

func (c *citizen) register(d zebus.PeerDescriptor) ([]zebus.PeerDescriptor, error) {
	answer, err := zebus.RequestTo(context.Background(), c.bus, &directory.RegisterPeerCommand{Peer: d}, clerkPeer)
	if err != nil {
		return nil, err
	}
	return answer.PeerDescriptors, nil
}

// settle registers and forgets what was heard.
func (c *citizen) settle(d zebus.PeerDescriptor) {
	c.t.Helper()
	if _, err := c.register(d); err != nil {
		c.t.Fatal(err)
	}
	c.take()
}

func (c *citizen) send(cmd zebus.Command) error {
	return c.bus.SendTo(context.Background(), cmd, clerkPeer)
}

func (c *citizen) do(cmd zebus.Command) {
	c.t.Helper()
	if err := c.send(cmd); err != nil {
		c.t.Fatal(err)
	}
}

// take returns what was heard since the last call.
func (c *citizen) take() []zebus.Event {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	heard := c.heard
	c.heard = nil
	return heard
}

func (c *citizen) wantHeard(want ...zebus.Event) {
	c.t.Helper()
	if diff := cmp.Diff(want, c.take()); diff != "" {
		c.t.Errorf("%s heard (-want +got):\n%s", c.bus.ID(), diff)
	}
}

func wantCode(t *testing.T, err error, code int, texts ...string) {
	t.Helper()
	ce, ok := errors.AsType[*zebus.CommandError](err)
	if !ok || ce.Code != code {
		t.Errorf("error %v, want code %d", err, code)
		return
	}
	for _, text := range texts {
		if !strings.Contains(ce.Message, text) {
			t.Errorf("text %q does not say %q", ce.Message, text)
		}
	}
}

// inTownHall runs a test with a clerk and two citizens, of whom the first has registered at 0.
func inTownHall(t *testing.T, name string, f func(t *testing.T, k *clerk, a, b *citizen)) {
	t.Helper()
	inTown(t, name, func(t *testing.T, w *town) {
		k := w.clerk(directory.ServerConfig{PingInterval: -1})
		a, b := w.citizen("A.0", "tcp://hosta:1"), w.citizen("B.0", "tcp://hostb:1")
		a.settle(a.descriptor(at(0)))
		f(t, k, a, b)
	})
}
