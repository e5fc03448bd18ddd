package registry

import (
	"encoding/binary"
	"slices"
	"sync/atomic"

	"github.com/zebus-go/zebus/zebus"
)

// An index finds the subscribers of one message type.
type index struct {
	published atomic.Pointer[tree]

	// The fields below belong to whoever holds Registry.mu.

	draft   *tree // what the edit under way makes of the tree; nil between edits
	members map[*peer]*member
}

// A tree is one version of the subscriptions to a type. It does not change once it is published.
type tree struct {
	everyone peers // with any key
	all      peers // with the empty key, or with the key of nothing but a sharp
	root     *node // the other keys
}

// A member counts what a peer has in a tree. The empty key and the sharp key are told apart: while one is left the
// peer still wants everything.
type member struct {
	keys         int
	empty, sharp bool
}

func newIndex() *index {
	ix := &index{members: make(map[*peer]*member)}
	ix.published.Store(&tree{})
	return ix
}

// add subscribes a peer by a key, unless it is already.
func (ix *index) add(e *edit, p *peer, key zebus.BindingKey) {
	m, known := ix.members[p]
	if !known {
		m = &member{}
	}
	t := ix.edit(e)
	if !t.add(e, p, m, key) {
		return
	}
	if m.keys++; m.keys == 1 {
		ix.members[p] = m
		t.everyone = append(t.everyone, p)
	}
}

// remove takes back a subscription, if there is one.
func (ix *index) remove(e *edit, p *peer, key zebus.BindingKey) {
	m, known := ix.members[p]
	if !known {
		return
	}
	t := ix.edit(e)
	if !t.remove(e, p, m, key) {
		return
	}
	if m.keys--; m.keys == 0 {
		delete(ix.members, p)
		t.everyone = t.everyone.without(p)
	}
}

// edit returns the version that the edit is making.
func (ix *index) edit(e *edit) *tree {
	if ix.draft == nil {
		next := *ix.published.Load()
		ix.draft = &next
		e.touched = append(e.touched, ix)
	}
	return ix.draft
}

func (ix *index) publish() {
	ix.published.Store(ix.draft)
	ix.draft = nil
}

func (t *tree) add(e *edit, p *peer, m *member, key zebus.BindingKey) bool {
	if flag := m.wantsAll(key); flag != nil {
		if *flag {
			return false
		}
		if !m.empty && !m.sharp {
			t.all = append(t.all, p)
		}
		*flag = true
		return true
	}
	r := routeOf(key)
	if r.tooLong() {
		return true
	}
	if n := t.root.find(r); n != nil && slices.Contains(n.peers, p) {
		return false
	}
	t.root = t.root.insert(e, r, p)
	return true
}

func (t *tree) remove(e *edit, p *peer, m *member, key zebus.BindingKey) bool {
	if flag := m.wantsAll(key); flag != nil {
		if !*flag {
			return false
		}
		*flag = false
		if !m.empty && !m.sharp {
			t.all = t.all.without(p)
		}
		return true
	}
	r := routeOf(key)
	if r.tooLong() {
		return true
	}
	if n := t.root.find(r); n == nil || !slices.Contains(n.peers, p) {
		return false
	}
	t.root = t.root.remove(e, r, p)
	return true
}

// wantsAll returns where it is noted that the peer has the key, when that is a key to everything.
func (m *member) wantsAll(key zebus.BindingKey) *bool {
	switch {
	case key.IsEmpty():
		return &m.empty
	case len(key.Parts) == 1 && key.Parts[0] == zebus.Sharp:
		return &m.sharp
	default:
		return nil
	}
}

// canonical returns a text that differs for every list of parts, whatever is in them.
func canonical(parts []string) string {
	var b []byte
	for _, part := range parts {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	return string(b)
}
