//go:build cgo

package zmq

import (
	"context"
	"sync/atomic"

	"github.com/zebus-go/zebus/zebus"
)

// A Transport carries messages over libzmq.
type Transport struct {
	cfg Config
	// turn is held by whoever starts or stops.
	turn chan struct{}
	// run is what is running; nil when nothing is.
	run atomic.Pointer[run]
}

var _ zebus.Transport = (*Transport)(nil)

// New returns a transport that is not started. The error names every field of cfg that is no good.
func New(cfg Config) (*Transport, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Transport{cfg: cfg, turn: make(chan struct{}, 1)}, nil
}

// Start binds the inbound endpoint and begins to receive. It returns the endpoint that other peers are to be told. It
// returns [zebus.ErrAlreadyRunning] when the transport has been started, and waits for a Stop to end.
func (t *Transport) Start(ctx context.Context, self zebus.Self, in zebus.Inbound) (string, error) {
	if err := t.take(ctx); err != nil {
		return "", err
	}
	defer t.give()
	if t.run.Load() != nil {
		return "", zebus.ErrAlreadyRunning
	}
	r, err := startRun(ctx, t.cfg, self, in)
	if err != nil {
		return "", err
	}
	t.run.Store(r)
	return r.endpoint, nil
}

// take waits for the turn to start or stop. Where nobody has it, it is there for those too whose ctx has ended: a stop that is left
// no time must free everything nevertheless.
func (t *Transport) take(ctx context.Context) error {
	select {
	case t.turn <- struct{}{}:
		return nil
	default:
	}
	select {
	case t.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *Transport) give() { <-t.turn }

// Send implements [zebus.Transport]. Beside what that says, the errors are [zebus.ErrNotRunning]; [zebus.ErrTooLarge];
// and per peer [zebus.ErrPeerBusy] when its queue is full or it has not read for a while, and [zebus.ErrPeerUnreachable]
// when there is no way to its endpoint, or none was found lately.
func (t *Transport) Send(d zebus.Delivery) error {
	r := t.run.Load()
	if r == nil {
		return zebus.ErrNotRunning
	}
	return r.outbound.deliver(&d)
}

// Flush implements [zebus.Transport]. A queue has room again when it is half empty.
func (t *Transport) Flush(ctx context.Context) error {
	r := t.run.Load()
	if r == nil {
		return zebus.ErrNotRunning
	}
	return r.outbound.flush(ctx, t.cfg.SendQueueLimit/2)
}

// Help implements [zebus.Helper].
func (t *Transport) Help(ctx context.Context, done <-chan struct{}) {
	if r := t.run.Load(); r != nil {
		r.inbound.crew.help(ctx, done)
	}
}

// Nudge implements [zebus.Helper].
func (t *Transport) Nudge() {
	if r := t.run.Load(); r != nil {
		r.inbound.crew.nudge()
	}
}

// Ack does nothing: what is kept elsewhere is acknowledged by whoever wraps this transport.
func (*Transport) Ack(*zebus.TransportMessage) {}

// IgnoresAcks implements [zebus.AckFree].
func (t *Transport) IgnoresAcks() zebus.Transport { return t }

// Registered does nothing: there is nothing to replay.
func (*Transport) Registered() {}

// PeerChanged implements [zebus.Transport].
func (t *Transport) PeerChanged(c zebus.PeerChange) {
	if r := t.run.Load(); r != nil {
		r.peerChanged(c)
	}
}

// Stop implements [zebus.Transport]. Beside ctx, EndOfStreamAckTimeout bounds how long it waits for peers that hang.
func (t *Transport) Stop(ctx context.Context) error {
	if err := t.take(ctx); err != nil {
		return err
	}
	defer t.give()
	r := t.run.Load()
	if r == nil {
		return nil
	}
	defer t.run.Store(nil)
	return r.stop(ctx)
}

// OutboundSockets returns the number of peers that there is a socket to.
func (t *Transport) OutboundSockets() int {
	r := t.run.Load()
	if r == nil {
		return 0
	}
	return int(r.outbound.sockets.Load())
}
