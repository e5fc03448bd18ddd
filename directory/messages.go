package directory

import (
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// RegisterPeerCommand makes a peer known to the bus.
//
//zebus:command transient reply=RegisterPeerResponse
type RegisterPeerCommand struct {
	Peer zebus.PeerDescriptor `zebus:"1"` // its timestamp is mandatory
}

// RegisterPeerResponse tells a new peer who is there, itself and the directories included.
//
//zebus:message
type RegisterPeerResponse struct {
	PeerDescriptors []zebus.PeerDescriptor `zebus:"1"`
}

// UnregisterPeerCommand says that a peer leaves: for good when it is transient.
//
//zebus:command transient
type UnregisterPeerCommand struct {
	PeerID       zebus.PeerID `zebus:"1"`
	PeerEndpoint *string      `zebus:"2"`
	TimestampUTC *time.Time   `zebus:"3"`
}

// UpdatePeerSubscriptionsCommand replaces what a peer registered with. Peers of today send
// [UpdatePeerSubscriptionsForTypesCommand].
//
//zebus:command transient
type UpdatePeerSubscriptionsCommand struct {
	PeerID        zebus.PeerID         `zebus:"1"`
	Subscriptions []zebus.Subscription `zebus:"2"`
	TimestampUTC  *time.Time           `zebus:"3"`
}

// UpdatePeerSubscriptionsForTypesCommand replaces what a peer wants of the types it lists.
//
//zebus:command transient
type UpdatePeerSubscriptionsForTypesCommand struct {
	PeerID                zebus.PeerID                 `zebus:"1"`
	SubscriptionsForTypes []zebus.SubscriptionsForType `zebus:"2"`
	TimestampUTC          time.Time                    `zebus:"3"`
}

// DecommissionPeerCommand removes a peer from the bus, whatever it says.
//
//zebus:command
type DecommissionPeerCommand struct {
	PeerID zebus.PeerID `zebus:"1"`
}

// MarkPeerAsRespondingCommand is the word of an operator that a peer is well. Its time is not looked at.
//
//zebus:command
type MarkPeerAsRespondingCommand struct {
	PeerID       zebus.PeerID `zebus:"1"`
	TimestampUTC time.Time    `zebus:"2"`
}

// MarkPeerAsNotRespondingCommand is the word of an operator that a peer is not well. Its time is not looked at.
//
//zebus:command
type MarkPeerAsNotRespondingCommand struct {
	PeerID       zebus.PeerID `zebus:"1"`
	TimestampUTC time.Time    `zebus:"2"`
}

// MarkPeerAsRespondingInternalCommand says that a peer answered a ping. It is void when something newer is known.
//
//zebus:command namespace=Abc.Zebus.Directory.Messages
type MarkPeerAsRespondingInternalCommand struct {
	PeerID       zebus.PeerID `zebus:"1"`
	TimestampUTC time.Time    `zebus:"2"`
}

// MarkPeerAsNotRespondingInternalCommand says that a peer does not answer pings. It is void when something newer is
// known.
//
//zebus:command namespace=Abc.Zebus.Directory.Messages
type MarkPeerAsNotRespondingInternalCommand struct {
	PeerID       zebus.PeerID `zebus:"1"`
	TimestampUTC time.Time    `zebus:"2"`
}

// PingPeerCommand asks a peer whether it is there. The answer is that it is done.
//
//zebus:command transient infrastructure
type PingPeerCommand struct{}

// PeerStarted says that a peer registered, for the first time or again.
//
//zebus:event transient
type PeerStarted struct {
	PeerDescriptor zebus.PeerDescriptor `zebus:"1"`
}

// PeerStopped says that a persistent peer left and will be back.
//
//zebus:event transient
type PeerStopped struct {
	PeerID       zebus.PeerID `zebus:"1"`
	PeerEndpoint *string      `zebus:"2"`
	TimestampUTC *time.Time   `zebus:"3"`
}

// PeerDecommissioned says that a peer is gone.
//
//zebus:event transient
type PeerDecommissioned struct {
	PeerID zebus.PeerID `zebus:"1"`
}

// PeerNotResponding says that a peer does not answer the pings of the directory.
//
//zebus:event transient
type PeerNotResponding struct {
	PeerID       zebus.PeerID `zebus:"1"`
	TimestampUTC *time.Time   `zebus:"2"`
}

// PeerResponding says that a peer answers pings again.
//
//zebus:event transient
type PeerResponding struct {
	PeerID       zebus.PeerID `zebus:"1"`
	TimestampUTC *time.Time   `zebus:"2"`
}

// PeerSubscriptionsUpdated says all that a peer wants from now on.
//
//zebus:event transient
type PeerSubscriptionsUpdated struct {
	PeerDescriptor zebus.PeerDescriptor `zebus:"1"`
}

// PeerSubscriptionsForTypesUpdated says what a peer wants from now on of the types it lists. Without a time it is older than
// anything.
//
//zebus:event transient
type PeerSubscriptionsForTypesUpdated struct {
	PeerID                zebus.PeerID                 `zebus:"1"`
	SubscriptionsForTypes []zebus.SubscriptionsForType `zebus:"2"`
	TimestampUTC          time.Time                    `zebus:"3"`
}
