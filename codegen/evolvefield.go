package codegen

import "slices"

// fields compares the fields of a message.
func (e *evolution) fields(was, is *lockedMessage) {
	f := &fieldEvolution{
		evolution: e, was: was, is: is, free: freeNumber(was, is),
		rankWas: ranks(was.members), rankIs: ranks(is.members),
	}
	for _, m := range matchMembers(was.members, is.members) {
		f.field(m)
	}
}

// fieldEvolution compares the fields of one message.
type fieldEvolution struct {
	*evolution

	was, is *lockedMessage
	free    int64 // a number that no field has or had
	rankWas map[string]int
	rankIs  map[string]int
}

// freeNumber follows the highest number of a message, now or ever.
func freeNumber(was, is *lockedMessage) int64 {
	highest := int64(0)
	for _, m := range slices.Concat(was.members, is.members) {
		highest = max(highest, m.number)
	}
	if next := highest + 1; next < firstReserved || next > lastReserved {
		return next
	}
	return lastReserved + 1
}

func (f *fieldEvolution) field(m match) {
	switch m.fate {
	case kept:
		f.kept(m.was, m.is)
	case moved:
		f.breaksf(m.is.place, f.name(m.is), "it had number %d and has %d, where peers that run do not look for it: "+
			"give it number %[1]d again", m.was.number, m.is.number)
	case replaced:
		f.replaced(m.was, m.is)
	case gone:
		f.breaksf(f.is.place, f.name(m.was), "field %d is gone, and peers that run still read it: "+
			"put it back until none does", m.was.number)
	case revived:
		f.revived(m.was, m.is)
	case added:
		f.added(m.is)
	}
}

// name is that of a field for people.
func (f *fieldEvolution) name(m *lockedMember) string {
	return f.is.goName + "." + m.name
}

// kept compares a field that has its number still.
func (f *fieldEvolution) kept(was, is *lockedMember) {
	f.typeOf(was, is)
	f.words(was, is)
	f.routing(was, is)
}

func (f *fieldEvolution) typeOf(was, is *lockedMember) {
	before := f.current(was)
	switch {
	case before.typeText == is.typeText:
		return
	case sameOnWire(before, is):
		f.notesf("%s was %s and is %s, which is the same to peers", f.name(is), was.typeText, is.typeText)
	default:
		f.breaksf(is.place, f.name(is), "it was %s and is %s, and peers that run read and write the former: "+
			"keep it, and add a field of the new type with number %d", was.typeText, is.typeText, f.free)
	}
}

// current is a field in the names of today.
func (f *fieldEvolution) current(m *lockedMember) *lockedMember {
	renamed := *m
	renamed.typeText = f.renamed(m.typeText)
	return &renamed
}

// wordRemedies say what peers see of an option, and what else can be done.
var wordRemedies = map[string]string{
	wordRequired:  "whether zero is written or left out tells peers zero from absent",
	wordPacked:    "peers that run tell an empty list from none by it",
	wordZigzag:    "peers that run would read other numbers",
	wordFixed:     "peers that run expect the other form of it",
	wordTimestamp: "peers that run expect the other form of it",
	wordOneOf:     "peers that run do not know that it excludes others, or that it does not",
	wordInclude:   "peers that run expect it at another place",
}

func (f *fieldEvolution) words(was, is *lockedMember) {
	for _, word := range memberWords {
		before, after := slices.Contains(was.words, word), slices.Contains(is.words, word)
		switch {
		case before && !after:
			f.breaksf(is.place, f.name(is), "it was %s and is not: %s: make it %[1]s again, or add a field with number %[3]d",
				word, wordRemedies[word], f.free)
		case after && !before:
			f.breaksf(is.place, f.name(is), "it is %s and was not: %s: undo that, or add a field with number %d",
				word, wordRemedies[word], f.free)
		}
	}
}

// routing compares the place among the routing members. Gaps between positions do not matter.
func (f *fieldEvolution) routing(was, is *lockedMember) {
	before, after := f.rankWas[was.name], f.rankIs[is.name]
	const remedy = "peers that run match it otherwise: "
	switch {
	case before == after && was.position != is.position:
		f.notesf("%s has routing position %d, which is the same place among the others", f.name(is), is.position)
	case before == after:
		return
	case before == 0:
		f.newRouting(is)
	case after == 0:
		f.breaksf(is.place, f.name(is), "it was routing member %d and is none, and "+remedy+
			"write routing=%d again, or declare a new message", before, was.position)
	default:
		f.breaksf(is.place, f.name(is), "it was routing member %d and is number %d, and "+remedy+
			"keep the order, or declare a new message", before, after)
	}
}

func (f *fieldEvolution) newRouting(is *lockedMember) {
	f.breaksf(is.place, f.name(is), "it is a new routing member, and the keys of peers that run have no part for it: "+
		"remove routing, or declare a new message")
}

func (f *fieldEvolution) replaced(was, is *lockedMember) {
	if !f.looksLike(was, is) || f.rankWas[was.name] != f.rankIs[is.name] {
		f.breaksf(is.place, f.name(is), "number %d was that of %s %s, and peers that run read it as that: "+
			"put that back, and give this one number %d", was.number, was.name, was.typeText, f.free)
		return
	}
	f.breaksf(is.place, f.name(is), "number %d was that of %s: if this is the same by another name, accept it; "+
		"if not, peers that run take it for that: put that back, and give this one number %d", was.number, was.name, f.free)
}

// looksLike says whether two fields differ in no more than name and number.
func (f *fieldEvolution) looksLike(was, is *lockedMember) bool {
	return f.current(was).typeText == is.typeText && slices.Equal(was.words, is.words)
}

// revived compares a field with the one that had its number and was removed.
func (f *fieldEvolution) revived(was, is *lockedMember) {
	if was.name == is.name && f.looksLike(was, is) && is.position == 0 {
		f.notesf("%s is back, as it was", f.name(is))
		return
	}
	f.breaksf(is.place, f.name(is), "number %d was that of %s %s, which was removed and which old peers may still send: "+
		"give it number %d", was.number, was.name, was.typeText, f.free)
}

func (f *fieldEvolution) added(is *lockedMember) {
	if is.position > 0 {
		f.newRouting(is)
		return
	}
	f.notesf("%s is new, with number %d and type %s", f.name(is), is.number, is.typeText)
}
