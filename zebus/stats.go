package zebus

import "github.com/zebus-go/zebus/dispatch"

// Stats is what a bus is busy with at a moment.
type Stats struct {
	// PendingCommands is the number of commands that wait for their answer.
	PendingCommands int
	// Dispatch is what waits in the queues, and which handlers run.
	Dispatch dispatch.Stats
}

// Stats looks at what the bus is busy with. It takes each lock for a moment only, so its parts need not be of the very
// same one.
func (b *Bus) Stats() Stats {
	return Stats{PendingCommands: b.pending.len(), Dispatch: b.dispatcher.Stats()}
}
