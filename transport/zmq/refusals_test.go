//go:build cgo

package zmq_test

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// knock connects, and returns when the node knows of it.
func knock(t *testing.T, n *node, log lines) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(n.endpoint, "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	log.await(t, "connection accepted")
	return conn
}

// Whoever only looks for open ports is no loss; whoever says something else than messages is.
func TestConnectionsThatAreNoPeers(t *testing.T) {
	closed := make(chan string, 10)
	log := make(lines, 100)
	cfg := quick()
	cfg.Observer.ConnectionClosed = func(remote string) { closed <- remote }
	cfg.Logger = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	n := startNode(t, "Test.A.0", cfg)
	greeting := recorded(t, "PUSH").greeting

	t.Run("one that closes without a handshake is not told", func(t *testing.T) {
		for _, words := range [][]byte{nil, greeting} {
			conn := knock(t, n, log)
			_, _ = conn.Write(words)
			_ = conn.Close()
			<-closed
		}
		n.await(t, "nothing", func() bool { return len(n.rejected) == 0 })
	})
	t.Run("a mistaken handshake is told with its address", func(t *testing.T) {
		conn := knock(t, n, log)
		_, _ = conn.Write(append(greeting, "\x00\x05hello"...))
		_, _ = io.Copy(io.Discard, conn)
		if f := n.refused(t, 1); f.Remote != conn.LocalAddr().String() || f.Sender != "" || !errors.Is(f.Err, transport.ErrFrame) {
			t.Errorf("told of %+v, want ErrFrame from %s", f, conn.LocalAddr())
		}
	})
	t.Run("a message may come after that", func(t *testing.T) {
		m := zebus.TransportMessage{ID: n.ids.Next(), Type: "Test.Message"}
		dialRaw(t, n.endpoint).sendFrame(t, frameOf("Test.Raw.0", "tcp://127.0.0.1:1", &m), false)
		n.received(t, 1)
		n.await(t, "no more", func() bool { return len(n.rejected) == 1 })
	})
}
