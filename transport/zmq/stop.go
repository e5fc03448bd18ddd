//go:build cgo

package zmq

import (
	"context"
	"errors"
	"time"

	"github.com/zebus-go/zebus/transport"
)

// stop ends a run in the order of Zebus: nothing new, the queues run dry, every peer that lives says that it has read
// everything, nothing is handed up any more, all sockets are closed, the losses are reported. ctx bounds the waiting.
func (r *run) stop(ctx context.Context) error {
	r.delays.stop()
	r.outbound.refuse()
	err := r.outbound.flush(ctx, 0)
	if err == nil {
		err = r.takeLeave(ctx)
	}
	r.inbound.stop()
	return errors.Join(err, r.free())
}

// takeLeave says EndOfStream to every peer there is a connection to, and waits until each has read it. A peer that
// hangs is waited for in vain, for EndOfStreamAckTimeout; one that is known to be gone is not.
func (r *run) takeLeave(ctx context.Context) error {
	for _, p := range r.outbound.table.all() {
		r.outbound.takeLeave(p, transport.NewEndOfStream(r.ids.Next(), r.from)) //nolint:contextcheck // it waits for nothing
	}
	done := r.outbound.farewells.done()
	select {
	case <-done: // also when ctx has ended: there is nothing to wait for
		return nil
	default:
	}
	timeout := time.NewTimer(r.cfg.EndOfStreamAckTimeout)
	defer timeout.Stop()
	select {
	case <-done:
		return nil
	case <-timeout.C:
		r.cfg.Logger.Warn("not waiting any longer for peers that have not said that they read everything",
			"after", r.cfg.EndOfStreamAckTimeout, "peers", r.outbound.farewells.missing())
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// free closes what is open, of a run that has stopped or not come to be. Nothing is received any more.
func (r *run) free() error {
	if r.outbound != nil {
		r.outbound.close()
	}
	var err error
	if r.inbound != nil {
		err = errors.Join(r.watcher.unwatch(r.inbound.socket), r.inbound.close())
	}
	if r.watcher != nil {
		err = errors.Join(err, r.watcher.stop())
	}
	r.connections.close()
	if r.context != nil {
		err = errors.Join(err, r.context.Term())
	}
	r.reports.close()
	return err
}
