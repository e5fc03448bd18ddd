package zebus_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// town is a network of buses in one process that know each other without a directory server.
type town struct {
	t       *testing.T
	network *memory.Network

	mu      sync.Mutex
	members []*phoneBook
}

// inTown runs a test in a bubble of its own: time is fake, and a goroutine left behind fails the test.
func inTown(t *testing.T, name string, f func(t *testing.T, town *town)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f(t, &town{t: t, network: memory.NewNetwork()})
		})
	})
}

// peer starts a bus with handlers, and stops it when the test ends.
func (w *town) peer(id zebus.PeerID, handlers ...zebus.Handler) *zebus.Bus {
	w.t.Helper()
	return w.start(w.builder(id, handlers...))
}

func (w *town) builder(id zebus.PeerID, handlers ...zebus.Handler) *zebus.Builder {
	return zebus.NewBuilder(id).
		WithEnvironment("Test").
		WithTransport(w.transport()).
		WithDirectory(&phoneBook{town: w}).
		WithHandlers(handlers...)
}

func (w *town) transport() *memory.Transport {
	w.t.Helper()
	carrier, err := w.network.NewTransport(memory.Config{})
	if err != nil {
		w.t.Fatal(err)
	}
	return carrier
}

func (w *town) start(b *zebus.Builder) *zebus.Bus {
	w.t.Helper()
	bus, err := b.Build()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := bus.Start(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if bus.IsRunning() {
			if err := bus.Stop(ctx); err != nil {
				w.t.Errorf("stop %s: %v", bus.ID(), err)
			}
		}
	})
	return bus
}

// inject puts a message on the wire that no bus has sent.
func (w *town) inject(endpoint string, m zebus.TransportMessage) {
	w.t.Helper()
	if err := w.network.Inject(endpoint, transport.AppendMessage(nil, &m, transport.Overrides{})); err != nil {
		w.t.Fatal(err)
	}
}

// phoneBook is the zebus.Directory of a town: everybody sees everybody's entry.
type phoneBook struct {
	town  *town
	watch func(zebus.PeerChange)
	self  zebus.Peer
	subs  []zebus.Subscription

	updates       [][]zebus.SubscriptionsForType
	failNext      error         // of the next registration
	failUpdate    error         // of the next update
	holdUpdate    chan struct{} // updates wait until it is closed; nil for none
	whileRegister func(bus zebus.PeerSender)
}

var _ zebus.Directory = (*phoneBook)(nil)

func (p *phoneBook) Handlers() []zebus.Handler { return nil }

func (p *phoneBook) Register(ctx context.Context, bus zebus.PeerSender, self zebus.PeerDescriptor) error {
	if p.whileRegister != nil {
		p.whileRegister(bus)
	}
	if err := p.failNext; err != nil {
		p.failNext = nil
		return err
	}
	p.town.mu.Lock()
	defer p.town.mu.Unlock()
	p.self, p.subs = self.Peer, self.Subscriptions
	p.town.members = append(p.town.members, p)
	p.town.tellLocked(p, zebus.PeerStartedChange)
	return ctx.Err()
}

func (p *phoneBook) Unregister(context.Context) error {
	p.town.mu.Lock()
	defer p.town.mu.Unlock()
	p.town.members = slices.DeleteFunc(p.town.members, func(m *phoneBook) bool { return m == p })
	p.town.tellLocked(p, zebus.PeerDecommissionedChange)
	return nil
}

// tellLocked lets everybody but p hear of p. w.mu must be held.
func (w *town) tellLocked(p *phoneBook, kind zebus.PeerChangeKind) {
	for _, m := range w.members {
		if m != p {
			m.watch(zebus.PeerChange{Kind: kind, Peer: p.self})
		}
	}
}

func (p *phoneBook) Update(_ context.Context, subs []zebus.SubscriptionsForType) error {
	if p.holdUpdate != nil {
		<-p.holdUpdate
	}
	p.town.mu.Lock()
	defer p.town.mu.Unlock()
	if err := p.failUpdate; err != nil {
		p.failUpdate = nil
		return err
	}
	p.updates = append(p.updates, subs)
	for _, s := range subs {
		p.subs = slices.DeleteFunc(p.subs, func(old zebus.Subscription) bool { return old.Type == s.Type })
		for _, key := range s.Keys {
			p.subs = append(p.subs, zebus.Subscription{Type: s.Type, Key: key})
		}
	}
	return nil
}

func (p *phoneBook) AppendPeers(dst []zebus.Peer, t zebus.MessageTypeID, r zebus.RoutingContent) []zebus.Peer {
	p.town.mu.Lock()
	defer p.town.mu.Unlock()
	for _, m := range p.town.members {
		if slices.ContainsFunc(m.subs, func(s zebus.Subscription) bool { return s.Matches(t, r) }) {
			dst = append(dst, m.self)
		}
	}
	return dst
}

func (p *phoneBook) Peer(id zebus.PeerID) (zebus.Peer, bool) {
	p.town.mu.Lock()
	defer p.town.mu.Unlock()
	for _, m := range p.town.members {
		if m.self.ID == id {
			return m.self, true
		}
	}
	return zebus.Peer{}, false
}

func (p *phoneBook) Watch(f func(zebus.PeerChange)) { p.watch = f }

func (p *phoneBook) Observe([]zebus.MessageTypeID, func(zebus.PeerID, []zebus.Subscription)) {}

func (p *phoneBook) SincePing() time.Duration { return 0 }
