package directory

import (
	"slices"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// A Record is what a directory keeps of one peer. Its methods are the rules by which it changes; they return another
// record and leave the old one as it is, nil being that of a peer nobody knows. Timestamps decide: what is older
// than what is known changes nothing, and the same record is returned.
//
//zebus:message namespace=Zebus.Directory
type Record struct {
	// Static is the peer as it registered, with the subscriptions of that moment.
	Static zebus.PeerDescriptor `zebus:"1"`
	// Dynamic is what the peer has said since about single types.
	Dynamic []DynamicSubscriptions `zebus:"2"`
}

// DynamicSubscriptions are the keys by which a peer subscribed to a type after it had registered. Without a key the
// peer no longer wants the type, and what it registered with for the type is hidden.
//
//zebus:message namespace=Zebus.Directory
type DynamicSubscriptions struct {
	Type      zebus.MessageTypeID `zebus:"1"`
	Keys      []zebus.BindingKey  `zebus:"2"`
	Timestamp time.Time           `zebus:"3"`
}

// Put replaces what the peer registered with. What it said of single types stays: see Forget.
func (r *Record) Put(d zebus.PeerDescriptor) *Record {
	d.Peer.Persistent = d.Persistent
	if r == nil {
		return &Record{Static: d}
	}
	if r.newerThan(d.Timestamp) {
		return r
	}
	return &Record{Static: d, Dynamic: r.Dynamic}
}

// Forget removes what the peer said of single types up to a time.
func (r *Record) Forget(at time.Time) *Record {
	if r == nil || len(r.Dynamic) == 0 {
		return r
	}
	next := &Record{Static: r.Static}
	for _, d := range r.Dynamic {
		if d.Timestamp.After(at) {
			next.Dynamic = append(next.Dynamic, d)
		}
	}
	return next
}

// Update replaces the keys of the types listed.
func (r *Record) Update(subs []zebus.SubscriptionsForType, at time.Time) *Record {
	if r == nil || r.newerThan(&at) || len(subs) == 0 {
		return r
	}
	next := &Record{Static: r.Static, Dynamic: slices.Clone(r.Dynamic)}
	for _, sub := range subs {
		next.update(DynamicSubscriptions{Type: sub.Type, Keys: sub.Keys, Timestamp: at})
	}
	return next
}

// update puts d in the place of what is known of its type, unless that is newer. r is not shared yet.
func (r *Record) update(d DynamicSubscriptions) {
	i := slices.IndexFunc(r.Dynamic, func(known DynamicSubscriptions) bool { return known.Type == d.Type })
	switch {
	case i < 0:
		r.Dynamic = append(r.Dynamic, d)
	case !r.Dynamic[i].Timestamp.After(d.Timestamp):
		r.Dynamic[i] = d
	}
}

// SetResponding says whether the peer answers pings. It never makes a record.
func (r *Record) SetResponding(responding bool, at time.Time) *Record {
	if r == nil || r.newerThan(&at) {
		return r
	}
	next := *r
	next.Static.Peer.Responding = responding
	next.Static.Timestamp = &at
	return &next
}

// Descriptor returns the peer as others shall see it: what it registered with, then what it has said since, each
// subscription once.
func (r *Record) Descriptor() zebus.PeerDescriptor {
	d := r.Static
	seen := make(map[string]bool, len(d.Subscriptions))
	var subs []zebus.Subscription
	add := func(sub zebus.Subscription) {
		if id := identity(sub); !seen[id] {
			seen[id] = true
			subs = append(subs, sub)
		}
	}
	for _, sub := range r.Static.Subscriptions {
		if !r.hides(sub.Type) {
			add(sub)
		}
	}
	for _, dynamic := range r.Dynamic {
		for _, key := range dynamic.Keys {
			add(zebus.Subscription{Type: dynamic.Type, Key: key})
		}
	}
	d.Subscriptions = subs
	return d
}

// hides says whether the peer wants nothing more of a type.
func (r *Record) hides(t zebus.MessageTypeID) bool {
	for _, d := range r.Dynamic {
		if d.Type == t {
			return len(d.Keys) == 0
		}
	}
	return false
}

// newerThan says whether the record is known to be newer than a time; nil is the time of who does not tell it.
func (r *Record) newerThan(at *time.Time) bool {
	return at != nil && r.Static.Timestamp != nil && r.Static.Timestamp.After(*at)
}

// conflictsWith says whether a peer of the same name answers from another host.
func (r *Record) conflictsWith(p zebus.Peer) bool {
	return r != nil && r.Static.Peer.Responding && hostOf(r.Static.Peer.Endpoint) != hostOf(p.Endpoint)
}

// left returns the record of a peer that has unregistered: none when it is transient.
func (r *Record) left(at time.Time) *Record {
	if !r.Static.Persistent {
		return nil
	}
	return r.stopped(at)
}

// stopped returns the record of a peer that is down. What it had subscribed to is kept as a whole, so that messages are
// stored for it, until it registers again.
func (r *Record) stopped(at time.Time) *Record {
	if r == nil || r.newerThan(&at) {
		return r
	}
	next := &Record{Static: r.Descriptor()}
	next.Static.Peer.Up, next.Static.Peer.Responding = false, false
	next.Static.Timestamp = &at
	return next
}

// resubscribed returns the record of a peer that has said anew all that it wants.
func (r *Record) resubscribed(subs []zebus.Subscription, at *time.Time) *Record {
	next := &Record{Static: r.Static}
	next.Static.Subscriptions = subs
	if at != nil {
		next.Static.Timestamp = at
		next.Dynamic = r.Forget(*at).Dynamic
	}
	return next
}
