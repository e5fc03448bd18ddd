//go:build cgo

package zmq

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// A run is a transport from Start to Stop: a context of libzmq and all that lives in it.
type run struct {
	cfg      Config
	self     zebus.Self
	endpoint string
	from     zebus.Originator
	ids      *zebus.MessageIDSource

	context     *zmq4.Context
	reports     *reporter
	watcher     *watcher
	connections *connections // of the watcher
	outbound    *outbound
	inbound     *inbound
	delays      delays
}

// startRun opens everything, and starts the receive loop last. It leaves nothing behind when it fails.
func startRun(ctx context.Context, cfg Config, self zebus.Self, up zebus.Inbound) (r *run, err error) {
	r = &run{
		cfg: cfg, self: self, ids: zebus.NewMessageIDSource(nil), reports: newReporter(up),
		connections: newConnections(cfg.Logger, cfg.Observer, refusalsTo(up)),
	}
	defer func(opened *run) { // r is nil by then
		if err != nil {
			err = errors.Join(err, opened.free())
		}
	}(r)
	if r.context, err = newContext(&cfg); err != nil {
		return nil, err
	}
	if r.watcher, err = newWatcher(r.context); err != nil {
		return nil, err
	}
	if err = r.openInbound(up); err != nil {
		return nil, err
	}
	if r.endpoint, err = effectiveEndpoint(ctx, &cfg, r.inbound.bound); err != nil {
		return nil, err
	}
	if err = ctx.Err(); err != nil {
		return nil, err
	}
	r.openOutbound() //nolint:contextcheck // what it looks up later outlives the start
	r.inbound.start()
	return r, nil
}

// newContext returns a context of libzmq with room for our sockets.
func newContext(cfg *Config) (*zmq4.Context, error) {
	if err := checkLibrary(zmq4.Version()); err != nil {
		return nil, err
	}
	context, err := zmq4.NewContext()
	if err != nil {
		return nil, fmt.Errorf("libzmq cannot be used: %w", err)
	}
	if err := context.SetMaxSockets(librarySockets(cfg.MaxSockets)); err != nil {
		return nil, errors.Join(fmt.Errorf("MaxSockets %d: %w", cfg.MaxSockets, err), context.Term())
	}
	return context, nil
}

// checkLibrary says what is wrong with a version of libzmq.
func checkLibrary(major, minor, patch int) error {
	switch major {
	case 4:
		return nil
	case 0: // pebbe/zmq4 says so when it refuses the library
		return errors.New("zmq: the libzmq found at run time is not the one this program was built with: " +
			"install libzmq 4 (Debian: libzmq3-dev) and build again")
	default:
		return fmt.Errorf("zmq: libzmq %d.%d.%d was found, version 4 is needed: install it (Debian: libzmq3-dev)", major, minor, patch)
	}
}

// librarySockets returns how many sockets libzmq must allow: two more for the events of each, our own few, and room
// for those that are closed and not yet gone.
func librarySockets(ours int) int { return min(4*ours+64, maxMaxSockets) }

func (r *run) openInbound(up zebus.Inbound) (err error) {
	r.inbound, err = openInbound(r.context, inboundParams{
		Config: r.cfg, Environment: r.self.Environment, Up: up, Control: r.control, Heard: r.hear, Answered: r.answered,
	})
	if err != nil {
		return err
	}
	bound, err := ParseEndpoint(r.inbound.bound)
	if err != nil {
		return err
	}
	r.connections.port = bound.number()
	return r.watcher.watch(r.inbound.socket, connectionEvents, r.connections.hear)
}

func (r *run) openOutbound() {
	r.from = originator(r.self, r.endpoint)
	r.outbound = newOutbound(outboundParams{
		Config: r.cfg, Context: r.context, Watcher: r.watcher, Reports: r.reports,
		Frames: transport.NewWriter(r.self, r.endpoint),
	})
}

// hear notes a sign of life of another peer.
func (r *run) hear(from zebus.PeerID, now time.Time) { r.outbound.heard(from, now) }

// answered notes the answer of another peer to a command.
func (r *run) answered(from zebus.PeerID, command zebus.MessageID) {
	r.outbound.answered(from, command)
}

// control deals with the messages by which transports take leave.
func (r *run) control(m *zebus.TransportMessage) {
	from := m.Originator.SenderID
	if m.Type == transport.EndOfStreamAck {
		r.outbound.acked(from)
		return
	}
	r.answerEndOfStream(m.Originator)
}

// errLeft is why a peer that has said EndOfStream answers nothing more: its answers came before that.
var errLeft = fmt.Errorf("it has stopped: %w", zebus.ErrPeerGone)

// answerEndOfStream tells a peer that takes leave that everything it sent was read, known or not. Its socket is kept
// for a while: what is handled now may still be answered.
func (r *run) answerEndOfStream(from zebus.Originator) {
	id := r.outbound.nameOf(from.SenderID, from.SenderEndpoint)
	r.outbound.settle(id) // before the answer: whoever has that may be gone
	r.reports.parted(id, errLeft)
	r.outbound.leaves(id, from.SenderEndpoint)
	ack := transport.NewEndOfStreamAck(r.ids.Next(), r.from)
	if err := r.outbound.sendOwn(id, from.SenderEndpoint, ack); err != nil {
		r.cfg.Logger.Warn("end of stream not acknowledged", "peer", id, "endpoint", from.SenderEndpoint, "error", err)
	}
	r.outbound.leaves(id, from.SenderEndpoint) // also a link that the answer has opened
	r.forgetLater(id, from.SenderEndpoint)
}

// forgetLater drops the socket to a peer that left, once its last words and our answers are over.
func (r *run) forgetLater(id zebus.PeerID, endpoint string) {
	r.delays.after(r.cfg.EndOfStreamAckTimeout, id, endpoint, func() { r.outbound.forget(id, endpoint, zebus.ErrPeerGone) })
}

// peerChanged does what news of another peer ask for.
func (r *run) peerChanged(c zebus.PeerChange) {
	id := c.Peer.ID
	if id == r.self.ID {
		return
	}
	switch c.Kind {
	case zebus.PeerStartedChange:
		// Whoever listens there now is not the one we were connected to. What was on its way to that one is lost.
		r.delays.cancel(id)
		r.outbound.restarted(id, c.Peer.Endpoint)
	case zebus.PeerDecommissionedChange:
		r.outbound.leaves(id, c.Peer.Endpoint)
		if !id.IsInstanceOf(persistenceService) {
			r.forgetLater(id, c.Peer.Endpoint)
		}
	case zebus.PeerStoppedChange:
		r.outbound.leaves(id, c.Peer.Endpoint)
	case zebus.PeerSoughtChange:
		r.outbound.reopen(id)
	case zebus.PeerUpdatedChange:
	}
}

// persistenceService is the name by which the persistence is known. Its socket outlives its registration: what is
// acknowledged to it meanwhile must not be lost.
const persistenceService = "Abc.Zebus.PersistenceService"
