package zebus

import (
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// Stats is what a bus is busy with at a moment.
type Stats struct {
	// PendingCommands is the number of commands that wait for their answer.
	PendingCommands int
	// OldestCommand is how long the first of them has waited.
	OldestCommand time.Duration
	// ConnectedPeers is the number of peers to which the transport has a connection; negative when it does not say.
	ConnectedPeers int
	// Dispatch is what waits in the queues, and which handlers run.
	Dispatch dispatch.Stats
}

// Stats looks at what the bus is busy with. It takes each lock for a moment only, so its parts need not be of the very
// same one.
func (b *Bus) Stats() Stats {
	s := Stats{PendingCommands: b.pending.len(), ConnectedPeers: -1, Dispatch: b.dispatcher.Stats()}
	if since := b.pending.oldest(); !since.IsZero() {
		s.OldestCommand = max(time.Since(since), 0)
	}
	if t, ok := b.config.transport.(PeerCounter); ok {
		s.ConnectedPeers = t.ConnectedPeers()
	}
	return s
}

// Purge drops every message that waits in a queue for its handler, and returns how often it did: once for each handler
// that will not see a message. Commands among them are answered with an error, events are told to the [Observer].
// Handlers that run are not affected.
func (b *Bus) Purge() int { return b.dispatcher.Purge() }

// PeerCounter is a [Transport] that knows how many peers it is connected to.
type PeerCounter interface {
	// ConnectedPeers returns the number of peers to which there is a connection now; 0 outside of Start and Stop.
	ConnectedPeers() int
}
