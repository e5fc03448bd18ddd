package zmq

import (
	"sync/atomic"
	"time"
)

// A shortage is that sockets or file descriptors have run out. It concerns everybody who comes then, and is worth a line in the
// log now and then, not one for each of them.
type shortage struct {
	logged atomic.Int64 // when, in nanoseconds since 1970; 0 is never
}

// shortageGap is how long after a line the next one may follow.
const shortageGap = time.Minute

// due says whether it is time for a line, which the caller writes.
func (s *shortage) due(now time.Time) bool {
	last := s.logged.Load()
	if last != 0 && now.UnixNano()-last < int64(shortageGap) {
		return false
	}
	return s.logged.CompareAndSwap(last, now.UnixNano())
}
