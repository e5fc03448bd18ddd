package codegen

import "slices"

// merged is the contract to keep from now on: what the source offers, and all that was ever removed.
func (e *evolution) merged() *contract {
	c := &contract{}
	for _, m := range e.messages {
		c.keepMessage(e, m)
	}
	for _, enum := range e.enums {
		if enum.is != nil {
			c.keepEnum(e, enum)
		}
	}
	for _, r := range e.was.removed {
		c.remove(r.id)
	}
	isUsed := func(r *removedID) bool {
		return slices.ContainsFunc(c.messages, func(m *lockedMessage) bool { return m.id == r.id })
	}
	c.removed = slices.DeleteFunc(c.removed, isUsed)
	c.sort()
	return c
}

// keepMessage keeps a message, or the type id of one that is gone or has another.
func (c *contract) keepMessage(e *evolution, m pair[lockedMessage]) {
	if m.was != nil && (m.is == nil || m.is.id != m.was.id) {
		c.remove(m.was.id)
	}
	if m.is == nil {
		return
	}
	message := *m.is
	if m.was != nil {
		message.members = e.keepNumbers(m.was.members, m.is.members)
	}
	c.messages = append(c.messages, &message)
}

func (c *contract) keepEnum(e *evolution, enum pair[lockedEnum]) {
	values := *enum.is
	if enum.was != nil {
		values.members = e.keepNumbers(enum.was.members, enum.is.members)
	}
	c.enums = append(c.enums, &values)
}

func (c *contract) remove(id string) {
	if !slices.ContainsFunc(c.removed, func(r *removedID) bool { return r.id == id }) {
		c.removed = append(c.removed, &removedID{id: id})
	}
}

// keepNumbers adds members that are gone, so that nobody uses their numbers again.
func (e *evolution) keepNumbers(was, is []*lockedMember) []*lockedMember {
	all := slices.Clone(is)
	for _, m := range was {
		if slices.ContainsFunc(is, func(other *lockedMember) bool { return other.number == m.number }) {
			continue
		}
		kept := *m
		kept.reserved, kept.position = true, 0
		kept.typeText = e.renamed(m.typeText)
		all = append(all, &kept)
	}
	return all
}
