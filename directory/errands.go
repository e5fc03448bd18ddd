package directory

import (
	"sync"
	"time"
)

// Errands are what a server does some time later, unless it has stopped by then. The zero value takes none.
type errands struct {
	mu      sync.Mutex
	timers  map[int]*time.Timer // by number; nil while the server does not run
	next    int
	running sync.WaitGroup // timers that have not been stopped
}

// open takes errands from now on.
func (e *errands) open() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.timers = make(map[int]*time.Timer)
}

// after runs an errand after the delay.
func (e *errands) after(delay time.Duration, errand func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.timers == nil {
		return
	}
	e.running.Add(1)
	number := e.next
	e.next++
	e.timers[number] = time.AfterFunc(delay, func() {
		defer e.running.Done()
		if e.due(number) {
			errand()
		}
	})
}

// due takes an errand that is about to be run from those that wait, and says whether it was among them.
func (e *errands) due(number int) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, waits := e.timers[number]
	delete(e.timers, number)
	return waits
}

// close drops all errands and returns when none is running. None is taken until the next open.
func (e *errands) close() {
	e.mu.Lock()
	for _, timer := range e.timers {
		if timer.Stop() {
			e.running.Done()
		}
	}
	e.timers = nil
	e.mu.Unlock()
	e.running.Wait()
}
