package dispatch

import "time"

// newClock returns what tells the time since now; nil where nobody wants to know.
func newClock(wanted bool) func() time.Duration {
	if !wanted {
		return nil
	}
	made := time.Now()
	return func() time.Duration { return time.Since(made) }
}

// stamp notes when entries are dispatched.
func (d *Dispatcher) stamp(batch []*Entry) {
	if d.clock == nil {
		return
	}
	now := d.clock()
	for _, e := range batch {
		e.since = now
	}
}

// noteSinceLocked copies when the entries in taken were dispatched, because taken itself belongs to the holder of the
// turn.
func (q *queue) noteSinceLocked() {
	if q.clock == nil {
		return
	}
	for _, e := range q.taken.entries {
		q.since = append(q.since, e.since)
	}
}

// ageLocked returns how long the entry that waits longest has waited, 0 without one.
func (q *queue) ageLocked() time.Duration {
	switch claimed := int(q.claimed.Load()); {
	case q.clock == nil:
		return 0
	case claimed < len(q.since):
		return q.clock() - q.since[claimed]
	case q.backlog.count > 0:
		return q.clock() - q.backlog.ring.entries[q.backlog.first].since
	default:
		return 0
	}
}
