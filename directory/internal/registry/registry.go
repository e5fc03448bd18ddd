package registry

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// A Registry holds the peers of a bus and their subscriptions. All methods may be called from many goroutines.
type Registry struct {
	types atomic.Pointer[map[zebus.MessageTypeID]*index]
	peers atomic.Pointer[map[zebus.PeerID]*peer]
	// version counts the updates that lookups show.
	version atomic.Uint64

	mu sync.Mutex // held by updates, and by what reads more than lookups do
	// free and ordinals hand out the small numbers of peers: free ones first, else the next.
	free     []int
	ordinals int
}

// Outcome says what became of an update.
type Outcome uint8

// The outcomes of an update.
const (
	Applied  Outcome = iota + 1
	Unknown          // the peer is not known, and nothing changed
	Outdated         // something newer is known, and nothing changed
)

// New returns a registry that knows nobody.
func New() *Registry {
	r := &Registry{}
	r.types.Store(&map[zebus.MessageTypeID]*index{})
	r.peers.Store(&map[zebus.PeerID]*peer{})
	return r
}

// Reset forgets everything and starts over with the given peers.
func (r *Registry) Reset(ds ...zebus.PeerDescriptor) {
	r.edit(func(e *edit) {
		e.types, e.peers = make(map[zebus.MessageTypeID]*index), make(map[zebus.PeerID]*peer)
		r.free, r.ordinals = nil, 0
		e.start(ds)
	})
}

// Start creates or updates peers, as their own newest word and whatever time it bears. Subscriptions follow the rule
// that the newest update of a type wins.
func (r *Registry) Start(ds ...zebus.PeerDescriptor) {
	r.edit(func(e *edit) { e.start(ds) })
}

func (e *edit) start(ds []zebus.PeerDescriptor) {
	for i := range ds {
		e.subscribe(e.put(&ds[i]), ds[i].Subscriptions, stampOf(ds[i].Timestamp))
	}
}

// Replace creates a peer or makes it exactly what d says, whatever is known.
func (r *Registry) Replace(d zebus.PeerDescriptor) {
	r.edit(func(e *edit) { e.subscribe(e.put(&d), d.Subscriptions, stamp{unknown: true}) })
}

// Stop says that a peer has left and will be back. at is when it said so, nil when that is not told; now is the time
// of the caller.
func (r *Registry) Stop(id zebus.PeerID, at *time.Time, now time.Time) (zebus.Peer, Outcome) {
	return r.change(id, at, func(_ *edit, p *peer) zebus.Peer {
		p.at = timeOr(at, now)
		return p.change(func(s *zebus.Peer) { s.Up, s.Responding = false, false })
	})
}

// Remove forgets a peer and its subscriptions, and returns what it was.
func (r *Registry) Remove(id zebus.PeerID) (zebus.Peer, Outcome) {
	return r.change(id, nil, func(e *edit, p *peer) zebus.Peer {
		e.remove(p)
		return *p.current.Load()
	})
}

// SetResponding says whether a peer answers the pings of the directory.
func (r *Registry) SetResponding(id zebus.PeerID, responding bool) (zebus.Peer, Outcome) {
	return r.change(id, nil, func(_ *edit, p *peer) zebus.Peer {
		return p.change(func(s *zebus.Peer) { s.Responding = responding })
	})
}

// SetSubscriptions makes subs all that a peer wants. For at and now see Stop.
func (r *Registry) SetSubscriptions(id zebus.PeerID, subs []zebus.Subscription, at *time.Time, now time.Time) (zebus.Peer, Outcome) {
	return r.change(id, at, func(e *edit, p *peer) zebus.Peer {
		p.at = timeOr(at, now)
		e.subscribe(p, subs, stamp{at: p.at, unknown: at == nil})
		return *p.current.Load()
	})
}

// SetSubscriptionsForTypes makes subs all that a peer wants of the types listed. The zero time is older than any other.
func (r *Registry) SetSubscriptionsForTypes(id zebus.PeerID, subs []zebus.SubscriptionsForType, at time.Time) (zebus.Peer, Outcome) {
	return r.change(id, &at, func(e *edit, p *peer) zebus.Peer {
		for _, sub := range subs {
			e.subscribeType(p, sub.Type, sub.Keys, stamp{at: at})
		}
		return *p.current.Load()
	})
}

// change applies f to a peer, if it is known and nothing newer is known of it.
func (r *Registry) change(id zebus.PeerID, at *time.Time, f func(*edit, *peer) zebus.Peer) (state zebus.Peer, outcome Outcome) {
	r.edit(func(e *edit) {
		switch p := e.peer(id); {
		case p == nil:
			outcome = Unknown
		case p.newerThan(at):
			outcome = Outdated
		default:
			state, outcome = f(e, p), Applied
		}
	})
	return state, outcome
}

func (r *Registry) edit(f func(*edit)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := &edit{r: r}
	f(e)
	e.commit()
	r.version.Add(1)
}

// ordinal returns a number that no peer has. A number is free again once its peer has left every tree, so that two
// peers of one version of a tree never share one.
func (r *Registry) ordinal() int {
	if last := len(r.free) - 1; last >= 0 {
		n := r.free[last]
		r.free = r.free[:last]
		return n
	}
	r.ordinals++
	return r.ordinals - 1
}

// Descriptors returns all that is known, in order of the IDs of the peers.
func (r *Registry) Descriptors() []zebus.PeerDescriptor {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := *r.peers.Load()
	ds := make([]zebus.PeerDescriptor, 0, len(known))
	for _, id := range slices.Sorted(maps.Keys(known)) {
		ds = append(ds, known[id].descriptor())
	}
	return ds
}

// Descriptor returns what is known of one peer.
func (r *Registry) Descriptor(id zebus.PeerID) (zebus.PeerDescriptor, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := (*r.peers.Load())[id]; p != nil {
		return p.descriptor(), true
	}
	return zebus.PeerDescriptor{}, false
}

// IsNewer says whether something newer than at is known of a peer. An update that does not tell its time is never too late.
func (r *Registry) IsNewer(id zebus.PeerID, at *time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := (*r.peers.Load())[id]
	return p != nil && p.newerThan(at)
}

func timeOr(at *time.Time, now time.Time) time.Time {
	if at != nil {
		return *at
	}
	return now
}
