package persistence

import (
	"github.com/zebus-go/zebus/zebus"
)

// PublishNonAckMessagesCountCommand asks the persistence to publish [NonAckMessagesCountChanged] for every peer.
//
//zebus:command namespace=Abc.Zebus.Persistence.Messages
type PublishNonAckMessagesCountCommand struct{}

// NonAckMessagesCountChanged tells how many messages wait for each of some peers.
//
//zebus:event namespace=Abc.Zebus.Persistence.Messages
type NonAckMessagesCountChanged struct {
	NonAckMessages []NonAckMessage `zebus:"1"`
}

// NonAckMessage is the number of messages that one peer has not acknowledged.
//
//zebus:message namespace=Abc.Zebus.Persistence.Messages
type NonAckMessage struct {
	InstanceName string `zebus:"1,required"` // the ID of the peer as text
	Count        int32  `zebus:"2,required"` // an estimate, which may even be negative
}

// PurgeMessageQueueCommand removes every message that is kept for a peer.
//
//zebus:command namespace=Abc.Zebus.Persistence.Messages
type PurgeMessageQueueCommand struct {
	InstanceName string `zebus:"1,required"` // the ID of the peer as text
}

// RemoveMessageFromQueueCommand removes one message that is kept for a peer.
//
//zebus:command namespace=Abc.Zebus.Persistence.Messages
type RemoveMessageFromQueueCommand struct {
	PeerID    zebus.PeerID    `zebus:"1"`
	MessageID zebus.MessageID `zebus:"2"`
}

// ReplaySessionStarted tells that a replay for a peer begins.
//
//zebus:event namespace=Abc.Zebus.Persistence.Messages
type ReplaySessionStarted struct {
	Target    zebus.PeerID `zebus:"1"`
	SessionID zebus.GUID   `zebus:"2,required"` // the replay ID
}

// ReplaySessionEnded tells that a replay for a peer is over.
//
//zebus:event namespace=Abc.Zebus.Persistence.Messages
type ReplaySessionEnded struct {
	Target    zebus.PeerID `zebus:"1"`
	SessionID zebus.GUID   `zebus:"2,required"` // the replay ID
}
