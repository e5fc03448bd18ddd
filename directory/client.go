package directory

import (
	"context"
	"sync"
	"time"

	"github.com/zebus-go/zebus/directory/internal/registry"
	"github.com/zebus-go/zebus/zebus"
)

// Client is the directory of an ordinary peer. It holds all peers and their subscriptions in memory, as the directory
// servers tell them.
//
// What directories publish is handled on the receiving goroutine, in order. A client may be used by one bus, which may
// start and stop it many times.
type Client struct {
	config   ClientConfig
	choice   *choice
	registry *registry.Registry
	clock    clock
	changed  func(zebus.PeerChange)
	observed map[zebus.MessageTypeID]bool
	observer func(zebus.PeerID, []zebus.Subscription)
	backlog  backlog
	keeper   keeper
	partings partings

	mu struct {
		sync.Mutex
		bus        zebus.PeerSender // nil before the first registration
		self       zebus.PeerDescriptor
		registered bool
		lastPing   time.Time // or when it was registered, before the first ping
	}
}

var (
	_ zebus.VersionedDirectory = (*Client)(nil)
	_ zebus.PartingListener    = (*Client)(nil)
)

// NewClient returns a client that has not registered. The error tells everything that is wrong with the configuration.
func NewClient(c ClientConfig) (*Client, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	return &Client{
		config:   c,
		choice:   newChoice(c.Endpoints, c.PickRandom, c.FaultedDirectoryRetryDelay),
		registry: registry.New(),
		changed:  func(zebus.PeerChange) {},
		observer: func(zebus.PeerID, []zebus.Subscription) {},
		keeper:   keeper{wake: make(chan struct{}, 1)},
	}, nil
}

// Watch implements [zebus.Directory].
func (c *Client) Watch(f func(zebus.PeerChange)) { c.changed = f }

// Observe implements [zebus.Directory]. The peer's own subscriptions are told once, when it registers.
func (c *Client) Observe(types []zebus.MessageTypeID, changed func(zebus.PeerID, []zebus.Subscription)) {
	c.observed = make(map[zebus.MessageTypeID]bool, len(types))
	for _, t := range types {
		c.observed[t] = true
	}
	c.observer = changed
}

// AppendPeers implements [zebus.Directory].
func (c *Client) AppendPeers(dst []zebus.Peer, t zebus.MessageTypeID, r zebus.RoutingContent) []zebus.Peer {
	return c.registry.AppendPeers(dst, t, r)
}

// Version implements [zebus.VersionedDirectory].
func (c *Client) Version() uint64 { return c.registry.Version() }

// Peer implements [zebus.Directory].
func (c *Client) Peer(id zebus.PeerID) (zebus.Peer, bool) { return c.registry.Peer(id) }

// Peers returns all that is known of all peers, this one included, in order of their IDs.
func (c *Client) Peers() []zebus.PeerDescriptor { return c.registry.Descriptors() }

// SincePing implements [zebus.Directory].
func (c *Client) SincePing() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.mu.registered {
		return zebus.NeverPinged
	}
	return time.Since(c.mu.lastPing)
}

// Register implements [zebus.Directory]: it tells the directories one after the other until one takes the peer. The error is
// [ErrAlreadyExists] or [ErrNoDirectory], or that of ctx or of the bus.
func (c *Client) Register(ctx context.Context, bus zebus.PeerSender, self zebus.PeerDescriptor) error {
	c.keeper.stop() // of a run that was not unregistered
	self.Peer.Up, self.Peer.Responding = true, true
	at := c.clock.next()
	self.Timestamp = &at
	c.mu.Lock()
	c.mu.bus, c.mu.self = bus, self
	c.mu.Unlock()
	c.backlog.open()
	c.registry.Reset(self)
	peers, err := c.announce(ctx, bus, self)
	if err != nil {
		c.backlog.drop()
		return err
	}
	c.learn(self, peers)
	c.setRegistered(true)
	c.backlog.replay()
	c.keeper.start(c) //nolint:contextcheck // it outlives the registration, until Unregister
	return nil
}

// learn takes over what a directory knows.
func (c *Client) learn(self zebus.PeerDescriptor, peers []zebus.PeerDescriptor) {
	c.registry.Start(peers...)
	c.observe(self.Peer.ID, self.Subscriptions)
	for i := range peers {
		if peers[i].Peer.ID != self.Peer.ID {
			c.observe(peers[i].Peer.ID, peers[i].Subscriptions)
		}
	}
}

func (c *Client) setRegistered(registered bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.registered, c.mu.lastPing = registered, time.Now()
}

// Update implements [zebus.Directory]. Lookups show the update when the directory has published it, as to every peer. Should the
// peer register again, then with what it wants since, but for subscriptions that no directory took.
func (c *Client) Update(ctx context.Context, subs []zebus.SubscriptionsForType) error {
	if len(subs) == 0 {
		return nil
	}
	c.mu.Lock()
	bus, self := c.mu.bus, c.mu.self
	c.mu.self.Subscriptions = updated(self.Subscriptions, subs)
	c.mu.Unlock()
	err := c.tell(ctx, bus, self.Peer, &UpdatePeerSubscriptionsForTypesCommand{
		PeerID: self.Peer.ID, SubscriptionsForTypes: subs, TimestampUTC: c.clock.next(),
	})
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.mu.self.Subscriptions = without(c.mu.self.Subscriptions, added(self.Subscriptions, subs))
	}
	return err
}

// Unregister implements [zebus.Directory]. The peer does not register again by itself from then on, whatever the outcome.
func (c *Client) Unregister(ctx context.Context) error {
	c.keeper.stop()
	c.mu.Lock()
	bus, self := c.mu.bus, c.mu.self
	c.mu.Unlock()
	at := c.clock.next()
	cmd := &UnregisterPeerCommand{PeerID: self.Peer.ID, PeerEndpoint: &self.Peer.Endpoint, TimestampUTC: &at}
	if err := c.tell(ctx, bus, self.Peer, cmd); err != nil {
		return err
	}
	c.setRegistered(false)
	return nil
}

// PeerParted implements [zebus.PartingListener]: no answer of a directory that is gone is waited for.
func (c *Client) PeerParted(id zebus.PeerID, reason error) { c.partings.part(id, reason) }

// id returns the ID of the peer itself.
func (c *Client) id() zebus.PeerID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mu.self.Peer.ID
}
