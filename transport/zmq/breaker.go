package zmq

import (
	"fmt"
	"time"
)

// A breaker decides when a peer is in the closed state, in which messages to it fail at once instead of being tried.
// It is told the time.
//
// One success forgets all failures. The end of the closed state does not: the next failure closes again.
type breaker struct {
	retries  int // failures in a row that are forgiven
	failures int // in a row
	until    time.Time
	reason   error // why it is closed; nil while it is not
}

// closed returns why nothing is to be sent at the time now, and nil when something may be.
func (b *breaker) closed(now time.Time) error {
	if b.reason == nil {
		return nil
	}
	left := b.until.Sub(now)
	if left <= 0 {
		b.reason = nil
		return nil
	}
	return fmt.Errorf("%w, tried again in %v", b.reason, left.Round(time.Millisecond))
}

// failed notes a send that failed for a reason, and returns whether the breaker is closed now, for that long.
func (b *breaker) failed(now time.Time, reason error, period time.Duration) bool {
	enough := b.failures >= b.retries
	b.failures++
	if enough {
		b.shut(now, reason, period)
	}
	return enough
}

// shut closes for a period whatever happened before.
func (b *breaker) shut(now time.Time, reason error, period time.Duration) {
	b.reason, b.until = reason, now.Add(period)
}

// succeeded notes that a message was taken.
func (b *breaker) succeeded() { b.failures = 0 }

// open ends the closed state.
func (b *breaker) open() { b.reason = nil }
