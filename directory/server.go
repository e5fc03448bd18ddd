package directory

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/zebus-go/zebus/directory/internal/registry"
	"github.com/zebus-go/zebus/zebus"
)

// Server is the directory of a directory peer: it handles what peers say of themselves, keeps it in a [Store], and
// publishes it to everybody.
//
// Commands are handled one at a time, on the default queue. Lookups, and the peers in an answer, come from memory, which
// follows the store.
type Server struct {
	config   ServerConfig
	registry *registry.Registry
	clock    clock
	changed  func(zebus.PeerChange)
	pinger   pinger
	errands  errands

	mu struct {
		sync.RWMutex
		entries    map[zebus.PeerID]entry // as in the store
		unwatch    func()                 // nil while the store is not watched
		bus        zebus.PeerSender       // nil before the first registration
		self       zebus.PeerDescriptor
		registered bool
		lastPing   time.Time // or when it registered, before the first ping
	}
}

// An entry is a record, and the peer as others shall see it: every registration is answered with all of them.
type entry struct {
	record     *Record
	descriptor zebus.PeerDescriptor
}

var _ zebus.VersionedDirectory = (*Server)(nil)

// NewServer returns a server that has not registered. The error tells everything that is wrong with the configuration.
func NewServer(c ServerConfig) (*Server, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	return &Server{config: c, registry: registry.New(), changed: func(zebus.PeerChange) {}}, nil
}

// Watch implements [zebus.Directory].
func (s *Server) Watch(f func(zebus.PeerChange)) { s.changed = f }

// Observe implements [zebus.Directory]. A directory peer observes nothing.
func (s *Server) Observe([]zebus.MessageTypeID, func(zebus.PeerID, []zebus.Subscription)) {}

// AppendPeers implements [zebus.Directory], by the stricter rule for what directories publish: a message without routing
// content goes to those who want everything of its type, and an event of the directory to nobody who is down. Whoever is
// learns everything when it registers.
func (s *Server) AppendPeers(dst []zebus.Peer, t zebus.MessageTypeID, r zebus.RoutingContent) []zebus.Peer {
	before := len(dst)
	dst = s.registry.AppendMatching(dst, t, r)
	if !slices.Contains(published, t) {
		return dst
	}
	up := slices.DeleteFunc(dst[before:], func(p zebus.Peer) bool { return !p.Up })
	return dst[:before+len(up)]
}

// published are the events of directories.
var published = []zebus.MessageTypeID{
	(*PeerStarted)(nil).ZebusType().ID(),
	(*PeerStopped)(nil).ZebusType().ID(),
	(*PeerDecommissioned)(nil).ZebusType().ID(),
	(*PeerNotResponding)(nil).ZebusType().ID(),
	(*PeerResponding)(nil).ZebusType().ID(),
	(*PeerSubscriptionsUpdated)(nil).ZebusType().ID(),
	(*PeerSubscriptionsForTypesUpdated)(nil).ZebusType().ID(),
}

// Version implements [zebus.VersionedDirectory].
func (s *Server) Version() uint64 { return s.registry.Version() }

// Peer implements [zebus.Directory].
func (s *Server) Peer(id zebus.PeerID) (zebus.Peer, bool) { return s.registry.Peer(id) }

// Peers returns all that is known of all peers, this one included, in order of their IDs. The caller must not change the
// subscriptions.
func (s *Server) Peers() []zebus.PeerDescriptor {
	s.mu.RLock()
	defer s.mu.RUnlock()
	peers := make([]zebus.PeerDescriptor, 0, len(s.mu.entries))
	for _, e := range s.mu.entries {
		peers = append(peers, e.descriptor)
	}
	slices.SortFunc(peers, func(a, b zebus.PeerDescriptor) int {
		return compareIDs(a.Peer.ID, b.Peer.ID)
	})
	return peers
}

// SincePing implements [zebus.Directory].
func (s *Server) SincePing() time.Duration {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.mu.registered {
		return zebus.NeverPinged
	}
	return time.Since(s.mu.lastPing)
}

// Register implements [zebus.Directory]: it enters the directory peer in its own books and publishes its start.
func (s *Server) Register(ctx context.Context, bus zebus.PeerSender, self zebus.PeerDescriptor) error {
	at := s.clock.next()
	self.Timestamp = &at
	self.Peer.Up, self.Peer.Responding = true, true
	self.Peer.Persistent, self.Persistent = false, false
	if err := s.open(ctx, bus, self); err != nil {
		return err
	}
	if err := s.put(ctx, self); err != nil {
		s.close()
		return fmt.Errorf("directory: store the directory peer %s: %w", self.Peer.ID, err)
	}
	s.publish(ctx, &PeerStarted{PeerDescriptor: self})
	s.errands.open()
	s.pinger.start(s) //nolint:contextcheck // it outlives the registration, until Unregister
	return nil
}

// open begins following the store.
func (s *Server) open(ctx context.Context, bus zebus.PeerSender, self zebus.PeerDescriptor) error {
	s.close() // of the run before, whose last handlers still looked into it
	s.registry.Reset()
	s.mu.Lock()
	s.mu.entries = make(map[zebus.PeerID]entry)
	s.mu.bus, s.mu.self = bus, self
	s.mu.registered, s.mu.lastPing = true, time.Now()
	s.mu.Unlock()
	unwatch, err := s.config.Store.Watch(ctx, s.follow)
	if err != nil {
		s.setRegistered(false)
		return fmt.Errorf("directory: watch the store: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.unwatch = unwatch
	return nil
}

// close stops following the store.
func (s *Server) close() {
	s.mu.Lock()
	unwatch := s.mu.unwatch
	s.mu.unwatch, s.mu.registered = nil, false
	s.mu.Unlock()
	if unwatch != nil {
		unwatch()
	}
}

// follow takes over a change of the store, whichever server made it.
func (s *Server) follow(id zebus.PeerID, r *Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r == nil {
		delete(s.mu.entries, id)
		s.registry.Remove(id)
		return
	}
	e := entry{r, r.Descriptor()}
	s.mu.entries[id] = e
	if s.config.DisableDynamicSubscriptions {
		s.registry.Replace(r.Static)
	} else {
		s.registry.Replace(e.descriptor)
	}
}

// put enters a peer that starts: what an earlier run of it had subscribed to is forgotten.
func (s *Server) put(ctx context.Context, d zebus.PeerDescriptor) error {
	return s.config.Store.Update(ctx, d.Peer.ID, func(r *Record) *Record {
		return r.Forget(*d.Timestamp).Put(d)
	})
}

// Update implements [zebus.Directory].
func (s *Server) Update(ctx context.Context, subs []zebus.SubscriptionsForType) error {
	_, self := s.registration()
	return s.updateTypes(ctx, &UpdatePeerSubscriptionsForTypesCommand{
		PeerID: self.Peer.ID, SubscriptionsForTypes: subs, TimestampUTC: s.clock.next(),
	})
}

// Unregister implements [zebus.Directory]: the directory peer stays in the books, as one that has stopped.
func (s *Server) Unregister(ctx context.Context) error {
	s.errands.close()
	s.pinger.stop()
	_, self := s.registration()
	at := s.clock.next()
	s.setRegistered(false)
	err := s.config.Store.Update(ctx, self.Peer.ID, func(r *Record) *Record { return r.stopped(at) })
	if err != nil {
		return fmt.Errorf("directory: store the stop of %s: %w", self.Peer.ID, err)
	}
	s.publish(ctx, &PeerStopped{PeerID: self.Peer.ID, PeerEndpoint: &self.Peer.Endpoint, TimestampUTC: &at})
	return nil
}

func (s *Server) setRegistered(registered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.registered, s.mu.lastPing = registered, time.Now()
}

// registration returns what the server was registered with.
func (s *Server) registration() (zebus.PeerSender, zebus.PeerDescriptor) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.mu.bus, s.mu.self
}

// record returns what is known of a peer, nil when that is nothing.
func (s *Server) record(id zebus.PeerID) *Record {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.mu.entries[id].record
}

// publish sends an event to all who want it. A peer that cannot be reached does not undo what has happened; the transport has
// logged that it cannot, once and not for every event.
func (s *Server) publish(ctx context.Context, evt zebus.Event) {
	bus, _ := s.registration()
	if err := bus.Publish(ctx, evt); err != nil {
		s.config.Logger.DebugContext(ctx, "an event did not reach everybody", "message", evt.ZebusType().ID(), "error", err)
	}
}

// publishTo sends an event to a peer, whether or not the books know it.
func (s *Server) publishTo(ctx context.Context, evt zebus.Event, peer zebus.Peer) {
	bus, _ := s.registration()
	if err := bus.PublishTo(ctx, evt, peer); err != nil {
		s.config.Logger.DebugContext(ctx, "an event did not reach its peer", "message", evt.ZebusType().ID(), "error", err)
	}
}
