//go:build cgo

package zmq

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// An outbound is everything that sends: the peers and what they share.
type outbound struct {
	cfg       Config
	slice     time.Duration // of a wait for a full socket
	linger    time.Duration // of what moved links have
	log       *slog.Logger
	context   *zmq4.Context
	watcher   *watcher
	reports   *reporter
	frames    *transport.Writer
	farewells farewells
	table     table
	pace      pace
	buffers   sync.Pool // of *[]byte, for frames

	refusing  atomic.Bool    // messages of the bus are refused
	over      atomic.Bool    // no link is opened any more
	ending    sync.Mutex     // held by whoever sets over, or starts a goroutine without the mutex of a peer
	sockets   atomic.Int32   // of links
	lingering atomic.Int32   // more sockets, of links that have moved
	shortage  shortage       // of sockets
	writers   sync.WaitGroup // their goroutines
	lookUp    func(host string) (address string, err error)
	cancel    context.CancelFunc // of look-ups, and of what moved links wait for
	canceled  <-chan struct{}
}

type outboundParams struct {
	Config  Config
	Context *zmq4.Context
	Watcher *watcher
	Reports *reporter
	Frames  *transport.Writer
}

func newOutbound(p outboundParams) *outbound {
	o := &outbound{
		cfg: p.Config, slice: min(p.Config.SendTimeout, writeSlice), linger: movedLinger, log: p.Config.Logger,
		context: p.Context, watcher: p.Watcher, reports: p.Reports, frames: p.Frames,
	}
	o.pace.origin, o.pace.within = time.Now(), briefly
	o.buffers.New = func() any { return new([]byte) }
	ctx, cancel := context.WithCancel(context.Background())
	o.cancel, o.canceled = cancel, ctx.Done()
	o.lookUp = func(host string) (string, error) { return resolve(ctx, host) }
	return o
}

// deliver hands a message to everybody it is for. The error names those who do not get it.
func (o *outbound) deliver(d *zebus.Delivery) error {
	buffer := o.buffers.Get().(*[]byte) //nolint:forcetypeassert // nothing else is put in
	defer o.recycle(buffer)
	frame := o.frames.Append((*buffer)[:0], d.Message)
	*buffer = frame
	if err := transport.CheckSize(len(frame), o.cfg.MaxMessageSize); err != nil {
		return refuseAll(d, err)
	}
	if d.MayWait {
		o.count(len(d.To))
	}
	var errs []error
	for i := range d.To {
		to := &d.To[i]
		transport.SetWasPersisted(frame, slices.Contains(d.Persistent, to.ID))
		errs = o.deliverTo(errs, to, outgoing{id: d.Message.ID, mayWait: d.MayWait, frame: frame})
	}
	if stored(d) {
		frame = transport.AsPersistRequest(frame, d.Persistent, len(d.To) > 0)
		*buffer = frame
		errs = o.deliverTo(errs, d.Persistence, outgoing{id: d.Message.ID, frame: frame})
	}
	return errors.Join(errs...)
}

// stored says whether the persistence gets the message.
func stored(d *zebus.Delivery) bool { return d.Persistence != nil && len(d.Persistent) > 0 }

// refuseAll returns err as what became of the message for each recipient.
func refuseAll(d *zebus.Delivery, err error) error {
	var errs []error
	for i := range d.To {
		errs = append(errs, &zebus.SendError{To: d.To[i].ID, Err: err})
	}
	if stored(d) {
		errs = append(errs, &zebus.SendError{To: d.Persistence.ID, Err: err})
	}
	return errors.Join(errs...)
}

func (o *outbound) deliverTo(errs []error, to *zebus.Peer, m outgoing) []error {
	if err := o.send(to.ID, to.Endpoint, m); err != nil {
		return append(errs, &zebus.SendError{To: to.ID, Err: err})
	}
	return errs
}

// send hands one frame to one peer. The frame is copied.
func (o *outbound) send(to zebus.PeerID, endpoint string, m outgoing) error {
	for {
		err := o.peer(to).send(endpoint, m)
		if !errors.Is(err, errForgotten) {
			return err
		}
	}
}

// peer returns the peer of that name, new where it is not known.
func (o *outbound) peer(id zebus.PeerID) *peer {
	if p := o.table.find(id); p != nil {
		return p
	}
	return o.table.add(&peer{id: id, out: o, breaker: breaker{retries: o.cfg.SendRetriesBeforeClosed}}, o.cfg.MaxSockets)
}

// maxRecycled is the size in bytes above which a buffer is left to the collector.
const maxRecycled = 1 << 20

func (o *outbound) recycle(buffer *[]byte) {
	if cap(*buffer) <= maxRecycled {
		o.buffers.Put(buffer)
	}
}

// reserve counts one more socket; the one that receives counts too.
func (o *outbound) reserve() error {
	if int(o.sockets.Add(1)) >= o.cfg.MaxSockets {
		o.sockets.Add(-1)
		return fmt.Errorf("limit of %d sockets reached, see MaxSockets: %w", o.cfg.MaxSockets, zebus.ErrPeerUnreachable)
	}
	return nil
}

// short logs that there is no socket for a peer, and returns why. Who sends is told each time.
func (o *outbound) short(peer zebus.PeerID, err error) error {
	if o.shortage.due(time.Now()) {
		o.log.Warn("no socket for a peer", "peer", peer, "error", err)
	}
	return err
}

// shut closes the socket of a link, if it has one. The caller owns the socket.
func (o *outbound) shut(l *link, linger time.Duration) {
	if err := l.shut(o.watcher, linger); err != nil {
		o.log.Error("close socket", "endpoint", l.endpoint, "error", err)
	}
}

// maxLingering is how many sockets of moved links are kept open: two peers of one name can make a link move for every message.
const maxLingering = 16

// shutLater closes the socket of a link that has moved when what is in it has had its time. libzmq can do that too, sooner where all
// has left, but would make a stop wait for it. The mutex of the peer must be held.
func (o *outbound) shutLater(l *link) {
	if o.lingering.Add(1) > maxLingering {
		o.lingering.Add(-1)
		o.shut(l, max(0, time.Until(l.until)))
		return
	}
	o.writers.Go(func() {
		defer o.lingering.Add(-1)
		select {
		case <-time.After(time.Until(l.until)):
			o.shut(l, 0)
		case <-o.canceled:
			o.shut(l, ackLinger)
		}
	})
}

// heard notes that a frame from a peer came in.
func (o *outbound) heard(from zebus.PeerID, now time.Time) {
	o.with(from, func(p *peer) { p.heard(now) })
}

// answered notes that a peer has answered a command.
func (o *outbound) answered(from zebus.PeerID, command zebus.MessageID) {
	o.with(from, func(p *peer) { p.answered(command) })
}

// forget drops what is known of a peer at an endpoint, its socket included, before any later message to it.
func (o *outbound) forget(id zebus.PeerID, endpoint string, reason error) {
	o.with(id, func(p *peer) {
		if p.link == nil || p.link.leadsTo(endpoint) {
			p.forget(reason)
		}
	})
}

// restarted drops what is known of a peer that has registered, before any later message to it.
func (o *outbound) restarted(id zebus.PeerID, endpoint string) {
	o.with(id, func(p *peer) { p.restarted(endpoint) })
}

// reopen ends the closed state of a peer.
func (o *outbound) reopen(id zebus.PeerID) {
	o.with(id, func(p *peer) { p.breaker.open() })
}

// leaves notes that a peer at an endpoint has left: Stop does not wait for it.
func (o *outbound) leaves(id zebus.PeerID, endpoint string) {
	o.with(id, func(p *peer) {
		if p.link != nil && p.link.leadsTo(endpoint) {
			p.link.gone = true
			o.farewells.drop(id)
		}
	})
}

// nameOf returns under which name to answer a peer that leaves an endpoint: its own, unless there is a link under that to another
// endpoint. Then another process has its name, as where a new one takes the place of an old one, and that one's messages are not
// to be lost with a link that moves.
func (o *outbound) nameOf(id zebus.PeerID, endpoint string) (name zebus.PeerID) {
	name = id
	o.with(id, func(p *peer) {
		if p.link != nil && !p.link.leadsTo(endpoint) {
			name = id + "@" + zebus.PeerID(endpoint)
		}
	})
	return name
}

// settle notes that a peer has been told that all it sent was read. It waits for that, and so has read what was sent
// to it before.
func (o *outbound) settle(id zebus.PeerID) {
	o.with(id, func(p *peer) {
		if p.link != nil {
			p.link.settle()
		}
	})
}

// acked notes that a peer has read everything that was sent to it.
func (o *outbound) acked(id zebus.PeerID) {
	if o.farewells.ack(id) {
		o.settle(id)
		return
	}
	o.log.Debug("acknowledgement that nobody waits for", "peer", id)
}

// with calls f for a peer that is known, with its mutex held.
func (o *outbound) with(id zebus.PeerID, f func(*peer)) {
	if p := o.table.find(id); p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		f(p)
	}
}

// sendOwn sends a message of the transport itself. What becomes of it is not reported.
func (o *outbound) sendOwn(to zebus.PeerID, endpoint string, m *zebus.TransportMessage) error {
	return o.send(to, endpoint, outgoing{frame: o.frames.Append(nil, m)})
}

// takeLeave says EndOfStream to a peer, if there is a link to it and the peer has not left itself.
func (o *outbound) takeLeave(p *peer, endOfStream *zebus.TransportMessage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.link == nil || p.link.gone || p.breaker.closed(time.Now()) != nil {
		return
	}
	o.farewells.expect(p.id)
	if err := p.handOver(outgoing{frame: o.frames.Append(nil, endOfStream)}); err != nil {
		o.farewells.drop(p.id)
	}
}

// refuse makes sure that no message of the bus is taken any more.
func (o *outbound) refuse() {
	o.refusing.Store(true)
	for _, p := range o.table.all() {
		p.mu.Lock() // whoever was sending when it changed has sent
		p.depart()
		p.mu.Unlock()
	}
}

// flush waits until no more than limit bytes wait for any peer, or ctx ends.
func (o *outbound) flush(ctx context.Context, limit int) error {
	for _, p := range o.table.all() {
		room := p.room(limit)
		if room == nil {
			continue
		}
		select {
		case <-room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// close drops all peers. Those whose acknowledgement came have read everything; of the others it is reported.
func (o *outbound) close() {
	o.ending.Lock()
	o.over.Store(true)
	o.ending.Unlock()
	o.cancel()
	for _, p := range o.table.all() {
		o.part(p)
	}
	o.writers.Wait()
}

// ackLinger is given to our last acknowledgements to leave: peers that acknowledged read, so they leave at once.
const ackLinger = 100 * time.Millisecond

// errStopped is what became of messages that no peer has confirmed when the transport stops.
var errStopped = fmt.Errorf("stopped before it said that it read them: %w", zebus.ErrNotRunning)

func (o *outbound) part(p *peer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgotten = true
	if p.link != nil && o.farewells.acked(p.id) && p.link.bytes == 0 {
		p.detach(p.link, ackLinger)
		return
	}
	p.dropLocked(errStopped, 0)
}
