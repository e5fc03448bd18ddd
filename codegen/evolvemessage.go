package codegen

import (
	"cmp"
	"slices"
	"strings"
)

// message compares a message.
func (e *evolution) message(m pair[lockedMessage]) {
	switch {
	case m.is == nil:
		e.breaksf(m.was.place, m.was.goName, "%s %s is gone, and peers that run still use it: put it back until none does; "+
			"if it has another name in Go now, write name=%s", m.was.kind, m.was.id, quoteWord(lastName(m.was.id)))
	case m.was == nil:
		e.newMessage(m.is)
	default:
		e.identity(m.was, m.is)
		e.flags(m.was, m.is)
		e.reply(m.was, m.is)
		e.fields(m.was, m.is)
	}
}

// lastName is a type id without its namespace.
func lastName(id string) string {
	plain, _, _ := strings.Cut(id, "<")
	return id[strings.LastIndexByte(plain, '.')+1:]
}

func namespaceBefore(id string) string {
	return strings.TrimSuffix(strings.TrimSuffix(id, lastName(id)), ".")
}

func (e *evolution) newMessage(m *lockedMessage) {
	if e.isRemoved(m.id) {
		e.breaksf(m.place, m.goName, "%s is the type id of a message that was removed, and that old peers may still send: "+
			"choose another with name= or namespace=", m.id)
		return
	}
	e.notesf("%s is a new %s, %s", m.goName, m.kind, m.id)
}

func (e *evolution) isRemoved(id string) bool {
	return slices.ContainsFunc(e.was.removed, func(r *removedID) bool { return r.id == id })
}

// identity compares by what peers find a message, and what they do with it.
func (e *evolution) identity(was, is *lockedMessage) {
	if was.id != is.id {
		e.breaksf(is.place, is.goName, "its type id was %s and is %s, and peers that run know it by the former: "+
			"write namespace=%s name=%s", was.id, is.id, namespaceBefore(was.id), quoteWord(lastName(was.id)))
		if e.isRemoved(is.id) {
			e.newMessage(is)
		}
	} else if was.goName != is.goName {
		e.notesf("%s is called %s in Go now", was.id, is.goName)
	}
	if was.kind != is.kind {
		e.breaksf(is.place, is.goName, "it was %s %s and is %s %s: peers that run send and handle it as the former: "+
			"annotate it with //zebus:%s, and declare a new message beside it",
			article(was.kind), was.kind, article(is.kind), is.kind, was.kind)
	}
}

func article(noun string) string {
	if strings.HasPrefix(noun, "e") {
		return "an"
	}
	return "a"
}

// flagRemedies says what happens between peers that see a flag differently.
var flagRemedies = map[string]string{
	wordTransient:      "some peers would store it for those that are down, and others would not",
	wordInfrastructure: "some peers would handle it before all others, and others would not",
}

func (e *evolution) flags(was, is *lockedMessage) {
	for _, flag := range messageFlags {
		before, after := slices.Contains(was.flags, flag), slices.Contains(is.flags, flag)
		switch {
		case before && !after:
			e.breaksf(is.place, is.goName, "it was %s and is not: %s: write %[1]s again, and declare a new message beside it",
				flag, flagRemedies[flag])
		case after && !before:
			e.breaksf(is.place, is.goName, "it is %s and was not: %s: remove %[1]s, and declare a new message beside it",
				flag, flagRemedies[flag])
		}
	}
}

func (e *evolution) reply(was, is *lockedMessage) {
	switch before := e.renamed(was.reply); before {
	case is.reply:
		return
	case "":
		e.breaksf(is.place, is.goName, "it had no reply and has %s, which senders that run do not know: "+
			"remove reply, and declare a new command beside it", is.reply)
	default:
		e.breaksf(is.place, is.goName, "its reply was %s and is %s, and senders that run wait for the former: "+
			"keep it, and add fields to it or declare a new command beside it", was.reply, cmp.Or(is.reply, "none"))
	}
}
