//go:build cgo

package zmq

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/zebus-go/zebus/zebus"
)

// A table holds the peers by ID. Looking one up takes no lock; a change copies the map, which is rare.
type table struct {
	mu    sync.Mutex // held by whoever changes it
	peers atomic.Pointer[map[zebus.PeerID]*peer]
}

// find returns the peer, or nil.
func (t *table) find(id zebus.PeerID) *peer {
	peers := t.peers.Load()
	if peers == nil {
		return nil
	}
	return (*peers)[id]
}

// add puts a peer in, unless it is there already, and returns the one that is there. A table of many peers first
// loses those that have no link: anybody can make us answer to peers that do not exist.
func (t *table) add(p *peer, many int) *peer {
	t.mu.Lock()
	defer t.mu.Unlock()
	if other := t.find(p.id); other != nil {
		return other
	}
	peers := t.copy()
	if len(peers) >= many {
		maps.DeleteFunc(peers, func(_ zebus.PeerID, p *peer) bool { return p.idle() })
	}
	peers[p.id] = p
	t.peers.Store(&peers)
	return p
}

// idle forgets a peer without a link, and says whether it was one. A peer whose mutex is taken is in use.
func (p *peer) idle() bool {
	if !p.mu.TryLock() {
		return false
	}
	defer p.mu.Unlock()
	p.forgotten = p.forgotten || p.link == nil
	return p.forgotten
}

func (t *table) remove(p *peer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.find(p.id) != p {
		return
	}
	peers := t.copy()
	delete(peers, p.id)
	t.peers.Store(&peers)
}

// all returns the peers in no order.
func (t *table) all() []*peer {
	peers := t.peers.Load()
	if peers == nil {
		return nil
	}
	return slices.Collect(maps.Values(*peers))
}

// copy returns a copy of the map. t.mu must be held.
func (t *table) copy() map[zebus.PeerID]*peer {
	peers := t.peers.Load()
	if peers == nil {
		return map[zebus.PeerID]*peer{}
	}
	return maps.Clone(*peers)
}
