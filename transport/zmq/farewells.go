//go:build cgo

package zmq

import (
	"maps"
	"slices"
	"sync"

	"github.com/zebus-go/zebus/zebus"
)

// Farewells are the peers to whom a stopping peer has said EndOfStream. They are waited for by name: an
// acknowledgement that nobody waits for changes nothing.
type farewells struct {
	mu      sync.Mutex
	waiting map[zebus.PeerID]struct{}
	read    map[zebus.PeerID]struct{} // acknowledged: it has read everything
	none    chan struct{}             // closed when nobody is waited for; nil while nobody waits
}

// expect waits for one more peer.
func (f *farewells) expect(id zebus.PeerID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting == nil {
		f.waiting, f.read = map[zebus.PeerID]struct{}{}, map[zebus.PeerID]struct{}{}
	}
	f.waiting[id] = struct{}{}
}

// ack says that a peer has read everything. It returns whether it was waited for.
func (f *farewells) ack(id zebus.PeerID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.waiting[id]; !ok {
		return false
	}
	f.read[id] = struct{}{}
	f.forgetLocked(id)
	return true
}

// drop stops waiting for a peer that cannot answer.
func (f *farewells) drop(id zebus.PeerID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forgetLocked(id)
}

// forgetLocked takes a peer from those waited for. f.mu must be held.
func (f *farewells) forgetLocked(id zebus.PeerID) {
	delete(f.waiting, id)
	if len(f.waiting) == 0 && f.none != nil {
		close(f.none)
		f.none = nil
	}
}

// acked says whether the peer has read everything.
func (f *farewells) acked(id zebus.PeerID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.read[id]
	return ok
}

// missing returns the peers that are still waited for, in order.
func (f *farewells) missing() []zebus.PeerID {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.waiting))
}

// done returns a channel that is closed when nobody is waited for. It is called once, after the last expect.
func (f *farewells) done() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	none := make(chan struct{})
	if len(f.waiting) == 0 {
		close(none)
		return none
	}
	f.none = none
	return none
}
