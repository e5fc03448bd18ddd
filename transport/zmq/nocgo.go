//go:build !cgo

package zmq

import (
	"context"
	"errors"

	"github.com/zebus-go/zebus/zebus"
)

// A Transport carries messages over libzmq. In this program it cannot: see [New].
type Transport struct{}

var _ zebus.Transport = (*Transport)(nil)

var errNoCgo = errors.New("zmq: this program was built without cgo, which libzmq needs: " +
	"install a C compiler and libzmq (Debian: apt-get install gcc libc6-dev pkg-config libzmq3-dev) and build it with CGO_ENABLED=1")

// New returns an error that says how to build the program so that it can use libzmq.
func New(Config) (*Transport, error) { return nil, errNoCgo }

// Start returns the error of [New].
func (*Transport) Start(context.Context, zebus.Self, zebus.Inbound) (string, error) {
	return "", errNoCgo
}

// Send returns the error of [New].
func (*Transport) Send(zebus.Delivery) error { return errNoCgo }

// Flush returns the error of [New].
func (*Transport) Flush(context.Context) error { return errNoCgo }

// Ack does nothing.
func (*Transport) Ack(*zebus.TransportMessage) {}

// IgnoresAcks implements [zebus.AckFree].
func (t *Transport) IgnoresAcks() zebus.Transport { return t }

// Registered does nothing.
func (*Transport) Registered() {}

// PeerChanged does nothing.
func (*Transport) PeerChanged(zebus.PeerChange) {}

// Stop does nothing.
func (*Transport) Stop(context.Context) error { return nil }

// OutboundSockets returns zero.
func (*Transport) OutboundSockets() int { return 0 }

// ConnectedPeers returns zero.
func (*Transport) ConnectedPeers() int { return 0 }
