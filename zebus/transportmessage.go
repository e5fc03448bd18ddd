package zebus

// Originator says who sent a message, and on whose behalf.
//
//zebus:message namespace=Abc.Zebus
type Originator struct {
	SenderID PeerID `zebus:"1"`
	// SenderEndpoint is where replies go, whatever the directory says.
	SenderEndpoint string `zebus:"2,required"`
	// MachineName is the name of the sender's machine. .NET writes it and does not read it.
	MachineName *string `zebus:"3"`
	// InitiatorUserName is the user at the start of the chain of messages that led to this one.
	InitiatorUserName *string `zebus:"5"`
}

// Sender returns the peer to which replies go.
func (o Originator) Sender() Peer {
	return Peer{ID: o.SenderID, Endpoint: o.SenderEndpoint, Up: true, Responding: true}
}

// TransportMessage is a message as transports carry it and as the persistence keeps it: bytes, and what is needed to
// route and answer them without understanding them.
//
// The generated methods write it as part of another message. Its own frame, which follows stricter rules, is written
// by package transport.
//
//zebus:message namespace=Abc.Zebus.Transport
type TransportMessage struct {
	ID         MessageID     `zebus:"1"`
	Type       MessageTypeID `zebus:"2"`
	Content    []byte        `zebus:"3,required"`
	Originator Originator    `zebus:"4"`
	// Environment is nil where an old sender gave none. Messages of another environment are not delivered.
	Environment *string `zebus:"5"`
	// WasPersisted says whether the persistence has the message too and waits for an acknowledgement; nil where an
	// old sender did not say.
	WasPersisted *bool `zebus:"6"`
	// PersistentPeerIDs makes the message a request to the persistence to keep it for these peers.
	PersistentPeerIDs []PeerID `zebus:"7"`

	// Extensions is nil for a message without any, which is every message of other implementations. They do not travel in
	// a message within a message.
	Extensions *Extensions
}
