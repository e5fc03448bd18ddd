package codegen

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// evolution compares what peers rely on with what the source offers now. It works in the terms of those who wrote the
// source: a message that has another id is the one of the same Go name, and a type of another Go name is the one of the
// same id.
type evolution struct {
	was, is  *contract
	messages []pair[lockedMessage]
	enums    []pair[lockedEnum]
	names    map[string]string // in types: what is called differently now
	breaking []breakingChange
	safe     []string // sentences
}

// pair is a thing before and after; one side is nil for what is new or gone.
type pair[T any] struct {
	was, is *T
}

// breakingChange is what makes peers misread or miss a message.
type breakingChange struct {
	name  string // by which it is accepted: Type or Type.Member
	place token.Position
	text  string // what changed, and what is safe instead
}

// evolve compares two contracts.
func evolve(was, is *contract) *evolution {
	e := &evolution{was: was, is: is, names: map[string]string{}}
	e.pairMessages()
	e.pairEnums()
	for _, m := range e.messages {
		e.message(m)
	}
	for _, enum := range e.enums {
		e.enum(enum)
	}
	slices.SortStableFunc(e.breaking, func(a, b breakingChange) int {
		return cmp.Or(strings.Compare(a.place.Filename, b.place.Filename), cmp.Compare(a.place.Line, b.place.Line))
	})
	return e
}

// breaksf reports a change. The text follows the name.
func (e *evolution) breaksf(place token.Position, name, format string, args ...any) {
	e.breaking = append(e.breaking, breakingChange{name: name, place: place, text: fmt.Sprintf(format, args...)})
}

// notesf reports a change that no peer minds.
func (e *evolution) notesf(format string, args ...any) {
	e.safe = append(e.safe, fmt.Sprintf(format, args...))
}

// pairMessages finds the messages that are the same: by type id, else by Go name.
func (e *evolution) pairMessages() {
	byID, byName := map[string]*lockedMessage{}, map[string]*lockedMessage{}
	for _, m := range e.is.messages {
		byID[m.id] = m
	}
	for _, m := range e.was.messages {
		if byID[m.id] == nil {
			byName[m.goName] = m
		}
	}
	wasByID := map[string]*lockedMessage{}
	for _, m := range e.was.messages {
		wasByID[m.id] = m
	}
	for _, m := range e.is.messages {
		was := cmp.Or(wasByID[m.id], byName[m.goName])
		if was != nil {
			e.names[was.id] = m.id
			delete(byName, was.goName)
		}
		e.messages = append(e.messages, pair[lockedMessage]{was: was, is: m})
	}
	for _, m := range e.was.messages {
		if byName[m.goName] == m {
			e.messages = append(e.messages, pair[lockedMessage]{was: m})
		}
	}
}

// pairEnums finds the enums that are the same: by Go name, or, where that changed, by their values.
func (e *evolution) pairEnums() {
	used := map[*lockedEnum]bool{}
	sameName := func(was *lockedEnum) *lockedEnum {
		at := slices.IndexFunc(e.is.enums, func(is *lockedEnum) bool { return is.goName == was.goName })
		if at < 0 {
			return nil
		}
		return e.is.enums[at]
	}
	for _, was := range e.was.enums {
		used[sameName(was)] = true
	}
	for _, was := range e.was.enums {
		is := sameName(was)
		if is == nil {
			is = e.renamedEnum(was, used)
		}
		if is != nil {
			used[is] = true
			e.names[was.goName] = is.goName
		}
		e.enums = append(e.enums, pair[lockedEnum]{was: was, is: is})
	}
	for _, is := range e.is.enums {
		if !used[is] {
			e.enums = append(e.enums, pair[lockedEnum]{is: is})
		}
	}
}

// renamedEnum finds the one new enum that has all values of another. Peers do not see what Go calls it.
func (e *evolution) renamedEnum(was *lockedEnum, used map[*lockedEnum]bool) *lockedEnum {
	var found []*lockedEnum
	for _, is := range e.is.enums {
		if !used[is] && is.basic == was.basic && includesValues(is, was) {
			found = append(found, is)
		}
	}
	if len(found) != 1 || len(live(was.members)) == 0 {
		return nil
	}
	return found[0]
}

func includesValues(is, was *lockedEnum) bool {
	for _, v := range live(was.members) {
		if !slices.ContainsFunc(is.members, func(w *lockedMember) bool { return w.number == v.number && w.name == v.name }) {
			return false
		}
	}
	return true
}

// renamed is a type or an id as it is called now.
func (e *evolution) renamed(t string) string {
	return renameType(t, e.names)
}
