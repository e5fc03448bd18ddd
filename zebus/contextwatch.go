package zebus

import "context"

// A contextWatch ends the commands that were sent with a context when that ends. Thousands of commands under way mostly
// share one context, and a watch for each would cost as much as all the rest of sending it. It is there for as long as it
// has commands.
type contextWatch struct {
	done  <-chan struct{} // of the context
	stop  func() bool
	first *Pending // of its commands, linked by their watch; guarded by the table's mutex
}

// watchedBy is how a command is linked into its watch.
type watchedBy struct {
	watch          *contextWatch // nil when there is none
	next, previous *Pending
}

// watch returns a watch over ctx that has no commands yet.
func (t *pendingCommands) watch(ctx context.Context) *contextWatch {
	w := &contextWatch{done: ctx.Done()}
	w.stop = context.AfterFunc(ctx, func() {
		for _, p := range t.takeWatched(w) {
			p.finish(completion{err: p.gaveUp(ctx)})
		}
	})
	return w
}

// add links a command into the watch.
func (w *contextWatch) add(p *Pending) {
	p.by = watchedBy{watch: w, next: w.first}
	if w.first != nil {
		w.first.by.previous = p
	}
	w.first = p
}

// remove undoes add.
func (w *contextWatch) remove(p *Pending) {
	next, previous := p.by.next, p.by.previous
	if next != nil {
		next.by.previous = previous
	}
	if previous != nil {
		previous.by.next = next
	} else {
		w.first = next
	}
	p.by = watchedBy{}
}
