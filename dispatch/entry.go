package dispatch

import "sync/atomic"

// An Entry is one message on its way through a dispatcher. It is meant to be embedded
// in the struct that holds the message and is its Job, so that a message costs one
// allocation.
//
// Route, Job, Size and Local are set before Dispatch and not changed until Done. From the
// call of Done on nobody but its owner knows the Entry: it may be dispatched again.
type Entry struct {
	// Route says who handles the entry. With nil, nobody does.
	Route *Route
	// Job is told what becomes of the entry. It must not be nil.
	Job Job

	left  atomic.Int32 // invokers that have yet to finish, unless alone
	alone bool         // one queue only: nobody else counts left

	// Local says that the entry comes from this process. Such entries are accepted
	// while the dispatcher stops, because handlers that finish may send them.
	Local bool
	// Size is the number of bytes that the entry counts against the limits. It should
	// be what the message really holds in memory; a message of size 0 is bounded only
	// by QueueConfig.MaxMessages.
	Size int
}

// Job is told what became of its entry.
//
// The methods are called by the goroutine on which it happened: that of Dispatch, of a
// queue, of Stop or of Purge. When an entry has several invokers, Failed and Rejected
// may be called concurrently. They must not wait, for they hold up a queue or whoever
// dispatches. A panic in them is reported to Config.OnPanic and changes nothing else.
type Job interface {
	// Failed says that inv panicked (a [*PanicError]) or ended its goroutine
	// (ErrExited) while it had the entry. Where inv had a batch, the job of each entry
	// is told. The entry's other invokers are not affected.
	Failed(inv *Invoker, err error)
	// Rejected says that an invoker will not see the entry: its queue had no room
	// (a [*LimitError]), or was purged (ErrPurged), which is told for each such invoker; or
	// the dispatcher is stopped (ErrStopped), which may be told once for all of them.
	Rejected(err error)
	// Done says that nobody works on the entry any more. It is called exactly once for
	// every entry, after everything else, also when no invoker accepted it; unless
	// Invoker.Over is told that instead.
	Done()
}

// An item is an entry waiting for one of its invokers.
type item struct {
	entry *Entry
	to    *queued
}

// finished takes one invoker off the entry's count, and says whether it was the last.
func (e *Entry) finished() bool {
	return e.alone || e.left.Add(-1) == 0
}
