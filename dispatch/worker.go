package dispatch

// A worker runs what its queue holds, on a goroutine of its own, for as long as it has the
// queue's turn. It starts with the turn, and ends when nothing is left to do, when a handler
// that waited takes the turn back, or when its own handler returned without it.
//
// Code that is not ours may panic, or end the goroutine with runtime.Goexit, in Invoke and in
// every method of a Job. The worker therefore writes down how far it has come before each such
// call. After a panic the loop, and after a Goexit a new goroutine, goes on from there. So one
// deferred call per loop is enough, and none is needed per message.
type worker struct {
	queue *queue
	start func() // w.main, made once: go with it allocates nothing

	stage stage
	inv   *Invoker
	lease lease    // of the turns of its batches
	batch []*Entry // what was claimed, and for a while what was handled
	size  int64    // bytes of what was handled and has yet to be given back
	err   error    // that ended Invoke
	told  int      // batch[:told] know err
	done  int      // batch[:done] are finished
	has   bool     // the turn, when Invoke was over
	lent  bool     // it, at some time
}

// stage is how far a worker is with its batch.
type stage uint8

const (
	resting  stage = iota // it has none
	claimed               // it is about to call Invoke
	invoking              // Invoke was called; if it is no more, it panicked or exited
	settled               // Invoke is over
)

// hireLocked returns the goroutine of a worker that has the turn. q.mu must be held.
func (q *queue) hireLocked() (run func()) {
	w := q.spare
	q.spare = nil
	if w == nil {
		w = &worker{queue: q, lease: lease{queue: q}}
		w.start = w.main
	}
	q.wg.Add(1) // the dispatcher waits for it in Stop
	return w.start
}

// main is the goroutine. When the loop is out, w may already be at work on another one.
func (w *worker) main() {
	wg, out := w.queue.wg, false
	defer func() {
		if out {
			wg.Done()
		} else {
			w.exited()
		}
	}()
	for !out {
		out = w.loop()
	}
}

// exited goes on with the work of a goroutine that is being ended by Goexit.
func (w *worker) exited() {
	if w.stage == invoking {
		w.err = ErrExited
	}
	go w.start()
}

// loop runs batch after batch. It returns true when w no longer has the turn, and
// false when a panic ended it early.
func (w *worker) loop() (out bool) {
	defer w.rescue()
	for w.finishBatch() && w.queue.claim(w) {
	}
	return true
}

// rescue keeps a panic from ending the program.
func (w *worker) rescue() {
	value := recover()
	switch {
	case value == nil:
	case w.stage == invoking:
		w.err = NewPanicError(value)
	default:
		w.queue.onPanic(w.queue.name, NewPanicError(value))
	}
}

// begin makes entries, which are w's alone, its batch.
func (w *worker) begin(inv *Invoker, batch []*Entry) {
	if w.inv != inv { // mostly it is the one before, and a look costs less than to write pointers
		w.inv, w.lease.inv = inv, inv
	}
	w.queue.runs(inv)
	w.batch = w.batch[:0] // a copy: the queue may take more while the handler has lent its turn
	for _, e := range batch {
		w.batch = append(w.batch, e) // mostly there is one, which is not worth a call
		w.size += int64(e.Size)
	}
	w.lease.entries = len(batch)
	w.told, w.done = 0, 0
	w.stage = claimed
}

// finishBatch does what is left to do for the batch, and reports whether w has the turn afterwards.
func (w *worker) finishBatch() bool {
	if w.stage == resting {
		return true
	}
	if w.stage == claimed {
		w.stage = invoking
		w.inv.Invoke(w.lease.turn(), w.batch)
	}
	if w.stage == invoking {
		w.settle()
	}
	w.tellFailed()
	w.tellDone()
	return w.rest()
}

// settle ends the turn of the handler and gives back the memory of the batch, before
// anybody is told: who knows that everything is done also finds nothing counted.
func (w *worker) settle() {
	w.has, w.lent = w.lease.end()
	if w.lent || w.size >= w.queue.slack || w.queue.emptied() {
		w.queue.release(w.size)
		w.size = 0
	}
	if w.lent {
		w.queue.memory.add(-lentBytes)
	}
	w.stage = settled
}

func (w *worker) tellFailed() {
	for w.err != nil && w.told < len(w.batch) {
		w.told++
		w.batch[w.told-1].Job.Failed(w.inv, w.err)
	}
}

func (w *worker) tellDone() {
	for w.done < len(w.batch) {
		w.done++
		if e := w.batch[w.done-1]; e.finished() {
			e.Job.Done()
		}
	}
}

// rest forgets the batch. It reports whether w still has the turn, which it
// leaves to handlers that want it back.
func (w *worker) rest() bool {
	w.stage = resting
	if w.err != nil {
		w.err = nil
	}
	if w.lent {
		w.queue.forget(&w.lease)
	}
	if w.has && w.queue.askers.Load() > 0 {
		w.queue.leave(w)
		return false
	}
	return w.has
}
