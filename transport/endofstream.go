package transport

import "github.com/zebus-go/zebus/zebus"

// The messages by which transports take leave of each other. They have no content and never reach the bus.
const (
	// EndOfStream is the last message that a stopping peer sends on a connection.
	EndOfStream zebus.MessageTypeID = "Abc.Zebus.Transport.EndOfStream"
	// EndOfStreamAck answers it, and proves that everything sent before it has been read.
	EndOfStreamAck zebus.MessageTypeID = "Abc.Zebus.Transport.EndOfStreamAck"
)

// NewEndOfStream returns the leave-taking of the peer in from. Each needs an ID of its own.
func NewEndOfStream(id zebus.MessageID, from zebus.Originator) *zebus.TransportMessage {
	return &zebus.TransportMessage{ID: id, Type: EndOfStream, Originator: from}
}

// NewEndOfStreamAck returns the answer of the peer in from to the EndOfStream of another.
func NewEndOfStreamAck(id zebus.MessageID, from zebus.Originator) *zebus.TransportMessage {
	return &zebus.TransportMessage{ID: id, Type: EndOfStreamAck, Originator: from}
}
