package zmq

import (
	"fmt"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// Refusals tell the bus of frames that are not for it.
type refusals func(zebus.RejectedFrame)

// refusalsTo returns what tells a bus that listens, or nobody.
func refusalsTo(up zebus.Inbound) refusals {
	if l, ok := up.(zebus.RejectionListener); ok {
		return l.FrameRejected
	}
	return func(zebus.RejectedFrame) {}
}

// Why libzmq ended a connection without handing up what came on it.
var (
	errForeign   = fmt.Errorf("%w: the other side does not speak the protocol of libzmq", transport.ErrFrame)
	errOversized = fmt.Errorf("%w: it was announced and not read, or what came is no frame", zebus.ErrTooLarge)
)

// connection tells of what came on a connection that libzmq has ended.
func (r refusals) connection(remote string, err error) {
	r(zebus.RejectedFrame{Remote: remote, Err: err})
}
