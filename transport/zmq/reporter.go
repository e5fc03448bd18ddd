//go:build cgo

package zmq

import (
	"sync"

	"github.com/zebus-go/zebus/zebus"
)

// A reporter tells the bus what became of messages, on a goroutine of its own: those who learn of it hold locks, or
// are in a Send.
type reporter struct {
	in   zebus.Inbound
	done chan struct{}

	mu      sync.Mutex
	changed *sync.Cond // of pending and closing
	pending []report
	closing bool
}

// A report is one call of the bus: SendFailed, SendUncertain when n is positive, or PeerParted.
type report struct {
	to     zebus.PeerID
	id     zebus.MessageID
	n      int
	parted bool
	err    error
}

func newReporter(in zebus.Inbound) *reporter {
	r := &reporter{in: in, done: make(chan struct{})}
	r.changed = sync.NewCond(&r.mu)
	go r.run()
	return r
}

// failed reports messages that will not arrive. Messages of the transport itself have no ID and are nobody's business.
func (r *reporter) failed(to zebus.PeerID, ids []zebus.MessageID, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if !id.IsZero() {
			r.pending = append(r.pending, report{to: to, id: id, err: err})
		}
	}
	r.changed.Signal()
}

// uncertain reports that up to n messages may not arrive.
func (r *reporter) uncertain(to zebus.PeerID, n int, err error) {
	if n <= 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending = append(r.pending, report{to: to, n: n, err: err})
	r.changed.Signal()
}

// parted reports that a peer will answer nothing more.
func (r *reporter) parted(id zebus.PeerID, reason error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending = append(r.pending, report{to: id, parted: true, err: reason})
	r.changed.Signal()
}

// close returns when everything has been reported.
func (r *reporter) close() {
	r.mu.Lock()
	r.closing = true
	r.changed.Signal()
	r.mu.Unlock()
	<-r.done
}

func (r *reporter) run() {
	defer close(r.done)
	for {
		batch := r.next()
		if len(batch) == 0 {
			return
		}
		for i := range batch {
			r.tell(&batch[i])
		}
	}
}

// next waits for reports; none means that there will be no more.
func (r *reporter) next() []report {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.pending) == 0 && !r.closing {
		r.changed.Wait()
	}
	batch := r.pending
	r.pending = nil
	return batch
}

func (r *reporter) tell(what *report) {
	switch {
	case what.parted:
		if l, ok := r.in.(zebus.PartingListener); ok {
			l.PeerParted(what.to, what.err)
		}
	case what.n > 0:
		r.in.SendUncertain(what.to, what.n, what.err)
	default:
		r.in.SendFailed(what.id, what.to, what.err)
	}
}
