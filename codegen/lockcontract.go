package codegen

import (
	"cmp"
	"go/token"
	"slices"
	"strings"
)

// A contract is what peers rely on once they run: the messages and enums of a package, as they look from outside. One
// comes from the source, another from the lock file, and the two are compared.
type contract struct {
	messages []*lockedMessage // ascending ids
	enums    []*lockedEnum    // ascending names
	removed  []*removedID     // ascending
}

// lockedMessage is a message as peers know it. All but goName is visible to them.
type lockedMessage struct {
	kind    string // the verb of its directive
	id      string
	goName  string
	flags   []string // transient, infrastructure
	reply   string   // the type it is replied to with; empty when there is none
	members []*lockedMember
	place   token.Position
}

// lockedEnum is an annotated enum.
type lockedEnum struct {
	goName  string
	basic   string // the predeclared type beneath
	members []*lockedMember
	place   token.Position
}

// lockedMember is a field of a message or a value of an enum. Both are a number that must keep its meaning.
type lockedMember struct {
	number   int64  // of an uint64, its bits
	name     string // as people know it; a case of a oneof is Field.Case
	reserved bool   // the member is gone, and its number must not be used again
	place    token.Position

	// Of fields:
	typeText string
	words    []string // options of the tag, in the order of memberWords
	position int      // among the routing members; only the order matters
}

// removedID is the type id of a message that is gone.
type removedID struct {
	id    string
	place token.Position
}

// lockedKinds are the verbs of messages, by kind.
var lockedKinds = [...]string{kindMessage: verbMessage, kindCommand: verbCommand, kindEvent: verbEvent}

// The words of directives and tags that peers can tell, beside those of tag.go.
const (
	wordTransient      = "transient"
	wordInfrastructure = "infrastructure"
	wordRequired       = "required"
	wordPacked         = "packed"
)

// messageFlags are the words that a message can have in the lock file, in their order.
var messageFlags = []string{wordTransient, wordInfrastructure}

// memberWords are the options that a field can have in the lock file, in their order.
var memberWords = []string{wordRequired, wordPacked, wordZigzag, wordFixed, wordTimestamp, wordOneOf, wordInclude}

// isEmpty says whether there is nothing to keep.
func (c *contract) isEmpty() bool {
	return len(c.messages)+len(c.enums)+len(c.removed) == 0
}

// sort brings everything into the order of the lock file, which does not depend on that of the source.
func (c *contract) sort() {
	slices.SortFunc(c.messages, func(a, b *lockedMessage) int { return strings.Compare(a.id, b.id) })
	slices.SortFunc(c.enums, func(a, b *lockedEnum) int { return strings.Compare(a.goName, b.goName) })
	slices.SortFunc(c.removed, func(a, b *removedID) int { return strings.Compare(a.id, b.id) })
	for _, m := range c.messages {
		slices.SortFunc(m.members, func(a, b *lockedMember) int { return cmp.Compare(a.number, b.number) })
	}
	for _, e := range c.enums {
		slices.SortFunc(e.members, func(a, b *lockedMember) int { return e.compare(a.number, b.number) })
	}
}

// isUnsigned says whether the numbers of an enum are bits of an uint64.
func (e *lockedEnum) isUnsigned() bool {
	return strings.HasPrefix(e.basic, "uint")
}

func (e *lockedEnum) compare(a, b int64) int {
	if e.isUnsigned() {
		return cmp.Compare(uint64(a), uint64(b))
	}
	return cmp.Compare(a, b)
}

// live are the members that are not gone.
func live(members []*lockedMember) []*lockedMember {
	return slices.DeleteFunc(slices.Clone(members), func(m *lockedMember) bool { return m.reserved })
}

// ranks numbers the routing members from 1 in the order of their positions, by name. Peers see no more of positions.
func ranks(members []*lockedMember) map[string]int {
	routing := slices.DeleteFunc(live(members), func(m *lockedMember) bool { return m.position == 0 })
	slices.SortStableFunc(routing, func(a, b *lockedMember) int { return cmp.Compare(a.position, b.position) })
	byName := map[string]int{}
	for i, m := range routing {
		byName[m.name] = i + 1
	}
	return byName
}
