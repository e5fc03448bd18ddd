package registry

import "github.com/zebus-go/zebus/zebus"

// A node is a place in the tree of a type: the parts of a binding key on the way to it say what it matches.
type node struct {
	owner    *edit
	text     string   // the literal part that leads here from the node above
	peers    peers    // whose key ends here
	one      [1]*peer // where peers is while it is one: most are
	star     *node
	sharp    *node // holds what comes behind the sharp in a single level
	literals *trie
}

// A route is the way of a binding key through the tree. Parts behind a sharp decide nothing, and are kept as one
// text only to tell two keys of a peer apart.
type route struct {
	parts []string // before the sharp, if there is one
	sharp bool
	tail  string
}

// maxParts bounds the depth of the tree against keys made to exhaust memory. A longer key could only match a message
// with more routing members than that, and does match a message without any: so it counts, but has no node.
const maxParts = 1000

func routeOf(key zebus.BindingKey) route {
	for i, part := range key.Parts {
		if part == zebus.Sharp {
			return route{parts: key.Parts[:i], sharp: true, tail: canonical(key.Parts[i+1:])}
		}
	}
	return route{parts: key.Parts}
}

func (r route) tooLong() bool { return len(r.parts) > maxParts }

// next splits off the first step: a literal text, or star or sharp.
func (r route) next() (text string, kind step, rest route) {
	switch {
	case len(r.parts) > 0:
		text, rest = r.parts[0], route{parts: r.parts[1:], sharp: r.sharp, tail: r.tail}
		if text == zebus.Star {
			return "", starStep, rest
		}
		return text, literalStep, rest
	case r.sharp:
		return "", sharpStep, route{tail: r.tail}
	case r.tail != "":
		return r.tail, literalStep, route{}
	default:
		return "", arrived, route{}
	}
}

type step uint8

const (
	arrived step = iota
	literalStep
	starStep
	sharpStep
)

// child returns the node one step down, nil when there is none.
func (n *node) child(text string, kind step) *node {
	switch kind {
	case starStep:
		return n.star
	case sharpStep:
		return n.sharp
	case literalStep:
		return n.literals.find(text, hashOf(text))
	case arrived:
	}
	return n
}

// setChild puts child one step down; nil removes what is there. n belongs to the edit.
func (n *node) setChild(e *edit, text string, kind step, child *node) {
	switch {
	case kind == starStep:
		n.star = child
	case kind == sharpStep:
		n.sharp = child
	case child == nil:
		n.literals = n.literals.remove(e, text, position{hash: hashOf(text)})
	default:
		child.text = text
		n.literals = n.literals.put(e, child, position{hash: hashOf(text)})
	}
}

// find returns the node at the end of a route, nil when there is none.
func (n *node) find(r route) *node {
	for n != nil {
		text, kind, rest := r.next()
		if kind == arrived {
			return n
		}
		n, r = n.child(text, kind), rest
	}
	return nil
}

// insert returns the tree with p at the end of the route, where it is not yet.
func (n *node) insert(e *edit, r route, p *peer) *node {
	root := n.own(e)
	n = root
	for {
		text, kind, rest := r.next()
		if kind == arrived {
			n.join(p)
			return root
		}
		child := n.child(text, kind)
		owned := child.own(e)
		if owned != child {
			n.setChild(e, text, kind, owned)
		}
		n, r = owned, rest
	}
}

func (n *node) join(p *peer) {
	if len(n.peers) > 0 {
		n.peers = append(n.peers, p)
		return
	}
	n.one[0] = p
	n.peers = n.one[:]
}

// remove returns the tree without p at the end of the route, where it is; nil when nothing is left.
func (n *node) remove(e *edit, r route, p *peer) *node {
	n = n.own(e)
	text, kind, rest := r.next()
	if kind == arrived {
		n.peers = n.peers.without(p)
	} else {
		n.setChild(e, text, kind, n.child(text, kind).remove(e, rest, p))
	}
	if n.empty() {
		return nil
	}
	return n
}

func (n *node) empty() bool {
	return len(n.peers) == 0 && n.star == nil && n.sharp == nil && n.literals == nil
}

// own returns a node that the edit may change: n itself when the edit made it, else a copy.
func (n *node) own(e *edit) *node {
	switch {
	case n == nil:
		return &node{owner: e}
	case n.owner == e:
		return n
	default:
		c := *n
		c.owner = e
		return &c
	}
}
