package directory

import (
	"sync"
	"time"
)

// clockStep is how far two times are apart at least: stores may keep no more than microseconds.
const clockStep = time.Microsecond

// A clock gives each operation of a peer a time of its own: that of the machine, or a step after the last one where the
// machine's has not moved on, or went back.
type clock struct {
	mu   sync.Mutex
	last time.Time
}

// next returns a time after every other it has returned.
func (c *clock) next() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := wireTime(time.Now())
	if earliest := c.last.Add(clockStep); now.Before(earliest) {
		now = earliest
	}
	c.last = now
	return now
}

// after returns a time after t as well.
func (c *clock) after(t time.Time) time.Time {
	c.mu.Lock()
	if t.After(c.last) {
		c.last = t
	}
	c.mu.Unlock()
	return c.next()
}

// wireTime returns what is left of a time after a journey: 100 ns, UTC.
func wireTime(t time.Time) time.Time {
	return t.UTC().Truncate(100 * time.Nanosecond)
}
