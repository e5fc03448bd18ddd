package zebus

import (
	"context"
	"math"
	"time"
)

// Directory tells the bus where messages go.
//
// The bus adds Handlers to its own, calls Register after the transport has started and Unregister before it stops.
// AppendPeers and Peer are called for every message from many goroutines: they read memory and wait for nothing.
type Directory interface {
	// Handlers returns the handlers of the messages by which the directory learns. It is called once, before Register.
	Handlers() []Handler

	// Register makes self known and learns of the others. It may send through bus, which runs already. When it fails,
	// Unregister is not called.
	Register(ctx context.Context, bus PeerSender, self PeerDescriptor) error

	// Update makes known what self subscribes to from now on, for the types listed.
	Update(ctx context.Context, subs []SubscriptionsForType) error

	// Unregister says that self leaves.
	Unregister(ctx context.Context) error

	// AppendPeers appends the peers that subscribed to a message of type t with routing content r, each once, and
	// returns the longer slice.
	AppendPeers(dst []Peer, t MessageTypeID, r RoutingContent) []Peer

	// Peer returns the peer of that name, if it is known.
	Peer(id PeerID) (Peer, bool)

	// Watch makes f hear of every change of another peer, on the goroutine that learns of it and after lookups show it. f
	// must not wait. It is called once, before Register.
	Watch(f func(PeerChange))

	// Observe makes changed hear of the subscriptions of other peers to the given types. It is called once, before Register.
	Observe(types []MessageTypeID, changed func(PeerID, []Subscription))

	// SincePing returns the time since the directory last pinged this peer, or since registration before the first ping;
	// [NeverPinged] when not registered.
	SincePing() time.Duration
}

// NeverPinged is the time since the last ping of a peer that is not registered.
const NeverPinged = time.Duration(math.MaxInt64)
