package registry

import (
	"slices"
	"sync"

	"github.com/zebus-go/zebus/zebus"
)

// AppendPeers appends every peer that wants a message of type t with the given routing content, each once, by the rule
// for recipients of messages: a message without routing content goes to every peer that wants any of the type.
func (r *Registry) AppendPeers(dst []zebus.Peer, t zebus.MessageTypeID, content zebus.RoutingContent) []zebus.Peer {
	tree := r.tree(t)
	switch {
	case tree == nil:
		return dst
	case len(content) == 0:
		return tree.everyone.appendTo(dst)
	default:
		return tree.appendMatching(dst, content)
	}
}

// AppendMatching appends peers by the rule of [zebus.BindingKey.Matches], which directories use for what they publish: a
// message without routing content goes only to peers that want everything of the type.
func (r *Registry) AppendMatching(dst []zebus.Peer, t zebus.MessageTypeID, content zebus.RoutingContent) []zebus.Peer {
	tree := r.tree(t)
	switch {
	case tree == nil:
		return dst
	case len(content) == 0:
		return tree.all.appendTo(dst)
	default:
		return tree.appendMatching(dst, content)
	}
}

// Peer returns a peer as it is now.
func (r *Registry) Peer(id zebus.PeerID) (zebus.Peer, bool) {
	if p := (*r.peers.Load())[id]; p != nil {
		return *p.current.Load(), true
	}
	return zebus.Peer{}, false
}

// Version returns a number that is another one after every update, from when lookups show it.
func (r *Registry) Version() uint64 { return r.version.Load() }

func (r *Registry) tree(t zebus.MessageTypeID) *tree {
	if ix := (*r.types.Load())[t]; ix != nil {
		return ix.published.Load()
	}
	return nil
}

func (t *tree) appendMatching(dst []zebus.Peer, content zebus.RoutingContent) []zebus.Peer {
	var found finding
	found.add(t.all)
	if t.root != nil {
		t.root.match(&found, content)
	}
	return found.appendTo(dst)
}

// match finds the peers below n that want the rest of a routing content.
func (n *node) match(found *finding, content zebus.RoutingContent) {
	if len(content) == 0 {
		found.add(n.peers)
		return
	}
	if n.sharp != nil {
		found.add(n.sharp.peers)
		n.sharp.literals.all(found)
	}
	if n.star != nil {
		n.star.match(found, content[1:])
	}
	if n.literals != nil {
		n.matchValue(found, &content[0], content[1:])
	}
}

// matchValue follows the literal that equals a value, or those that equal an item of it. Null and the empty collection
// have no items.
func (n *node) matchValue(found *finding, value *zebus.RoutingValue, rest zebus.RoutingContent) {
	text, single := value.Text()
	if !single {
		items := value.Items()
		for i := range items {
			n.matchValue(found, &items[i], rest)
		}
		return
	}
	if child := n.literals.find(text, hashOf(text)); child != nil {
		child.match(found, rest)
	}
}

// all finds every peer of a trie.
func (t *trie) all(found *finding) {
	if t == nil {
		return
	}
	for i := range t.slots {
		if n := t.slots[i].node; n != nil {
			found.add(n.peers)
		} else {
			t.slots[i].sub.all(found)
		}
	}
}

func (s peers) appendTo(dst []zebus.Peer) []zebus.Peer {
	for _, p := range s {
		dst = append(dst, *p.current.Load())
	}
	return dst
}

// A finding gathers sets of peers, which may overlap, and appends their union. Most lookups find one set, which needs
// no care; a few small ones are compared; only a lookup that finds much borrows memory.
type finding struct {
	first [4]peers
	n     int // sets gathered
	size  int // peers in them, doubles included
	more  *scratch
}

// A scratch is memory that lookups borrow.
type scratch struct {
	sets []peers
	seen []uint64 // a bit for each ordinal; all zero while nobody borrows
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// fewPeers is how many peers are compared with each other rather than marked.
const fewPeers = 16

func (f *finding) add(s peers) {
	if len(s) == 0 {
		return
	}
	if f.n < len(f.first) {
		f.first[f.n] = s
	} else {
		f.borrow()
		f.more.sets = append(f.more.sets, s)
	}
	f.n++
	f.size += len(s)
}

func (f *finding) borrow() {
	if f.more == nil {
		f.more = scratches.Get().(*scratch) //nolint:forcetypeassert // the pool holds nothing else
	}
}

func (f *finding) appendTo(dst []zebus.Peer) []zebus.Peer {
	switch {
	case f.n == 0:
		return dst
	case f.n == 1:
		return f.first[0].appendTo(dst)
	case f.size <= fewPeers && f.more == nil:
		return f.appendFew(dst)
	default:
		return f.appendMany(dst)
	}
}

// appendFew compares each peer with those before it.
func (f *finding) appendFew(dst []zebus.Peer) []zebus.Peer {
	var room [fewPeers]*peer
	found := room[:0]
	for _, set := range f.first[:f.n] {
		before := found
		for _, p := range set {
			if !slices.Contains(before, p) {
				found = append(found, p)
			}
		}
	}
	return peers(found).appendTo(dst)
}

// appendMany marks each peer that it appends, and wipes the marks.
func (f *finding) appendMany(dst []zebus.Peer) []zebus.Peer {
	f.borrow()
	s := f.more
	for _, set := range f.first[:min(f.n, len(f.first))] {
		dst = s.appendUnseen(dst, set)
	}
	for _, set := range s.sets {
		dst = s.appendUnseen(dst, set)
	}
	clear(s.seen)
	clear(s.sets)
	s.sets = s.sets[:0]
	scratches.Put(s)
	return dst
}

func (s *scratch) appendUnseen(dst []zebus.Peer, set peers) []zebus.Peer {
	for _, p := range set {
		word, bit := p.ordinal/64, uint64(1)<<(p.ordinal%64)
		for word >= len(s.seen) {
			s.seen = append(s.seen, 0)
		}
		if s.seen[word]&bit == 0 {
			s.seen[word] |= bit
			dst = append(dst, *p.current.Load())
		}
	}
	return dst
}
