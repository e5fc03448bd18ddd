package zebus

import "context"

// Sender sends commands to whoever handles them. [*Bus] is one.
type Sender interface {
	// SendAsync sends cmd to the one peer that handles it and returns at once. The reply, or the reason why there is none,
	// is in what it returns.
	SendAsync(ctx context.Context, cmd Command) *Pending
}

// PeerSender is the part of the bus that sends, as directories and the handlers of a service need it. [*Bus] is one, and
// so is the Recorder of package zebustest. Its methods may be called from many goroutines.
type PeerSender interface {
	Sender
	// SendToAsync is SendAsync to a peer of the caller's choice.
	SendToAsync(ctx context.Context, cmd Command, to Peer) *Pending
	// Publish sends evt to every peer that subscribed to it.
	Publish(ctx context.Context, evt Event) error
	// PublishTo sends evt to peers of the caller's choice, subscribed or not.
	PublishTo(ctx context.Context, evt Event, to ...Peer) error
}
