package dispatch

import "sync/atomic"

// state is where a dispatcher is in its life.
type state int64

const (
	stopped  state = iota // nothing is accepted
	loaded                // accepted, and waits; inline invokers run
	started               // accepted and run
	stopping              // what is there is run; only local entries are accepted
)

// accepts says whether e may be dispatched in this state.
func (s state) accepts(e *Entry) bool {
	return s == started || s == loaded || s == stopping && e.Local
}

// life is the state of a dispatcher and the number of calls that are inside it. Both are in one
// word, so that "nobody is inside" and "nobody gets in any more" become true at the same moment.
type life struct {
	word  atomic.Int64  // state + oneCall × calls inside
	quiet chan struct{} // has one token after a change that a Stop may wait for
}

const (
	stateMask = 3
	oneCall   = 4
)

func (l *life) state() state { return state(l.word.Load() & stateMask) }

// runs says whether queues run what they hold.
func (l *life) runs() bool { return l.state() >= started }

// enter counts a call in and returns the state it found.
func (l *life) enter() state { return state(l.word.Add(oneCall) & stateMask) }

// leave counts a call out.
func (l *life) leave() {
	if l.word.Add(-oneCall) == int64(stopping) {
		l.changed()
	}
}

// changed wakes a Stop that waits.
func (l *life) changed() {
	if l.state() != stopping {
		return
	}
	select {
	case l.quiet <- struct{}{}:
	default: // it has been told already
	}
}

// move changes the state to the one that next returns for it, and returns the old one.
func (l *life) move(next func(state) state) state {
	for {
		word := l.word.Load()
		now := state(word & stateMask)
		if l.word.CompareAndSwap(word, word-int64(now)+int64(next(now))) {
			return now
		}
	}
}

// finish makes a stopping dispatcher a stopped one, unless a call is inside.
func (l *life) finish() bool {
	return l.word.CompareAndSwap(int64(stopping), int64(stopped))
}
