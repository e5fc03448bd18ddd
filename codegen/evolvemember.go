package codegen

// fate is what became of a member that had a number.
type fate int

const (
	kept     fate = iota
	moved         // its name has another number
	replaced      // its number has a new name, and its name is gone
	gone
	added
	revived // its number was that of a member that is gone
)

// match is a member before and after.
type match struct {
	fate    fate
	was, is *lockedMember
}

// matchMembers finds out what became of each member, and what is new. Numbers are what peers know, and names tell what
// the author meant by them.
func matchMembers(was, is []*lockedMember) []match {
	byNumber, byName := map[int64]*lockedMember{}, map[string]*lockedMember{}
	for _, m := range is {
		byNumber[m.number], byName[m.name] = m, m
	}
	hadName := map[string]bool{}
	for _, m := range live(was) {
		hadName[m.name] = true
	}
	var matches []match
	known := map[*lockedMember]bool{}
	for _, m := range was {
		sameNumber, sameName := byNumber[m.number], byName[m.name]
		known[sameNumber] = true
		if sameNumber != nil && sameNumber != sameName && hadName[sameNumber.name] {
			sameNumber = nil // it comes from elsewhere, and is told of there
		}
		if found, ok := matchMember(m, sameNumber, sameName); ok {
			matches = append(matches, found)
			known[found.is] = true
		}
	}
	for _, m := range is {
		if !known[m] {
			matches = append(matches, match{fate: added, is: m})
		}
	}
	return matches
}

// matchMember compares a member with what has its number now, and what has its name.
func matchMember(was, sameNumber, sameName *lockedMember) (found match, ok bool) {
	switch {
	case was.reserved:
		return match{revived, was, sameNumber}, sameNumber != nil
	case sameNumber != nil && sameNumber == sameName:
		return match{kept, was, sameName}, true
	case sameName != nil:
		return match{moved, was, sameName}, true
	case sameNumber != nil:
		return match{replaced, was, sameNumber}, true
	default:
		return match{gone, was, nil}, true
	}
}
