package zebus

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// pendingCommands holds the commands that have not ended. Whoever takes a command out ends it, so each ends once.
type pendingCommands struct {
	mu struct {
		sync.Mutex
		commands map[MessageID]*Pending
		closed   error         // why no command may be added; nil while the bus runs
		watch    *contextWatch // of the command that was added last, if it has one, and that one commands
	}
	expiry expiry
	ended  func(EndedCommand) // nil when nobody watches
	helper Helper             // nil when the transport is none
}

func newPendingCommands(timeout time.Duration, ended func(EndedCommand)) *pendingCommands {
	t := &pendingCommands{ended: ended}
	t.mu.commands = make(map[MessageID]*Pending)
	t.mu.closed = ErrNotRunning
	t.expiry = expiry{timeout: timeout, end: t.expire}
	return t
}

// open lets commands in.
func (t *pendingCommands) open() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.closed = nil
}

// add registers a command before it is sent, so that an answer cannot come too early. With watched it ends when ctx does,
// but for a ctx that ends before add returns. It returns false, and the command has ended, when the bus does not run.
func (t *pendingCommands) add(ctx context.Context, p *Pending, watched bool) bool {
	var done <-chan struct{}
	if watched {
		done = ctx.Done()
	}
	added, err := t.insert(p, done, nil)
	if !added && err == nil {
		err = t.insertWatched(p, t.watch(ctx))
	}
	if err != nil {
		p.finish(completion{err: fmt.Errorf("%s: %w", p.name(), err)})
		return false
	}
	if _, bounded := ctx.Deadline(); !bounded {
		t.expiry.add(p.id)
	}
	return true
}

// insert adds a command that is watched unless done is nil: by w, or if that is nil by the watch of the command before. Where
// that is not for the same context nothing is added.
func (t *pendingCommands) insert(p *Pending, done <-chan struct{}, w *contextWatch) (added bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mu.closed != nil {
		return false, t.mu.closed
	}
	if done != nil {
		if w == nil {
			w = t.mu.watch
		}
		if w == nil || w.done != done {
			return false, nil
		}
		w.add(p)
		t.mu.watch = w
	}
	t.mu.commands[p.id] = p
	return true, nil
}

// insertWatched adds a command with a watch that it is the first to have.
func (t *pendingCommands) insertWatched(p *Pending, w *contextWatch) error {
	_, err := t.insert(p, w.done, w)
	if err != nil {
		w.stop()
	}
	return err
}

// remove takes a command out. What it returns, if anything, is a watch to stop: t.mu must be held, but not for that.
func (t *pendingCommands) remove(p *Pending) (idle *contextWatch) {
	delete(t.mu.commands, p.id)
	w := p.by.watch
	if w == nil {
		return nil
	}
	w.remove(p)
	if w.first != nil {
		return nil
	}
	if t.mu.watch == w {
		t.mu.watch = nil
	}
	return w
}

func (t *pendingCommands) take(id MessageID) *Pending {
	p, idle := t.find(id)
	if idle != nil {
		idle.stop()
	}
	return p
}

// find is take without stopping the watch.
func (t *pendingCommands) find(id MessageID) (p *Pending, idle *contextWatch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p = t.mu.commands[id]; p != nil {
		idle = t.remove(p)
	}
	return p, idle
}

// takeWatched takes the commands of a watch that is over.
func (t *pendingCommands) takeWatched(w *contextWatch) (taken []*Pending) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for w.first != nil {
		taken = append(taken, w.first)
		t.remove(w.first)
	}
	return taken
}

// end ends a command if it has not ended yet.
func (t *pendingCommands) end(id MessageID, c completion) {
	if p := t.take(id); p != nil {
		p.finish(c)
	}
}

// expire ends a command that has waited for too long.
func (t *pendingCommands) expire(id MessageID) {
	if p := t.take(id); p != nil {
		p.finish(completion{err: fmt.Errorf("%s to %s: %w of %v", p.name(), p.to, ErrCommandTimeout, t.expiry.timeout)})
	}
}

// fail ends a command with an error that does not name it.
func (t *pendingCommands) fail(id MessageID, err error) {
	if p := t.take(id); p != nil {
		p.finish(completion{err: fmt.Errorf("%s: %w", p.name(), err)})
	}
}

// endPeer ends the commands, of those that are chosen, which wait for a peer that cannot answer any more.
func (t *pendingCommands) endPeer(peer PeerID, err error, chosen func(*Pending) bool) {
	for _, p := range t.takeWhere(func(p *Pending) bool { return p.to == peer && chosen(p) }) {
		p.finish(completion{err: fmt.Errorf("%s to %s: %w", p.name(), peer, err)})
	}
}

// close ends every command and refuses new ones.
func (t *pendingCommands) close(err error) {
	t.mu.Lock()
	t.mu.closed = err
	t.mu.Unlock()
	for _, p := range t.takeWhere(func(*Pending) bool { return true }) {
		p.finish(completion{err: fmt.Errorf("%s: %w", p.name(), err)})
	}
	t.expiry.stop()
}

func (t *pendingCommands) takeWhere(want func(*Pending) bool) []*Pending {
	taken, idle := t.findWhere(want)
	for _, w := range idle {
		w.stop()
	}
	return taken
}

// findWhere is takeWhere without stopping the watches.
func (t *pendingCommands) findWhere(want func(*Pending) bool) (taken []*Pending, idle []*contextWatch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.mu.commands {
		if !want(p) {
			continue
		}
		taken = append(taken, p)
		if w := t.remove(p); w != nil {
			idle = append(idle, w)
		}
	}
	return taken, idle
}

func (t *pendingCommands) len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.mu.commands)
}

// oldest returns when the command that waits longest was sent, by the time in its ID; zero when none waits.
func (t *pendingCommands) oldest() (since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id := range t.mu.commands {
		if at := id.Time(); since.IsZero() || at.Before(since) {
			since = at
		}
	}
	return since
}
