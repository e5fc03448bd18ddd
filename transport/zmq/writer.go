//go:build cgo

package zmq

import (
	"errors"
	"fmt"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// writeSlice bounds one wait for a full socket, so that a writer soon notices that its link was dropped.
const writeSlice = 100 * time.Millisecond

// startWriter makes sure that a goroutine empties the queue of the link, unless it is held. p.mu must be held.
func (p *peer) startWriter(l *link) {
	if l.writing || l.held {
		return
	}
	l.writing = true
	l.convoy = convoy{} // its memory is that of the queue
	p.out.writers.Go(func() { p.runWriter(l) })
}

// runWriter connects the link where that is left to do, empties its queue, waiting for its socket alone, and ends.
func (p *peer) runWriter(l *link) {
	if !p.resolved(l) {
		return
	}
	for {
		m, ok := p.next(l)
		if !ok {
			return
		}
		p.writeQueued(l, m)
	}
}

// next takes the next message to write. None means that the goroutine is no longer the writer.
func (p *peer) next(l *link) (outgoing, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mayWrite(l) && !l.held {
		if m, ok := l.pop(); ok {
			return m, true
		}
	}
	p.stopWriting(l)
	return outgoing{}, false
}

// stopWriting gives the socket back. p.mu must be held.
func (p *peer) stopWriting(l *link) {
	l.writing = false
	if l.dropped {
		p.out.reports.failed(p.id, ids(l.take()), l.partingReason())
		p.close(l, 0)
	}
}

// close closes the socket of a dropped link, later where that has moved. p.mu must be held.
func (p *peer) close(l *link, linger time.Duration) {
	if p.mayWrite(l) {
		p.out.shutLater(l)
		return
	}
	p.out.shut(l, linger)
}

// mayWrite says whether the writer of a link is to go on: where it has moved, for a while. p.mu must be held.
func (p *peer) mayWrite(l *link) bool {
	return !l.dropped || time.Now().Before(l.until) && !p.out.over.Load()
}

// writeQueued writes one message of the queue, however long that takes; unless the peer is closed, or the link
// dropped, before there is room.
func (p *peer) writeQueued(l *link, m outgoing) {
	err := l.sender.send(m.frame, 0)
	for waited := p.out.slice; errors.Is(err, errFull); waited += p.out.slice {
		if waited >= p.out.cfg.SendTimeout || p.isOver(l) {
			if p.wrote(l, m, err) {
				return
			}
			waited = 0
		}
		err = l.sender.send(m.frame, 0)
	}
	p.wrote(l, m, err)
}

func (p *peer) isOver(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.mayWrite(l)
}

// wrote notes the outcome of one attempt, and returns whether it was the last for this message.
func (p *peer) wrote(l *link, m outgoing, err error) (done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil && l.unreached != nil:
		p.giveUp(m, l.unreached)
	case err == nil && l.dropped:
		p.out.reports.uncertain(p.id, 1, l.partingReason())
	case err == nil:
		l.accepted(m.id)
		p.breaker.succeeded()
	case l.dropped:
		p.giveUp(m, l.partingReason())
	case errors.Is(err, errFull):
		return p.stalled(l, m, time.Now())
	default:
		p.giveUp(m, fmt.Errorf("write to %s: %w: %w", l.endpoint, err, zebus.ErrPeerUnreachable))
	}
	l.written(len(m.frame))
	return true
}

// stalled counts a send that failed because the peer does not read. One too many, and everything that waits for it has
// failed. p.mu must be held.
func (p *peer) stalled(l *link, m outgoing, now time.Time) (closed bool) {
	reason := fmt.Errorf("closed after %d failed sends: %w", p.breaker.failures+1, zebus.ErrPeerBusy)
	if !p.breaker.failed(now, reason, p.out.cfg.ClosedAfterSendFailure) {
		return false
	}
	queue := l.take()
	p.out.log.Warn("peer does not read", "peer", p.id, "endpoint", l.endpoint, "failed", len(queue)+1, "error", reason)
	p.giveUp(m, reason)
	p.out.reports.failed(p.id, ids(queue), reason)
	l.written(len(m.frame))
	return true
}

func (p *peer) giveUp(m outgoing, reason error) {
	p.out.reports.failed(p.id, []zebus.MessageID{m.id}, reason)
}
