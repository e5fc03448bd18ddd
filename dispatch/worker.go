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

	stretch stretch
	lease   Lease // of the turns of its batches
	stage   stage
	inv     *Invoker
	number  int64 // of its batch
	from    int   // in stretch, where the batch begins
	to      int   // where it ends, and the next one begins
	size    int64 // bytes of what was handled and has yet to be given back
	err     error // that ended Invoke
	told    int   // batch[:told] know err
	done    int   // batch[:done] are finished
	plain   bool  // the handler returned, never lent its turn, and nobody has called
	has     bool  // the turn, when Invoke was over
	lent    bool  // it, at some time
	asked   bool  // for the turn, by a handler that had lent it

	known struct{ from, to int } // the batch at work in the stretch, as somebody with the lock has found it; none at first
}

// stage is how far a worker is with its batch.
type stage uint8

const (
	resting  stage = iota // it has none
	invoking              // Invoke was called; if it is no more, it panicked or exited
	settled               // Invoke is over
)

// hireLocked returns the goroutine of a worker that has the turn. q.mu must be held.
func (q *queue) hireLocked() (run func()) {
	w := q.spare
	q.spare = nil
	if w == nil {
		w = &worker{queue: q}
		w.start, w.lease.worker = w.main, w
	}
	q.holder = w
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
	for w.finish() && (w.begin() || w.queue.refill(w)) {
		if w.inv.MaxBatch < 2 {
			w.runAlike()
			continue
		}
		w.stage = invoking
		w.inv.Invoke(w.turn(), w.stretch.batch(w.from, w.to))
	}
	return true
}

// runAlike runs batches of one entry that follow each other and are for the same invoker, for as long as nothing comes in
// between. Nearly all messages are run here, and so it does no more for each than it must; what is left of one that something
// happened to is for finish.
func (w *worker) runAlike() {
	entries, targets := w.stretch.items()
	target := targets[w.from]
	for {
		w.stage = invoking
		w.inv.Invoke(w.turn(), entries[w.from:w.to:w.to])
		if !w.lease.pass(w.number, w.number+1) {
			return // finish sees why
		}
		w.settleAlike(entries[w.from])
		w.tellDone(entries[w.from])
		if w.to == len(targets) || targets[w.to] != target {
			return
		}
		w.from, w.to = w.to, w.to+1
	}
}

// settleAlike is settle for an entry whose turn is over, with nothing left for finish to do.
func (w *worker) settleAlike(e *Entry) {
	w.number++
	if w.size += int64(e.Size); w.size >= w.queue.slack || w.to == w.stretch.end {
		w.releaseSize()
	}
	w.stage, w.plain = resting, true
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

// begin makes the next part of the stretch, if there is one, the batch of w.
func (w *worker) begin() bool {
	from := w.to
	if from == w.stretch.end {
		return false
	}
	inv, to := w.stretch.batchAt(from)
	if w.inv != inv { // mostly it is the one before, and a look costs less than to write a pointer
		w.inv = inv
	}
	w.from, w.to = from, to
	w.told, w.done = 0, 0
	return true
}

// emptyLocked ends the stretch, of which the entries have been forgotten.
func (w *worker) emptyLocked() {
	if w.stretch.chunk != nil {
		w.queue.backlog.drop(w.stretch.chunk)
	}
	w.stretch.chunk, w.stretch.end, w.stretch.cut, w.to = nil, 0, 0, 0
	w.known.to = 0
}

// turn returns that of the batch.
func (w *worker) turn() Turn { return w.lease.Turn(uint32(w.number)) }

// finish does what is left to do for the batch, and reports whether w has the turn afterwards.
func (w *worker) finish() bool {
	if w.stage == resting {
		return true
	}
	batch := w.stretch.chunk.entries[w.from:w.to]
	if w.stage == invoking {
		w.settle(batch)
	}
	if w.err != nil {
		w.tellFailed(batch)
	}
	for w.done < len(batch) {
		w.done++
		w.tellDone(batch[w.done-1])
	}
	w.stage = resting
	return w.plain || w.rest()
}

func (w *worker) tellDone(e *Entry) {
	switch {
	case w.plain && e.alone && w.inv.Over != nil:
		w.inv.Over(e)
	case e.finished():
		e.Job.Done()
	}
}

// settle ends the turn of the handler and gives back the memory of the batch, before
// anybody is told: who knows that everything is done also finds nothing counted.
func (w *worker) settle(batch []*Entry) {
	next := w.number + int64(len(batch))
	over := w.lease.pass(w.number, next)
	w.number, w.plain = next, over && w.err == nil
	if !w.plain {
		w.endTurn(over)
	}
	for _, e := range batch { // not before the turn is over: who lends it gives back the size
		w.size += int64(e.Size)
	}
	if w.size >= w.queue.slack || w.to == w.stretch.end || !w.plain {
		w.releaseSize()
	}
	w.stage = settled
}

// endTurn ends the turn of a handler that failed, or lent it, or whose worker was called. In the first case alone, it is over.
func (w *worker) endTurn(over bool) {
	w.has, w.lent, w.asked = true, false, false
	if !over {
		w.queue.answer(w)
	}
}

// releaseSize gives back the room of what was handled.
func (w *worker) releaseSize() {
	w.queue.release(w.size)
	w.size = 0
}

func (w *worker) tellFailed(batch []*Entry) {
	for w.told < len(batch) {
		w.told++
		batch[w.told-1].Job.Failed(w.inv, w.err)
	}
}

// rest forgets a batch that was not plain. It reports whether w still has the turn, which it
// leaves to handlers that want it back.
func (w *worker) rest() bool {
	w.err = nil
	switch {
	case !w.has:
		w.queue.endWithout(w)
	case w.asked:
		w.queue.leave(w)
	default:
		return true
	}
	return false
}
