package registry

import (
	"hash/maphash"
	"math/bits"
	"slices"
)

// A trie is a persistent map from text to node: a change copies the branches from the root to the place of the change
// and shares the others, which keeps a change cheap among a million texts. A branch takes five bits of the hash.
type trie struct {
	owner  *edit
	bitmap uint32 // which of the 32 places are taken
	slots  []slot // of the places taken, in order
}

// A slot holds a node, or a branch when several texts share the bits so far.
type slot struct {
	node *node
	sub  *trie
}

const (
	hashBits  = 5
	hashDepth = 64 / hashBits // branches that one hash can tell apart
)

var seed = maphash.MakeSeed()

func hashOf(text string) uint64 { return maphash.String(seed, text) }

// rehash returns other bits for texts that have all bits of their hash in common.
func rehash(text string, depth int) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	_, _ = h.WriteString(text) // never fails
	for range depth / hashDepth {
		_ = h.WriteByte(0xff)
	}
	return h.Sum64()
}

// A position walks down the trie by the hash of a text.
type position struct {
	hash  uint64
	depth int
}

func (at position) bit() uint32 { return 1 << (at.hash & (1<<hashBits - 1)) }

func (at position) below(text string) position {
	at.depth++
	at.hash >>= hashBits
	if at.depth%hashDepth == 0 {
		at.hash = rehash(text, at.depth)
	}
	return at
}

// index returns where in slots the place of a bit is, or would be.
func (t *trie) index(bit uint32) int { return bits.OnesCount32(t.bitmap & (bit - 1)) }

// find returns the node of a text, nil when there is none.
func (t *trie) find(text string, hash uint64) *node {
	at := position{hash: hash}
	for t != nil {
		bit := at.bit()
		if t.bitmap&bit == 0 {
			return nil
		}
		s := &t.slots[t.index(bit)]
		if s.node != nil {
			if s.node.text == text {
				return s.node
			}
			return nil
		}
		t, at = s.sub, at.below(text)
	}
	return nil
}

// put returns the trie with n in the place of whatever had its text.
func (t *trie) put(e *edit, n *node, at position) *trie {
	t = t.own(e)
	bit := at.bit()
	i := t.index(bit)
	if t.bitmap&bit == 0 {
		t.bitmap |= bit
		t.slots = slices.Insert(t.slots, i, slot{node: n})
		return t
	}
	switch s := &t.slots[i]; {
	case s.sub != nil:
		s.sub = s.sub.put(e, n, at.below(n.text))
	case s.node.text == n.text:
		s.node = n
	default:
		s.sub = s.sub.put(e, s.node, position{hash: hashOf(s.node.text)}.to(at.depth+1, s.node.text))
		s.node, s.sub = nil, s.sub.put(e, n, at.below(n.text))
	}
	return t
}

// to walks down to a depth.
func (at position) to(depth int, text string) position {
	for at.depth < depth {
		at = at.below(text)
	}
	return at
}

// remove returns the trie without a text that is in it, nil when nothing is left.
func (t *trie) remove(e *edit, text string, at position) *trie {
	t = t.own(e)
	bit := at.bit()
	i := t.index(bit)
	if s := &t.slots[i]; s.sub != nil {
		s.sub = s.sub.remove(e, text, at.below(text))
		if only := s.sub.only(); only != nil {
			s.node, s.sub = only, nil
		}
		return t
	}
	if len(t.slots) == 1 {
		return nil
	}
	t.bitmap &^= bit
	t.slots = slices.Delete(t.slots, i, i+1)
	return t
}

// only returns the node of a branch that has no other, so that it can move up.
func (t *trie) only() *node {
	if len(t.slots) == 1 {
		return t.slots[0].node
	}
	return nil
}

// own returns a trie that the edit may change: t itself when the edit made it, else a copy.
func (t *trie) own(e *edit) *trie {
	switch {
	case t == nil:
		return &trie{owner: e}
	case t.owner == e:
		return t
	default:
		return &trie{owner: e, bitmap: t.bitmap, slots: slices.Clone(t.slots)}
	}
}
