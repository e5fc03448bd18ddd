//go:build cgo

package zmq

import (
	"errors"
	"log/slog"
	"net/netip"
	"syscall"

	"github.com/pebbe/zmq4"
)

// Connections hears of the connections that others make to this peer. It is used by the goroutine of the watcher, and
// closed when that has ended.
type connections struct {
	log     *slog.Logger
	observe Observer
	refuse  refusals
	open    map[int]connection // by the file descriptor that libzmq has
	shake   handshake          // the one that failed since the last connection ended
}

// A handshake is how the two ends of a connection found out that they speak one protocol.
type handshake uint8

const (
	handshakeDone     handshake = iota
	handshakeBroken             // the other side left, as whoever only looks for open ports does
	handshakeMistaken           // the other side said what it should not
)

// A connection is one that libzmq has accepted. libzmq says that it has ended, and not who ended it: so there is a
// file descriptor of ours, of which that can be asked. A connection that ends before its beginning has been heard of has none,
// and ends without a word.
type connection struct {
	remote string // "" when it was gone before it could be asked for
	fd     int    // -1 when there is none
}

func newConnections(log *slog.Logger, o Observer, r refusals) *connections {
	return &connections{log: log, observe: o, refuse: r, open: map[int]connection{}}
}

func (c *connections) hear(event zmq4.Event, value int) {
	switch event {
	case zmq4.EVENT_ACCEPTED:
		c.accepted(value)
	case zmq4.EVENT_ACCEPT_FAILED:
		c.log.Error("connection not accepted", "error", zmq4.Errno(value)) // here the value is an error
	case zmq4.EVENT_HANDSHAKE_FAILED_NO_DETAIL, zmq4.EVENT_HANDSHAKE_FAILED_AUTH:
		c.shake = handshakeBroken // the end of that connection is the next event
	case zmq4.EVENT_HANDSHAKE_FAILED_PROTOCOL:
		c.shake = handshakeMistaken
	case zmq4.EVENT_DISCONNECTED:
		c.disconnected(value)
	default:
	}
}

func (c *connections) accepted(fd int) {
	c.open[fd].close()
	c.open[fd] = newConnection(fd)
	c.log.Debug("connection accepted", "remote", c.open[fd].remote)
}

// disconnected tells the end of a connection that is as it should be from the end of one that is not: libzmq ends those
// itself.
func (c *connections) disconnected(fd int) {
	ended := c.open[fd]
	delete(c.open, fd)
	switch {
	case c.shake != handshakeDone:
		c.log.Warn("connection without a handshake: it does not speak the protocol, or was closed", "remote", ended.remote)
		c.observe.connectionRejected(ended.remote)
		if c.shake == handshakeMistaken {
			c.refuse.connection(ended.remote, errForeign)
		}
	case ended.standing():
		c.log.Warn("connection rejected: a frame over max_message_size was announced, or what came is no frame", "remote", ended.remote)
		c.observe.connectionRejected(ended.remote)
		c.refuse.connection(ended.remote, errOversized)
	default:
		c.log.Debug("connection closed", "remote", ended.remote)
	}
	c.shake = handshakeDone
	ended.close()
	c.observe.connectionClosed(ended.remote)
}

// close forgets the connections that had not ended.
func (c *connections) close() {
	for _, o := range c.open {
		o.close()
	}
	clear(c.open)
}

// newConnection asks for what is known of a connection while it is new.
func newConnection(fd int) connection {
	remote := remoteAddress(fd)
	if remote == "" {
		return connection{fd: -1}
	}
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	own, err := syscall.Dup(fd)
	if err != nil {
		return connection{remote: remote, fd: -1} // too many are open: then it cannot be known who ends it
	}
	syscall.CloseOnExec(own)
	return connection{remote: remote, fd: own}
}

// standing says whether the other side has not ended the connection. libzmq has read what came before that, so there would be
// an end to read next.
func (c connection) standing() bool {
	if c.fd < 0 {
		return false
	}
	var one [1]byte
	n, _, err := syscall.Recvfrom(c.fd, one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	return n > 0 || errors.Is(err, syscall.EAGAIN)
}

func (c connection) close() {
	if c.fd > 0 { // neither the zero connection nor one without
		_ = syscall.Close(c.fd) // nothing was written
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
