package persistence

import (
	"github.com/zebus-go/zebus/zebus"
)

// PersistMessageCommand asks the persistence to keep a message for its targets.
//
// Peers find the persistence as the one that handles this type. On the wire the request is a transport message that
// names the targets itself; only peers of very old versions send this form.
//
//zebus:command namespace=Abc.Zebus.Persistence transient
type PersistMessageCommand struct {
	TransportMessage zebus.TransportMessage `zebus:"1"`
	Targets          []zebus.PeerID         `zebus:"2"`
}

// MessageHandled tells the persistence that its sender has handled a message, which need not be kept for it any more.
//
//zebus:event namespace=Abc.Zebus.Persistence transient
type MessageHandled struct {
	MessageID zebus.MessageID `zebus:"1"`
}

// StartMessageReplayCommand asks the persistence for every message that its sender has not acknowledged.
//
//zebus:command namespace=Abc.Zebus.Persistence transient
type StartMessageReplayCommand struct {
	// ReplayID is a random identifier, which everything that belongs to the replay carries.
	ReplayID zebus.GUID `zebus:"1,required"`
}

// MessageReplayed brings one kept message to the peer that was away.
//
//zebus:event namespace=Abc.Zebus.Persistence transient
type MessageReplayed struct {
	ReplayID zebus.GUID             `zebus:"1,required"`
	Message  zebus.TransportMessage `zebus:"2"`
}

// ReplayPhaseEnded says that everything which was stored when the replay began has been sent.
//
//zebus:event namespace=Abc.Zebus.Persistence transient
type ReplayPhaseEnded struct {
	ReplayID zebus.GUID `zebus:"1,required"`
}

// SafetyPhaseEnded says that the replay is over: messages sent from here on arrive from their senders alone.
//
//zebus:event namespace=Abc.Zebus.Persistence transient
type SafetyPhaseEnded struct {
	ReplayID zebus.GUID `zebus:"1,required"`
}
