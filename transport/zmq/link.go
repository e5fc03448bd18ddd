//go:build cgo

package zmq

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zebus-go/zebus/zebus"
)

// A link is one attempt to reach a peer at one endpoint: a PUSH socket that makes one connection and is thrown away
// with it, and the messages on their way.
//
// Everything is guarded by the peer's mutex, with one exception: while writing is true, socket belongs to the writer
// goroutine, and everybody else appends to queue.
//
//	no socket (the host is being resolved) → connecting → established → dropped
type link struct {
	endpoint string
	socket   *zmq4.Socket // nil until the host is resolved, and once it is closed
	sender   sender       // to socket
	writing  bool         // a writer goroutine runs

	established bool
	held        bool // what comes now waits until it is known whether the connection stands
	dropped     bool // no longer the peer's link; whoever holds the socket closes it
	gone        bool // the peer said that it leaves: Stop does not wait for it

	moved error     // why it was dropped, of a link that what it has may still leave by
	until time.Time // for how long it may

	unreached error // why no connection came about: what the writer has given to the socket since went nowhere

	// early are the messages in the socket before it is established. They are dropped together with it.
	early     []zebus.MessageID
	confirmed int             // of early, those that the peer will have read once the connection stands
	tally     tally           // of those sent since
	last      zebus.MessageID // the last one given to the socket, until it is answered

	queue   []outgoing // what waits for the socket, in order
	convoy  convoy     // what the queue begins with, until a writer starts
	bytes   int        // of queue, and of the frame the writer is at
	waiters []waiter
}

// An outgoing message is one frame for one peer. The zero ID marks those of the transport itself.
type outgoing struct {
	id      zebus.MessageID
	mayWait bool // for others, before it is given to libzmq
	frame   []byte
}

// A waiter waits until no more than limit bytes are queued.
type waiter struct {
	limit int
	done  chan struct{}
}

// partingLevel is how loud the end of the connection is: that of a peer that has taken leave is no news.
func (l *link) partingLevel() slog.Level {
	if l.gone {
		return slog.LevelDebug
	}
	return slog.LevelWarn
}

// partingReason is why what was left to the writer when the link was dropped did not arrive, or may not have.
func (l *link) partingReason() error {
	if l.moved != nil {
		return l.moved
	}
	return fmt.Errorf("connection to %s lost: %w", l.endpoint, zebus.ErrPeerUnreachable)
}

// leadsTo says whether the link is one to this endpoint; case does not matter.
func (l *link) leadsTo(endpoint string) bool { return sameEndpoint(l.endpoint, endpoint) }

func sameEndpoint(a, b string) bool { return a == b || strings.EqualFold(a, b) }

// busy says whether a message must wait its turn.
func (l *link) busy() bool { return l.writing || l.held || l.socket == nil }

// accepted notes that libzmq has a message. Those of the transport itself are nobody's loss.
func (l *link) accepted(id zebus.MessageID) {
	if id.IsZero() {
		return
	}
	l.last = id
	if l.established {
		l.tally.sent++
		return
	}
	l.early = append(l.early, id)
	if len(l.early) > maxEarly {
		l.establish()
	}
}

// maxEarly is more than a socket can hold that is not connected: beyond it messages do leave, to a libzmq so old that no
// handshake is reported.
const maxEarly = 1 << 20

// establish notes that the connection stands: what is in the socket leaves now.
func (l *link) establish() {
	l.established, l.held = true, false
	l.tally.sent += len(l.early)
	l.tally.arrived(l.confirmed)
	l.early, l.confirmed = nil, 0
}

// settle says that the peer has read everything, or will have when it reads what comes next. It may say so before it
// is known that the connection stands.
func (l *link) settle() {
	l.tally.settle()
	l.confirmed = len(l.early)
}

func (l *link) push(m outgoing) {
	l.queue = append(l.queue, m)
	l.bytes += len(m.frame)
}

// pop takes the first message that waits. Its bytes count until the writer is done with it.
func (l *link) pop() (m outgoing, ok bool) {
	if len(l.queue) == 0 {
		l.queue = nil
		return outgoing{}, false
	}
	m = l.queue[0]
	l.queue[0] = outgoing{}
	l.queue = l.queue[1:]
	return m, true
}

// written says that the writer is done with a frame of that many bytes.
func (l *link) written(bytes int) {
	l.bytes -= bytes
	l.release()
}

// take empties the queue and returns what was in it.
func (l *link) take() []outgoing {
	queue := l.queue
	l.queue = nil
	for _, m := range queue {
		l.bytes -= len(m.frame)
	}
	l.release()
	return queue
}

// release ends the waits for room that have come true.
func (l *link) release() {
	waiting := l.waiters[:0]
	for _, w := range l.waiters {
		if l.bytes > w.limit && !l.dropped {
			waiting = append(waiting, w)
			continue
		}
		close(w.done)
	}
	l.waiters = waiting
}

// room returns a channel that is closed once no more than limit bytes wait; nil when that is so already.
func (l *link) room(limit int) <-chan struct{} {
	if l.bytes <= limit {
		return nil
	}
	done := make(chan struct{})
	l.waiters = append(l.waiters, waiter{limit: limit, done: done})
	return done
}

// shut closes the socket. What is still in it is given linger to leave, after the call.
func (l *link) shut(w *watcher, linger time.Duration) error {
	if l.socket == nil {
		return nil
	}
	s := l.socket
	l.socket, l.sender = nil, sender{}
	return errors.Join(w.unwatch(s), s.SetLinger(linger), s.Close())
}

// ids returns the IDs of messages.
func ids(messages []outgoing) []zebus.MessageID {
	found := make([]zebus.MessageID, len(messages))
	for i := range messages {
		found[i] = messages[i].id
	}
	return found
}
