//go:build cgo

package zmq

import (
	"errors"
	"log/slog"
	"net/netip"
	"syscall"
	"time"

	"github.com/pebbe/zmq4"
)

// Connections hears of the connections that others make to this peer. It is used by the goroutine of the watcher, and
// closed when that has ended.
type connections struct {
	log      *slog.Logger
	observe  Observer
	refuse   refusals
	port     int                // where libzmq listens
	open     map[int]connection // by the file descriptor that libzmq has
	shake    handshake          // the one that failed since the last connection ended
	shortage shortage
}

// connectionEvents are what [connections] hears of. A process that has no file descriptor left cannot accept, which libzmq
// tries again without a pause and would tell each time: there would be nothing else to hear. See shortage.
const connectionEvents = zmq4.EVENT_ALL &^ zmq4.EVENT_ACCEPT_FAILED

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
	fd     int    // 0 when there is none
	last   bool   // that the process has file descriptors for
}

func newConnections(log *slog.Logger, o Observer, r refusals) *connections {
	return &connections{log: log, observe: o, refuse: r, open: map[int]connection{}}
}

func (c *connections) hear(event zmq4.Event, value int) {
	switch event {
	case zmq4.EVENT_ACCEPTED:
		c.accepted(value)
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
	accepted := newConnection(fd, c.port)
	c.open[fd] = accepted
	c.log.Debug("connection accepted", "remote", accepted.remote)
	if accepted.last && c.shortage.due(time.Now()) {
		c.log.Error("the process has no file descriptor left: nobody can connect before others leave; raise the limit of open files")
	}
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

// newConnection asks for what is known of a connection while it is new. When it is gone already, the file descriptor may be that
// of something else by now.
func newConnection(fd, port int) connection {
	remote := remoteAddress(fd)
	if remote == "" || localPort(fd) != port {
		return connection{}
	}
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	own, err := syscall.Dup(fd)
	if err != nil {
		return connection{remote: remote, last: true} // then it cannot be known who ends it
	}
	syscall.CloseOnExec(own)
	return connection{remote: remote, fd: own, last: isLast(own)}
}

// isLast says whether there are no more file descriptors than this one, which was the lowest that was free.
func isLast(fd int) bool {
	var limit syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit)
	return err == nil && uint64(fd)+1 >= limit.Cur
}

// standing says whether the other side has not ended the connection. libzmq has read what came before that, so there would be
// an end to read next.
func (c connection) standing() bool {
	if c.fd == 0 {
		return false
	}
	var one [1]byte
	n, _, err := syscall.Recvfrom(c.fd, one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	return n > 0 || errors.Is(err, syscall.EAGAIN)
}

func (c connection) close() {
	if c.fd != 0 {
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

// localPort returns the port of this end of a connection; 0 when it is gone already.
func localPort(fd int) int {
	address, err := syscall.Getsockname(fd)
	if v4, ok := address.(*syscall.SockaddrInet4); ok && err == nil {
		return v4.Port
	}
	return 0
}
