package persistence

import "github.com/zebus-go/zebus/zebus"

// Request returns the form in which the command travels: the message to be kept, with the peers it is kept for. The type
// of the command is for routing alone, and never on the wire.
func (c *PersistMessageCommand) Request() zebus.TransportMessage {
	m := c.TransportMessage
	m.PersistentPeerIDs = c.Targets
	return m
}

// RequestIn returns the command that a message stands for when it names peers to be kept for; false when it is a
// message like any other.
func RequestIn(m zebus.TransportMessage) (*PersistMessageCommand, bool) {
	if len(m.PersistentPeerIDs) == 0 {
		return nil, false
	}
	c := &PersistMessageCommand{TransportMessage: m, Targets: m.PersistentPeerIDs}
	c.TransportMessage.PersistentPeerIDs = nil
	return c, true
}
