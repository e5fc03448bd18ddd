//go:build cgo

package zmq

import (
	"log/slog"
	"net/netip"
	"syscall"

	"github.com/pebbe/zmq4"
)

// Connections hears of the connections that others make to this peer. libzmq names them by file descriptor, so each
// address is asked for while the connection is new. It is used by the goroutine of the watcher.
type connections struct {
	log     *slog.Logger
	observe Observer
	remotes map[int]string
}

func (c *connections) hear(event zmq4.Event, fd int) {
	switch event {
	case zmq4.EVENT_ACCEPTED:
		c.remotes[fd] = remoteAddress(fd)
		c.log.Debug("connection accepted", "remote", c.remotes[fd])
	case zmq4.EVENT_ACCEPT_FAILED:
		c.log.Error("connection not accepted", "error", zmq4.Errno(fd)) // here the value is an error
	case zmq4.EVENT_DISCONNECTED:
		remote := c.remotes[fd]
		delete(c.remotes, fd)
		c.log.Debug("connection closed", "remote", remote)
		c.observe.connectionClosed(remote)
	case zmq4.EVENT_HANDSHAKE_FAILED_NO_DETAIL, zmq4.EVENT_HANDSHAKE_FAILED_PROTOCOL, zmq4.EVENT_HANDSHAKE_FAILED_AUTH:
		c.log.Warn("connection without a handshake: it does not speak the protocol, or was closed", "open", len(c.remotes))
		c.observe.connectionRejected("")
	default:
	}
}

// remoteAddress returns the other end of a connection; "" when it is gone already.
func remoteAddress(fd int) string {
	address, err := syscall.Getpeername(fd)
	if err != nil {
		return ""
	}
	v4, ok := address.(*syscall.SockaddrInet4)
	if !ok {
		return ""
	}
	return netip.AddrPortFrom(netip.AddrFrom4(v4.Addr), uint16(v4.Port)).String()
}
