//go:build cgo

package zmq

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zebus-go/zebus/zebus"
)

// A peer is another peer as messages to it see it.
type peer struct {
	id  zebus.PeerID
	out *outbound

	mu        sync.Mutex
	endpoint  string  // where messages went last, and what link and breaker are about
	link      *link   // nil while there is none
	breaker   breaker // of the endpoint
	forgotten bool    // no longer in the table: whoever holds it looks again
}

const errAgain = zmq4.Errno(syscall.EAGAIN)

var (
	// errFull means that libzmq takes no more for a peer now.
	errFull = errors.New("socket is full")
	// errForgotten means that the table has another entry for the peer, or none.
	errForgotten = errors.New("peer was forgotten")
)

// send hands a message over: to libzmq where that takes it, else to the queue; an event may wait there for others. It
// has copied the frame when it returns. The error is the reason why the peer does not get the message.
func (p *peer) send(endpoint string, m outgoing) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.admit(m); err != nil {
		return err
	}
	if err := p.linkTo(endpoint); err != nil {
		return err
	}
	return p.handOver(m)
}

// admit says whether a message may be sent at all, and by this entry of the table. While the transport stops, only its
// own may. p.mu must be held.
func (p *peer) admit(m outgoing) error {
	switch {
	case p.out.over.Load(), p.out.refusing.Load() && !m.id.IsZero():
		return zebus.ErrNotRunning
	case p.forgotten:
		return errForgotten
	default:
		return nil
	}
}

// handOver gives a message to the link. p.mu must be held.
func (p *peer) handOver(m outgoing) error {
	if !p.link.busy() {
		if p.join(m) {
			return nil
		}
		p.depart()
	}
	if p.link.busy() {
		return p.enqueue(m)
	}
	return p.write(m)
}

// movedLinger is how long what libzmq has for an endpoint, or what waits for the address of it, may take to leave when messages for
// the peer go to another one. Two processes may have one name for a moment: each is to get what it was sent, such as the answer that
// refuses the second.
const movedLinger = time.Second

// linkTo makes sure that there is a link to the endpoint. p.mu must be held.
func (p *peer) linkTo(endpoint string) error {
	if !sameEndpoint(p.endpoint, endpoint) {
		p.dropLocked(fmt.Errorf("the peer has moved from %s to %s: %w", p.endpoint, endpoint, zebus.ErrPeerRestarted), p.out.linger)
		p.endpoint, p.breaker = endpoint, breaker{retries: p.breaker.retries}
	}
	if p.breaker.reason != nil {
		if err := p.breaker.closed(time.Now()); err != nil {
			return err
		}
	}
	if p.link != nil {
		return nil
	}
	return p.open(endpoint)
}

// write gives libzmq a message. p.mu must be held, and the link be idle.
func (p *peer) write(m outgoing) error {
	l := p.link
	err := l.sender.send(m.frame, zmq4.DONTWAIT)
	switch {
	case err == nil:
		l.accepted(m.id)
		p.breaker.succeeded()
		return nil
	case errors.Is(err, errFull):
		return p.enqueue(m)
	default:
		return fmt.Errorf("write to %s: %w: %w", l.endpoint, err, zebus.ErrPeerUnreachable)
	}
}

// enqueue copies a message to the end of the queue and makes sure that somebody empties it. p.mu must be held.
func (p *peer) enqueue(m outgoing) error {
	l := p.link
	if l.bytes > 0 && l.bytes+len(m.frame) > p.out.cfg.SendQueueLimit {
		return fmt.Errorf("%d bytes wait for it, limit %d: %w", l.bytes, p.out.cfg.SendQueueLimit, zebus.ErrPeerBusy)
	}
	l.push(outgoing{id: m.id, frame: append([]byte(nil), m.frame...)})
	p.startWriter(l)
	return nil
}

// established hears that a connection stands.
func (p *peer) established(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stands(l)
}

// stands notes that the connection of a link stands. p.mu must be held.
func (p *peer) stands(l *link) {
	if l.dropped || l.established {
		return
	}
	l.establish()
	if len(l.queue) > 0 {
		p.startWriter(l)
	}
}

// ended hears that a connection has ended, or that none came about: cause says why.
func (p *peer) ended(l *link, cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case l.dropped:
	case l.established:
		p.lost(l, fmt.Errorf("connection to %s lost: %w: %w", l.endpoint, cause, zebus.ErrPeerUnreachable))
	default:
		p.unreached(l, notConnected(l.endpoint, cause))
	}
}

// unreached gives up a link whose connection could not be made, and all that is in it. p.mu must be held.
func (p *peer) unreached(l *link, reason error) {
	p.out.log.Warn("peer is unreachable", "peer", p.id, "error", reason)
	early := l.early
	l.early, l.unreached = nil, reason
	p.detach(l, 0)
	p.out.reports.failed(p.id, early, reason)
	if l.held {
		p.moveQueue(l)
		return
	}
	p.breaker.shut(time.Now(), reason, p.out.cfg.ClosedAfterConnectFailure)
	p.out.reports.failed(p.id, ids(l.take()), reason)
}

// lost gives up a link whose connection broke. The peer may have restarted, or the network be back: what had not been
// given to libzmq yet is tried again. p.mu must be held.
func (p *peer) lost(l *link, reason error) {
	uncertain := l.tally.uncertain()
	p.out.log.Log(context.Background(), l.partingLevel(), "connection lost", "peer", p.id, "endpoint", l.endpoint)
	p.detach(l, 0)
	p.out.reports.uncertain(p.id, uncertain, reason)
	p.out.reports.parted(p.id, reason)
	p.moveQueue(l)
}

// moveQueue gives what waits for a dropped link a new one. p.mu must be held.
func (p *peer) moveQueue(from *link) {
	queue := from.take()
	if len(queue) == 0 {
		return
	}
	if err := p.open(from.endpoint); err != nil {
		p.out.reports.failed(p.id, ids(queue), err)
		return
	}
	for _, m := range queue {
		p.link.push(m)
	}
	p.startWriter(p.link)
}

// restarted hears that the peer has registered, at an endpoint. Whoever was connected to is gone, and the link with
// it. A connection that is being made there may already lead to the new one, or have been refused by nobody: the
// link stays, and what is sent from now on waits to see which. p.mu must be held.
func (p *peer) restarted(endpoint string) {
	l := p.link
	switch {
	case l == nil || l.established || !l.leadsTo(endpoint):
		p.forget(zebus.ErrPeerRestarted)
	case l.socket != nil:
		l.held = true
	}
}

// dropLocked gives up the link, if there is one, and reports what it may not have delivered, also where that is given linger to
// leave; but for what waits for an address, which is not in libzmq yet. p.mu must be held.
func (p *peer) dropLocked(reason error, linger time.Duration) {
	l := p.link
	if l == nil {
		return
	}
	if linger > 0 {
		l.moved, l.until = reason, time.Now().Add(linger)
	}
	resolving, uncertain := l.socket == nil, l.tally.uncertain()+len(l.early)
	p.detach(l, 0)
	if resolving && l.moved != nil {
		return // the writer sends what waits for the address, and reports it
	}
	p.out.reports.failed(p.id, ids(l.take()), reason)
	p.out.reports.uncertain(p.id, uncertain, reason)
}

// detach parts peer and link. The socket is closed now, or by the writer that holds it. p.mu must be held.
func (p *peer) detach(l *link, linger time.Duration) {
	if p.link == l {
		p.link = nil
	}
	l.dropped = true
	l.release()
	p.out.farewells.drop(p.id)
	p.out.sockets.Add(-1)
	if !l.writing {
		p.close(l, linger)
	}
}

// forget takes the peer out of the table. p.mu must be held.
func (p *peer) forget(reason error) {
	p.forgotten = true
	p.dropLocked(reason, 0)
	p.out.table.remove(p)
}

// heard notes that a frame from the peer came in. p.mu must be held.
func (p *peer) heard(now time.Time) {
	if p.link != nil {
		p.link.tally.heard(now)
		return
	}
	// A peer that talks is reachable, whatever happened when it was tried. Failed sends are another matter: a peer
	// that does not read may well write; but its link is still there.
	p.breaker.open()
}

// answered notes that the peer has answered a command. What it answered has arrived, through a connection that stands, whether
// or not that was heard of before. Of many commands under way only the last is known. p.mu must be held.
func (p *peer) answered(command zebus.MessageID) {
	l := p.link
	if l == nil || l.last != command {
		return
	}
	l.last = zebus.MessageID{}
	p.stands(l)
	l.tally.answeredLast()
}

// room returns a channel that is closed once no more than limit bytes wait for the peer; nil when that is so already.
func (p *peer) room(limit int) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.link == nil {
		return nil
	}
	p.depart()
	return p.link.room(limit)
}
