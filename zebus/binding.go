package zebus

import (
	"slices"
	"strings"
)

// The parts of a binding key that are no literal text.
const (
	Star  = "*" // any value at this position
	Sharp = "#" // any values from this position on
)

// A BindingKey says which messages of a type a subscriber wants: a part for each routing member, by position. With fewer
// parts, and no "#" among them, it matches nothing. The zero BindingKey, without parts, matches every message; so does the key
// with the single part "#", which is a different key nevertheless.
//
//zebus:message namespace=Abc.Zebus.Routing
type BindingKey struct {
	Parts []string `zebus:"1"`
}

// Key returns the binding key of the given parts.
func Key(parts ...string) BindingKey {
	return BindingKey{Parts: parts}
}

// ParseBindingKey reads the text form: parts joined by dots, "#" or nothing for everything.
func ParseBindingKey(text string) BindingKey {
	if text == "" || text == Sharp {
		return BindingKey{}
	}
	return BindingKey{Parts: strings.Split(text, ".")}
}

// IsEmpty says whether the key has no part, and so matches everything.
func (k BindingKey) IsEmpty() bool { return len(k.Parts) == 0 }

// Equal says whether two keys have the same parts.
func (k BindingKey) Equal(other BindingKey) bool { return slices.Equal(k.Parts, other.Parts) }

// String returns the text for logs: parts joined by dots, "#" for the empty key.
func (k BindingKey) String() string {
	if k.IsEmpty() {
		return Sharp
	}
	return strings.Join(k.Parts, ".")
}

// Part returns the constraint on the routing member at a position: a literal and true, or false when any value will do.
// A position beyond the key is unconstrained in the empty key and behind a sharp; elsewhere no value matches there, and
// the literal is empty.
func (k BindingKey) Part(position int) (literal string, constrained bool) {
	if position < len(k.Parts) {
		part := k.Parts[position]
		return part, part != Star && part != Sharp
	}
	return "", !k.IsEmpty() && !slices.Contains(k.Parts, Sharp)
}

// Matches says whether a message with the given routing content is wanted, by the rule that the directory uses for its
// own publications. A message without routing content is wanted by everything-keys only; peers, which find
// recipients through their subscription tree, send it to every subscriber of the type.
func (k BindingKey) Matches(content RoutingContent) bool {
	if k.wantsAll() {
		return true
	}
	for i, value := range content {
		if i == len(k.Parts) {
			return false
		}
		part := k.Parts[i]
		if part == Sharp {
			return true
		}
		if part != Star && !value.Matches(part) {
			return false
		}
	}
	return len(k.Parts) == len(content)
}

// wantsAll says whether the key has no constraint at all.
func (k BindingKey) wantsAll() bool {
	return k.IsEmpty() || len(k.Parts) == 1 && k.Parts[0] == Sharp
}

// Accepts says whether a handler that was registered with the key wants a message: only the positions that both
// have are compared, and the number of parts does not matter.
func (k BindingKey) Accepts(content RoutingContent) bool {
	for i, part := range k.Parts {
		if part == Sharp || i >= len(content) {
			return true
		}
		if part != Star && !content[i].Matches(part) {
			return false
		}
	}
	return true
}
