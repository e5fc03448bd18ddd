package zebustest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// phoneBook knows all peers of a network that has no directory server. What one of them changes, the others know when
// the call has returned.
type phoneBook struct {
	mu      sync.RWMutex
	entries []*entry
}

// entry is a peer's page in the book, and the [zebus.Directory] of that peer.
type entry struct {
	book     *phoneBook
	id       zebus.PeerID
	watch    func(zebus.PeerChange)
	types    []zebus.MessageTypeID // observed
	observer func(zebus.PeerID, []zebus.Subscription)

	// Guarded by book.mu.
	listed bool
	peer   zebus.Peer
	subs   []zebus.Subscription
}

var _ zebus.Directory = (*entry)(nil)

// Handlers implements [zebus.Directory]: nothing is learned from messages.
func (e *entry) Handlers() []zebus.Handler { return nil }

// Watch implements [zebus.Directory].
func (e *entry) Watch(f func(zebus.PeerChange)) { e.watch = f }

// Observe implements [zebus.Directory].
func (e *entry) Observe(types []zebus.MessageTypeID, changed func(zebus.PeerID, []zebus.Subscription)) {
	e.types, e.observer = types, changed
}

// SincePing implements [zebus.Directory]: this one never forgets anybody.
func (e *entry) SincePing() time.Duration { return 0 }

// Register implements [zebus.Directory].
func (e *entry) Register(ctx context.Context, _ zebus.PeerSender, self zebus.PeerDescriptor) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	readers := e.book.change(func() {
		e.book.removeLocked(e.id) // a persistent peer that was down
		e.peer, e.subs, e.listed = self.Peer, slices.Clone(self.Subscriptions), true
		e.peer.Persistent = self.Persistent
		e.book.entries = append(e.book.entries, e)
	})
	e.tell(readers, zebus.PeerStartedChange)
	e.show(readers, self.Subscriptions)
	for _, other := range e.book.others(e) {
		other.show([]*entry{e}, other.subs)
	}
	return nil
}

// others returns copies of all entries but one.
func (b *phoneBook) others(e *entry) (others []*entry) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, other := range b.entries {
		if other != e {
			others = append(others, &entry{id: other.id, subs: other.subs})
		}
	}
	return others
}

// Unregister implements [zebus.Directory]. A persistent peer stays in the book, as one that is down.
func (e *entry) Unregister(context.Context) error {
	kind := zebus.PeerDecommissionedChange
	readers := e.book.change(func() {
		if e.listed = false; e.peer.Persistent {
			kind = zebus.PeerStoppedChange
			e.peer.Up, e.peer.Responding = false, false
			return
		}
		e.book.removeLocked(e.id)
	})
	e.tell(readers, kind)
	return nil
}

// Update implements [zebus.Directory].
func (e *entry) Update(_ context.Context, types []zebus.SubscriptionsForType) error {
	var added []zebus.Subscription
	readers := e.book.change(func() {
		subs := slices.Clone(e.subs)
		for _, t := range types {
			subs = slices.DeleteFunc(subs, func(old zebus.Subscription) bool { return old.Type == t.Type })
			for _, key := range t.Keys {
				added = append(added, zebus.Subscription{Type: t.Type, Key: key})
			}
		}
		e.subs = slices.Concat(subs, added)
	})
	e.tell(readers, zebus.PeerUpdatedChange)
	others := slices.DeleteFunc(readers, func(r *entry) bool { return r == e }) // it knows what it subscribes to
	e.show(others, added)
	return nil
}

// AppendPeers implements [zebus.Directory].
func (e *entry) AppendPeers(dst []zebus.Peer, t zebus.MessageTypeID, r zebus.RoutingContent) []zebus.Peer {
	e.book.mu.RLock()
	defer e.book.mu.RUnlock()
	for _, other := range e.book.entries {
		if slices.ContainsFunc(other.subs, func(s zebus.Subscription) bool { return wants(s, t, r) }) {
			dst = append(dst, other.peer)
		}
	}
	return dst
}

// wants says whether a peer with the subscription gets a message. One without routing values goes to all who subscribed to
// the type, whatever their key.
func wants(s zebus.Subscription, t zebus.MessageTypeID, r zebus.RoutingContent) bool {
	return s.Type == t && (len(r) == 0 || s.Key.Matches(r))
}

// Peer implements [zebus.Directory].
func (e *entry) Peer(id zebus.PeerID) (zebus.Peer, bool) {
	e.book.mu.RLock()
	defer e.book.mu.RUnlock()
	for _, other := range e.book.entries {
		if other.id == id {
			return other.peer, true
		}
	}
	return zebus.Peer{}, false
}

// change changes the book and returns those who read it then.
func (b *phoneBook) change(f func()) (readers []*entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
	for _, e := range b.entries {
		if e.listed {
			readers = append(readers, e)
		}
	}
	return readers
}

// removeLocked takes a peer out of the book. b.mu must be held.
func (b *phoneBook) removeLocked(id zebus.PeerID) {
	b.entries = slices.DeleteFunc(b.entries, func(e *entry) bool { return e.id == id })
}

// tell lets the others hear what became of the peer.
func (e *entry) tell(readers []*entry, kind zebus.PeerChangeKind) {
	e.book.mu.RLock()
	change := zebus.PeerChange{Kind: kind, Peer: e.peer}
	e.book.mu.RUnlock()
	for _, r := range readers {
		if r.id != e.id {
			r.watch(change)
		}
	}
}

// show lets those who observe a type see who subscribed to it.
func (e *entry) show(readers []*entry, subs []zebus.Subscription) {
	for _, r := range readers {
		var seen []zebus.Subscription
		for _, s := range subs {
			if slices.Contains(r.types, s.Type) {
				seen = append(seen, s)
			}
		}
		if len(seen) > 0 {
			r.observer(e.id, seen)
		}
	}
}
