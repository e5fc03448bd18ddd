package zebus

import (
	"sync"
	"time"
)

// expiry ends commands after a time that is the same for all, so that their order of entry is the order of their ends
// and one timer is enough.
type expiry struct {
	timeout time.Duration // 0: never
	end     func(MessageID)

	mu struct {
		sync.Mutex
		queue []deadline
		timer *time.Timer // nil while the queue is empty
	}
}

type deadline struct {
	id MessageID
	at time.Time
}

func (e *expiry) add(id MessageID) {
	if e.timeout == 0 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.mu.queue = append(e.mu.queue, deadline{id, time.Now().Add(e.timeout)})
	if e.mu.timer == nil {
		e.mu.timer = time.AfterFunc(e.timeout, e.sweep)
	}
}

// sweep ends what is due and sets the timer for the next.
func (e *expiry) sweep() {
	for _, id := range e.due(time.Now()) {
		e.end(id)
	}
}

func (e *expiry) due(now time.Time) (ids []MessageID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for ; n < len(e.mu.queue) && !e.mu.queue[n].at.After(now); n++ {
		ids = append(ids, e.mu.queue[n].id)
	}
	e.mu.queue = e.mu.queue[n:]
	e.mu.timer = nil
	if len(e.mu.queue) > 0 {
		e.mu.timer = time.AfterFunc(e.mu.queue[0].at.Sub(now), e.sweep)
	}
	return ids
}

func (e *expiry) stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.mu.timer != nil {
		e.mu.timer.Stop()
	}
	e.mu.timer, e.mu.queue = nil, nil
}
