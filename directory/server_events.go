package directory

import (
	"context"
	"strings"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// The server reads the state of the bus from its books, so of the events that other directories publish it needs only
// the news for its own transport. Its own events it has told itself before it published them: the transport must have
// forgotten the old connection to a peer before the event goes out to that peer.

func (s *Server) peerStarted(ctx context.Context, e *PeerStarted) error {
	d := e.PeerDescriptor
	d.Peer.Persistent = d.Persistent
	s.hear(ctx, zebus.PeerStartedChange, d.Peer)
	return nil
}

func (s *Server) peerStopped(ctx context.Context, e *PeerStopped) error {
	s.hear(ctx, zebus.PeerStoppedChange, s.peer(e.PeerID))
	return nil
}

func (s *Server) peerDecommissioned(ctx context.Context, e *PeerDecommissioned) error {
	s.hear(ctx, zebus.PeerDecommissionedChange, s.peer(e.PeerID))
	return nil
}

func (s *Server) peerNotResponding(ctx context.Context, e *PeerNotResponding) error {
	s.hear(ctx, zebus.PeerUpdatedChange, s.peer(e.PeerID))
	return nil
}

func (s *Server) peerResponding(ctx context.Context, e *PeerResponding) error {
	s.hear(ctx, zebus.PeerUpdatedChange, s.peer(e.PeerID))
	return nil
}

func (s *Server) subscriptionsUpdated(ctx context.Context, e *PeerSubscriptionsUpdated) error {
	s.hear(ctx, zebus.PeerUpdatedChange, s.peer(e.PeerDescriptor.Peer.ID))
	return nil
}

// ping answers by having been handled.
func (s *Server) ping(context.Context, *PingPeerCommand) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.lastPing = time.Now()
	return nil
}

// peer returns a peer as the books have it, or no more of it than its name.
func (s *Server) peer(id zebus.PeerID) zebus.Peer {
	if peer, known := s.registry.Peer(id); known {
		return peer
	}
	return zebus.Peer{ID: id}
}

// hear passes on what another directory published.
func (s *Server) hear(ctx context.Context, kind zebus.PeerChangeKind, peer zebus.Peer) {
	_, self := s.registration()
	if originator, ok := zebus.OriginatorFrom(ctx); ok && originator.SenderID == self.Peer.ID {
		return
	}
	s.notify(kind, peer)
}

// notify tells of a change of another peer, after lookups show it.
func (s *Server) notify(kind zebus.PeerChangeKind, peer zebus.Peer) {
	if _, self := s.registration(); peer.ID != self.Peer.ID {
		s.changed(zebus.PeerChange{Kind: kind, Peer: peer})
	}
}

func compareIDs(a, b zebus.PeerID) int { return strings.Compare(string(a), string(b)) }
