package dispatch

// DispatchInline is Dispatch for a batch of one entry whose invokers all run inline: it returns true when they have run and
// the entry is done. Where one of them has a queue, or there is none, it returns false and has done nothing.
func (d *Dispatcher) DispatchInline(batch []*Entry) bool {
	e := batch[0]
	now := e.Route.load()
	if len(now.queued) > 0 || len(now.inline) == 0 {
		return false
	}
	state := d.life.enter()
	defer d.life.leave()
	if !state.accepts(e) {
		d.turnAway(e)
		return true
	}
	var r inlineRun // field by field: a literal would be made elsewhere and copied
	r.dispatcher, r.batch, r.entry, r.invokers = d, batch, e, now.inline
	r.run()
	return true
}

// An inlineRun is a DispatchInline at work. Like a worker it writes down how far it has come, for a handler may panic
// or end the goroutine.
type inlineRun struct {
	dispatcher *Dispatcher
	batch      []*Entry
	entry      *Entry     // in it
	invokers   []*Invoker // that have yet to be asked
	running    *Invoker   // nil between two of them
	over       bool
}

// run runs what is left. When a handler panics or ends the goroutine, the rest is run while the goroutine unwinds.
func (r *inlineRun) run() {
	defer r.rescue()
	for len(r.invokers) > 0 {
		inv := r.invokers[0]
		r.invokers = r.invokers[1:]
		if r.dispatcher.wants(inv, r.entry) {
			r.running = inv
			inv.Invoke(inlineTurn, r.batch)
			r.running = nil
		}
	}
	r.over = true
	r.entry.Job.Done()
}

// rescue tells of a handler that did not return, and goes on with the rest.
func (r *inlineRun) rescue() {
	value := recover()
	switch {
	case !r.over:
		r.dispatcher.failed(r.entry, r.running, endOf(value))
		r.running = nil
		r.run()
	case value != nil:
		r.dispatcher.config.OnPanic("", NewPanicError(value))
	}
}

// endOf returns the error of a handler that did not return.
func endOf(panicked any) error {
	if panicked == nil {
		return ErrExited
	}
	return NewPanicError(panicked)
}
