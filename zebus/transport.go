package zebus

import "context"

// Transport carries transport messages between peers.
//
// Send, Flush, Ack, Registered and PeerChanged may be called from many goroutines between Start and Stop; Start and
// Stop by one at a time. A transport can be started again after Stop has returned.
type Transport interface {
	// Start begins to receive at an endpoint of the transport's choice and returns it: what others connect to.
	// Messages for the bus may arrive at in before Start has returned. A Start that fails leaves nothing behind.
	Start(ctx context.Context, self Self, in Inbound) (endpoint string, err error)

	// Send hands over a message for every peer in d. It never waits for the network or for a peer, and has copied what
	// it needs when it returns. Messages to one peer arrive in the order of the calls. What it cannot deliver, now or
	// later, it reports: a peer that cannot take the message now is in the returned error (as a [*SendError] per peer,
	// joined), and does not keep the others from theirs; what fails later goes to [Inbound.SendFailed]. Never both.
	Send(d Delivery) error

	// Flush waits until the outgoing queue of every peer has room again, or ctx ends.
	Flush(ctx context.Context) error

	// Ack says that msg has been handled here, whatever the outcome. msg is the bus's own: it must not be kept.
	Ack(msg *TransportMessage)

	// Registered says that the directory knows this peer now.
	Registered()

	// PeerChanged says what became of another peer. What the transport does for it comes before any later Send.
	PeerChanged(c PeerChange)

	// Stop refuses what is sent from now on, sends what is queued, tells the peers, and frees everything. When ctx ends
	// first it returns ctx.Err(), and what was left unsent has been reported; everything is freed all the same.
	// Nothing is received after it has returned. Stopping what is not started does nothing.
	Stop(ctx context.Context) error
}

// Self is what a transport must know of the peer it serves.
type Self struct {
	ID          PeerID
	Environment string
	Persistent  bool
}

// A Delivery is one message and everybody it is for.
type Delivery struct {
	Message     *TransportMessage
	To          []Peer   // live recipients
	Persistent  []PeerID // those for whom it must also be stored
	Persistence *Peer    // who stores it; nil when nobody does
	// MayWait says that nobody waits for the message: where many leave, a transport may send it together with those that
	// follow, about a millisecond later. Messages to one peer stay in order.
	MayWait bool
}

// AckFree is a [Transport] that has no use for Ack. That is not called then, which saves the bus making an envelope for every
// message that it has handled.
type AckFree interface {
	// IgnoresAcks returns the transport. So one that only wraps it, and may be interested, is not mistaken for it.
	IgnoresAcks() Transport
}

// A Helper is a [Transport] that lets a goroutine which waits for an answer receive it. An answer that comes to a
// goroutine of the transport wakes another one, and with it often a thread, which takes a good part of the time that a
// command needs between idle peers.
type Helper interface {
	// Help receives in the place of the transport's own goroutine until done is closed, ctx ends, or there is something
	// else to do. It returns at once where that is not possible, for instance because somebody helps already. The caller
	// then waits as if there were no Help.
	Help(ctx context.Context, done <-chan struct{})

	// Nudge makes the goroutine in Help look at done. It is called after done was closed.
	Nudge()
}

// Inbound is the bus, as a transport sees it. None of its methods waits.
type Inbound interface {
	// Receive hands over messages in the order in which each peer sent them. The contents belong to the receiver, the
	// slice does not. It is called by one goroutine at a time, and never after Stop has returned.
	Receive(batch []TransportMessage)

	// SendFailed says that a message accepted by Send will not reach a peer. It may be called from any goroutine, but not
	// from within Send.
	SendFailed(id MessageID, to PeerID, err error)

	// SendUncertain says that up to n messages accepted for a peer since its last sign of life may be lost: the
	// connection died, and nobody can tell how many had arrived.
	SendUncertain(to PeerID, n int, err error)
}

// A PartingListener hears of peers that will answer nothing more of what they were asked: the connection to them died, or they took
// leave. An [Inbound] may be one, and so may a [Directory], to which a bus passes it on.
type PartingListener interface {
	// PeerParted says why. It must not wait, and may be called from any goroutine, but not from within Send.
	PeerParted(id PeerID, reason error)
}

// InboundHere is an [Inbound] for transports that can do without the goroutine that receives, because another one takes
// its place. A [Bus] is one.
type InboundHere interface {
	Inbound

	// ReceiveHere is Receive, but where handlers would get a goroutine of their own it returns them instead, to be called
	// soon, and after another goroutine has begun to receive. It returns nil when there is nothing to call. The contents
	// are lent: they stay the transport's, which may use their memory again when ReceiveHere has returned.
	ReceiveHere(batch []TransportMessage) (handlers func())
}

// PeerChange is news about another peer.
type PeerChange struct {
	Kind PeerChangeKind
	Peer Peer
}

// PeerChangeKind says what happened to a peer.
type PeerChangeKind uint8

// The changes of a peer.
const (
	PeerStartedChange        PeerChangeKind = iota + 1 // it registered, for the first time or again
	PeerStoppedChange                                  // it left and will be back: a persistent peer
	PeerUpdatedChange                                  // its subscriptions changed, or whether it responds
	PeerDecommissionedChange                           // it is gone
	PeerSoughtChange                                   // it is to be tried now, although it could not be reached a moment ago
)

// String returns the change as a verb for logs.
func (k PeerChangeKind) String() string {
	switch k {
	case PeerStartedChange:
		return "started"
	case PeerStoppedChange:
		return "stopped"
	case PeerUpdatedChange:
		return "updated"
	case PeerDecommissionedChange:
		return "decommissioned"
	case PeerSoughtChange:
		return "sought"
	default:
		return "unknown"
	}
}
