package registry

import (
	"maps"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// An edit is one update of a registry. What it has built it may change in place; what was there before is shared
// with lookups under way, and is copied first. Nothing of it is seen until commit.
type edit struct {
	r       *Registry
	types   map[zebus.MessageTypeID]*index // a copy of the registry's; nil while the edit adds and removes none
	peers   map[zebus.PeerID]*peer         // the same
	touched []*index
}

func (e *edit) index(t zebus.MessageTypeID) *index {
	if e.types != nil {
		return e.types[t]
	}
	return (*e.r.types.Load())[t]
}

func (e *edit) peer(id zebus.PeerID) *peer {
	if e.peers != nil {
		return e.peers[id]
	}
	return (*e.r.peers.Load())[id]
}

func (e *edit) ownTypes() map[zebus.MessageTypeID]*index {
	if e.types == nil {
		e.types = maps.Clone(*e.r.types.Load())
	}
	return e.types
}

func (e *edit) ownPeers() map[zebus.PeerID]*peer {
	if e.peers == nil {
		e.peers = maps.Clone(*e.r.peers.Load())
	}
	return e.peers
}

// commit makes lookups see the edit. Trees come before the map that leads to them, and peers last: who finds a peer
// finds its subscriptions.
func (e *edit) commit() {
	for _, ix := range e.touched {
		ix.publish()
	}
	if types := e.types; types != nil {
		e.r.types.Store(&types)
	}
	if peers := e.peers; peers != nil {
		e.r.peers.Store(&peers)
	}
	*e = edit{} // nodes keep the edit as the mark of their maker; they need not keep what it held
}

// put creates or updates a peer, but for its subscriptions.
func (e *edit) put(d *zebus.PeerDescriptor) *peer {
	state := d.Peer
	state.Persistent = d.Persistent
	p := e.peer(state.ID)
	if p == nil {
		p = &peer{ordinal: e.r.ordinal(), wishes: make(map[zebus.MessageTypeID]*wish)}
		e.ownPeers()[state.ID] = p
	}
	p.current.Store(&state)
	p.debugger = d.DebuggerAttached
	p.at = time.Time{}
	if d.Timestamp != nil {
		p.at = *d.Timestamp
	}
	return p
}

// remove forgets a peer and all it wanted.
func (e *edit) remove(p *peer) {
	for t, w := range p.wishes {
		e.setKeys(p, t, w, nil)
	}
	delete(e.ownPeers(), p.id())
	e.r.free = append(e.r.free, p.ordinal)
}

// A stamp is the time of an update. An update that does not tell its time is never too late.
type stamp struct {
	at      time.Time
	unknown bool
}

func stampOf(at *time.Time) stamp {
	if at == nil {
		return stamp{unknown: true}
	}
	return stamp{at: *at}
}

// subscribe makes subs all that the peer wants, type by type.
func (e *edit) subscribe(p *peer, subs []zebus.Subscription, s stamp) {
	wanted := make(map[zebus.MessageTypeID][]zebus.BindingKey, len(subs))
	for _, sub := range subs {
		wanted[sub.Type] = append(wanted[sub.Type], sub.Key)
	}
	for t, keys := range wanted {
		e.subscribeType(p, t, keys, s)
	}
	for t := range p.wishes {
		if _, still := wanted[t]; !still {
			e.subscribeType(p, t, nil, s)
		}
	}
}

// subscribeType makes keys all that the peer wants of a type, unless something newer is known.
func (e *edit) subscribeType(p *peer, t zebus.MessageTypeID, keys []zebus.BindingKey, s stamp) {
	w := p.wishes[t]
	if w == nil {
		w = &wish{}
		p.wishes[t] = w
	} else if !s.unknown && w.at.After(s.at) {
		return
	}
	w.at = s.at
	e.setKeys(p, t, w, keys)
}

// setKeys brings the tree of the type from the old keys of the peer to the new ones.
func (e *edit) setKeys(p *peer, t zebus.MessageTypeID, w *wish, keys []zebus.BindingKey) {
	old := w.keys
	w.keys = nil
	if len(old) == 0 && len(keys) == 0 {
		return
	}
	ix := e.index(t)
	if ix == nil {
		ix = newIndex()
		e.ownTypes()[t] = ix
	}
	kept := make(map[string]bool, len(keys))
	for _, key := range keys {
		if text := canonical(key.Parts); !kept[text] {
			kept[text] = true
			w.keys = append(w.keys, key)
			ix.add(e, p, key)
		}
	}
	for _, key := range old {
		if !kept[canonical(key.Parts)] {
			ix.remove(e, p, key)
		}
	}
	if len(ix.members) == 0 {
		delete(e.ownTypes(), t)
	}
}
