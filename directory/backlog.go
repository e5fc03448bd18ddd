package directory

import "sync"

// A backlog keeps directory events back while a registration is under way, because they tell what happened after a
// state of the bus that is only about to arrive. It has no limit but the time of a registration.
type backlog struct {
	mu     sync.Mutex
	held   bool
	events []func()
}

// open begins to hold events back.
func (b *backlog) open() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held, b.events = true, nil
}

// hear lets an event take effect now, or when the registration is over.
func (b *backlog) hear(event func()) {
	if !b.hold(event) {
		event()
	}
}

func (b *backlog) hold(event func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held {
		b.events = append(b.events, event)
	}
	return b.held
}

// holding says whether a registration is under way.
func (b *backlog) holding() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held
}

// drop forgets what was held back.
func (b *backlog) drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held, b.events = false, nil
}

// replay lets the events take effect in the order of their arrival. Those that arrive meanwhile queue up behind, so that
// the order holds, and none waits for it.
func (b *backlog) replay() {
	for {
		events := b.take()
		if len(events) == 0 {
			return
		}
		for _, event := range events {
			event()
		}
	}
}

// take returns what is held back. When that is nothing, events are no longer held back.
func (b *backlog) take() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	events := b.events
	b.events = nil
	b.held = len(events) > 0
	return events
}
