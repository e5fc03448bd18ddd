package registry

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// A peer is one peer for all trees: what changes in it is seen by every lookup at once.
type peer struct {
	current atomic.Pointer[zebus.Peer]
	// ordinal is a small number of its own among the peers of a registry, for sets of peers as bits.
	ordinal int

	// The fields below belong to whoever holds Registry.mu.

	at       time.Time // logical clock of the peer; zero when it gave none
	debugger bool
	wishes   map[zebus.MessageTypeID]*wish
}

// A wish is what a peer subscribed to of one type. It outlives its last key, because its time tells a late update from
// a new one.
type wish struct {
	keys []zebus.BindingKey // distinct
	at   time.Time          // of the newest update; zero when it gave none
}

func (p *peer) id() zebus.PeerID { return p.current.Load().ID }

// change replaces the visible state by what f makes of it.
func (p *peer) change(f func(*zebus.Peer)) zebus.Peer {
	next := *p.current.Load()
	f(&next)
	p.current.Store(&next)
	return next
}

// newerThan says whether the peer is known to be newer than a time; nil is an event that does not tell its time.
func (p *peer) newerThan(at *time.Time) bool {
	return at != nil && p.at.After(*at)
}

func (p *peer) descriptor() zebus.PeerDescriptor {
	current := *p.current.Load()
	d := zebus.PeerDescriptor{Peer: current, Persistent: current.Persistent, DebuggerAttached: p.debugger}
	if !p.at.IsZero() {
		at := p.at
		d.Timestamp = &at
	}
	for _, t := range p.types() {
		for _, key := range p.wishes[t].keys {
			d.Subscriptions = append(d.Subscriptions, zebus.Subscription{Type: t, Key: key})
		}
	}
	return d
}

// types returns the types that the peer has or had subscriptions to, in order of name.
func (p *peer) types() []zebus.MessageTypeID {
	types := make([]zebus.MessageTypeID, 0, len(p.wishes))
	for t := range p.wishes {
		types = append(types, t)
	}
	slices.Sort(types)
	return types
}

// peers is a set. A new member goes behind the end, where older versions that share the memory do not look; so only the
// newest version may grow.
type peers []*peer

func (s peers) without(p *peer) peers {
	i := slices.Index(s, p)
	if i < 0 {
		return s
	}
	if len(s) == 1 {
		return nil
	}
	rest := make(peers, 0, len(s)-1)
	return append(append(rest, s[:i]...), s[i+1:]...)
}
