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

// now returns what the clock says; 0 where nobody wants to know.
func (q *queue) now() time.Duration {
	if q.clock == nil {
		return 0
	}
	return q.clock()
}

// ageLocked returns how long the entry that waits longest has waited, 0 without one.
func (q *queue) ageLocked() time.Duration {
	if q.clock == nil {
		return 0
	}
	if w := q.holder; w != nil {
		if from, to := w.waitingLocked(); from < to {
			return q.clock() - w.stretch.chunk.sinceWhen(from)
		}
	}
	if q.backlog.count > 0 {
		return q.clock() - q.backlog.oldest()
	}
	return 0
}
