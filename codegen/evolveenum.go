package codegen

// enum compares an enum.
func (e *evolution) enum(pair pair[lockedEnum]) {
	was, is := pair.was, pair.is
	switch {
	case is == nil:
		e.breaksf(was.place, was.goName, "enum %[1]s is gone, and peers that run still send its values: put it back", was.goName)
		return
	case was == nil:
		e.notesf("%s is a new enum", is.goName)
		return
	case was.goName != is.goName:
		e.notesf("enum %s is called %s now", was.goName, is.goName)
	}
	if was.basic != is.basic {
		e.breaksf(is.place, is.goName, "it was %s and is %s, and peers that run read and write the former: keep it, "+
			"and declare a new enum for new fields", was.basic, is.basic)
	}
	for _, m := range matchMembers(was.members, is.members) {
		e.value(was, is, m)
	}
}

// value compares a value of an enum.
func (e *evolution) value(was, is *lockedEnum, m match) {
	switch m.fate {
	case kept:
	case moved:
		e.breaksf(m.is.place, is.goName+"."+m.is.name, "it was %s and is %s, and peers that run know it by the former: "+
			"give it %[1]s again, and put new constants at the end", was.number(m.was.number), is.number(m.is.number))
	case replaced:
		e.breaksf(m.is.place, is.goName+"."+m.is.name, "%s was called %s: if this is the same by another name, accept it once no "+
			"subscriber matches the former; if not, put that back, and give this one another number",
			is.number(m.is.number), m.was.name)
	case gone:
		e.breaksf(is.place, is.goName+"."+m.was.name, "%s is gone, and peers that run may still send it: "+
			"put it back", was.number(m.was.number))
	case revived:
		e.revivedValue(is, m)
	case added:
		e.notesf("%s.%s is new, with number %s", is.goName, m.is.name, is.number(m.is.number))
	}
}

func (e *evolution) revivedValue(is *lockedEnum, m match) {
	if m.was.name == m.is.name {
		e.notesf("%s.%s is back, as it was", is.goName, m.is.name)
		return
	}
	e.breaksf(m.is.place, is.goName+"."+m.is.name, "%s was %s, which was removed and which old peers may still send: "+
		"choose another number", is.number(m.is.number), m.was.name)
}
