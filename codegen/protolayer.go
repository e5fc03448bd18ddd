package codegen

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// protoNode is a message or an enum on its way into a .proto file.
type protoNode struct {
	declaration *declaration
	fullName    string
	references  []*protoNode // of the package
	layer       int
	file        *protoFile
}

func (n *protoNode) namespace() string {
	namespace, _ := cutName(n.fullName)
	return namespace
}

// A .proto file holds one namespace, and files must not import each other in a circle. The messages of a Go package
// know no such bounds. So there is a file for each namespace; where namespaces need each other, theirs are split into
// layers, of which each needs lower ones only. What then still closes a circle, two messages that hold each other in
// spite of different namespaces, cannot be said in protobuf: such a field is described as bytes, which it is on the wire.

// refers says whether a field of n may be described as the message other.
func (n *protoNode) refers(other *protoNode) bool {
	return n.namespace() == other.namespace() || !other.reaches(n, map[*protoNode]bool{})
}

// reaches says whether n holds other, itself or through what it holds.
func (n *protoNode) reaches(other *protoNode, visited map[*protoNode]bool) bool {
	if n == other {
		return true
	}
	if visited[n] {
		return false
	}
	visited[n] = true
	for _, next := range n.references {
		if next.reaches(other, visited) {
			return true
		}
	}
	return false
}

// layers sets the layer of every node: 0 where its namespace needs none, or where it holds nothing of another one.
func layers(nodes []*protoNode) {
	needed := neededNamespaces(nodes)
	for changed := true; changed; {
		changed = false
		for _, n := range nodes {
			if least := n.leastLayer(needed); least > n.layer {
				n.layer, changed = least, true
			}
		}
	}
}

// leastLayer is the lowest layer that n can have above what it holds.
func (n *protoNode) leastLayer(needed map[[2]string]bool) int {
	least := 0
	for _, other := range n.references {
		from, to := n.namespace(), other.namespace()
		switch {
		case from == to:
			least = max(least, other.layer)
		case needed[[2]string{to, from}] && n.refers(other):
			least = max(least, other.layer+1)
		}
	}
	return least
}

// neededNamespaces says of pairs of namespaces whether the first needs the second, directly or not.
func neededNamespaces(nodes []*protoNode) map[[2]string]bool {
	needed := map[[2]string]bool{}
	for _, n := range nodes {
		for _, other := range n.references {
			if n.refers(other) {
				needed[[2]string{n.namespace(), other.namespace()}] = true
			}
		}
	}
	for before := 0; before < len(needed); {
		before = len(needed)
		chain(needed)
	}
	return needed
}

// chain adds what follows from two steps.
func chain(needed map[[2]string]bool) {
	for _, first := range slices.Collect(maps.Keys(needed)) {
		for _, second := range slices.Collect(maps.Keys(needed)) {
			if first[1] == second[0] {
				needed[[2]string{first[0], second[1]}] = true
			}
		}
	}
}

// protoPath is the path by which other .proto files import that of a namespace in a Go package.
func protoPath(namespace, pkg string, layer int) string {
	path := strings.ReplaceAll(namespace, ".", "/") + "/" + pkg
	if layer > 0 {
		path += "_" + strconv.Itoa(layer)
	}
	return strings.TrimPrefix(path, "/") + ".proto"
}
