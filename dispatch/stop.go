package dispatch

import (
	"context"
	"errors"
	"slices"
)

// Load makes a stopped dispatcher accept entries, which wait until Start. A new
// dispatcher is loaded already; in other states Load does nothing.
func (d *Dispatcher) Load() { d.atLeast(loaded) }

// Start runs what the queues hold and what they will get. It does nothing when the
// dispatcher is started, or stopping.
func (d *Dispatcher) Start() {
	d.atLeast(started)
	for _, q := range d.all() {
		q.wake()
	}
}

// atLeast moves to a state, unless the dispatcher is further.
func (d *Dispatcher) atLeast(s state) {
	d.ending.Lock()
	defer d.ending.Unlock()
	d.life.move(func(now state) state { return max(now, s) })
}

// Stop lets the queues run dry and waits until every queue is empty, no handler is
// running or waiting with its turn lent, and no call to Dispatch is under way, all at the same moment.
// Meanwhile only local entries are accepted, and afterwards none. Entries that waited
// for a Start that never came are rejected with ErrStopped.
//
// When ctx ends first, Stop returns its error joined with a [*StillRunningError]. The dispatcher
// is still stopping then, and another Stop goes on from there. Stopping what is stopped
// does nothing. A handler must not call Stop, for it would wait for itself.
func (d *Dispatcher) Stop(ctx context.Context) error {
	select {
	case d.stopper <- struct{}{}:
	default:
		select {
		case d.stopper <- struct{}{}:
		case <-ctx.Done():
			return errors.Join(ctx.Err(), d.stillRunning())
		}
	}
	defer func() { <-d.stopper }()
	return d.stop(ctx)
}

func (d *Dispatcher) stop(ctx context.Context) error {
	if d.beginStop() == stopped {
		return nil
	}
	for !d.endStop() {
		select {
		case <-d.life.quiet:
		case <-ctx.Done():
			return errors.Join(ctx.Err(), d.stillRunning())
		}
	}
	return nil
}

// beginStop moves to stopping and drops what was never started. It returns the state
// it found.
func (d *Dispatcher) beginStop() state {
	dropped := make(map[*queue][]item)
	queues, unlock := d.lockQueues()
	was := d.life.move(func(now state) state {
		if now == stopped {
			return stopped
		}
		return stopping
	})
	if was == loaded {
		for _, q := range queues {
			dropped[q] = q.drainLocked()
		}
	}
	unlock()
	for _, q := range queues {
		d.drop(q, dropped[q], ErrStopped)
	}
	return was
}

// endStop moves to stopped if nothing is going on, and waits for the workers.
func (d *Dispatcher) endStop() bool {
	d.ending.Lock()
	defer d.ending.Unlock()
	if !d.finish() {
		return false
	}
	d.workers.Wait() // they have nothing left to do but to return
	return true
}

// finish moves to stopped if nothing is going on. With all queues locked, none can get work
// from another one after it was looked at.
func (d *Dispatcher) finish() bool {
	queues, unlock := d.lockQueues()
	defer unlock()
	busy := slices.ContainsFunc(queues, func(q *queue) bool { return !q.idleLocked() })
	return !busy && d.life.finish()
}

// lockQueues locks all queues, in order of their index. Nothing else holds two of
// their locks at a time.
func (d *Dispatcher) lockQueues() (queues []*queue, unlock func()) {
	d.mu.RLock()
	for _, q := range d.queues {
		q.mu.Lock()
	}
	return d.queues, func() {
		for _, q := range d.queues {
			q.mu.Unlock()
		}
		d.mu.RUnlock()
	}
}

// stillRunning names what keeps the dispatcher from stopping.
func (d *Dispatcher) stillRunning() *StillRunningError {
	e := new(StillRunningError)
	for _, q := range d.Stats().Queues {
		e.Waiting += q.Length
		for _, handler := range append(q.Lent, q.Running) {
			if handler != "" {
				e.Handlers = append(e.Handlers, handler+" on "+q.Name)
			}
		}
	}
	slices.Sort(e.Handlers)
	return e
}
