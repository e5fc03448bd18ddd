//go:build cgo

package zmq_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// A rawPeer speaks ZMTP over a plain connection, so that tests can say what libzmq would not, and see what it does.
type rawPeer struct {
	net.Conn
}

// side holds the recorded bytes with which one side begins.
type side struct{ greeting, ready []byte }

// recorded returns what .NET's libzmq says as "PUSH" or "PULL".
func recorded(tb testing.TB, role string) side {
	tb.Helper()
	text, err := os.ReadFile("testdata/zmtp.json")
	if err != nil {
		tb.Fatal(err)
	}
	var lines []struct{ Side, Greeting, Ready string }
	if err := json.Unmarshal(text, &lines); err != nil {
		tb.Fatal(err)
	}
	for _, l := range lines {
		if strings.HasPrefix(l.Side, role) {
			return side{unhex(tb, l.Greeting), unhex(tb, l.Ready)}
		}
	}
	tb.Fatalf("no recording of %s", role)
	return side{}
}

func unhex(tb testing.TB, text string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// dialRaw connects to an endpoint as a PUSH socket does, up to and including the handshake.
func dialRaw(tb testing.TB, endpoint string) *rawPeer {
	tb.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(endpoint, "tcp://"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	p := &rawPeer{conn}
	p.shake(tb, recorded(tb, "PUSH"), recorded(tb, "PULL"))
	return p
}

// shake says the recorded bytes of one side and wants those of the other.
func (p *rawPeer) shake(tb testing.TB, ours, theirs side) {
	tb.Helper()
	_ = p.SetDeadline(time.Now().Add(patience))
	if err := p.tryShake(ours, theirs); err != nil {
		tb.Fatalf("raw peer: %v", err)
	}
}

// minorVersion is where a greeting says ZMTP 3.0 or 3.1, which newer versions of libzmq speak; it says the same
// either way.
const minorVersion = 11

func (p *rawPeer) tryShake(ours, theirs side) error {
	if _, err := p.Write(ours.greeting); err != nil {
		return err
	}
	greeting, err := p.tryRead(len(theirs.greeting))
	if err != nil {
		return err
	}
	greeting[minorVersion] = theirs.greeting[minorVersion]
	if !bytes.Equal(greeting, theirs.greeting) {
		return fmt.Errorf("greeting is %x, want %x", greeting, theirs.greeting)
	}
	if _, err := p.Write(ours.ready); err != nil {
		return err
	}
	ready, err := p.tryRead(len(theirs.ready))
	if err == nil && !bytes.Equal(ready, theirs.ready) {
		err = fmt.Errorf("ready is %x, want %x", ready, theirs.ready)
	}
	return err
}

// tryRead reads exactly n bytes.
func (p *rawPeer) tryRead(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(p, b)
	return b, err
}

func (p *rawPeer) write(tb testing.TB, b []byte) {
	tb.Helper()
	if _, err := p.Write(b); err != nil {
		tb.Fatalf("raw peer cannot write: %v", err)
	}
}

// readFrame reads one message: its flags byte, and its body.
func (p *rawPeer) readFrame(tb testing.TB) (flags byte, body []byte) {
	tb.Helper()
	flags, body, err := p.tryReadFrame()
	if err != nil {
		tb.Fatalf("raw peer cannot read: %v", err)
	}
	return flags, body
}

func (p *rawPeer) tryReadFrame() (flags byte, body []byte, err error) {
	_ = p.SetDeadline(time.Now().Add(patience))
	head, err := p.tryRead(2)
	if err != nil {
		return 0, nil, err
	}
	size := uint64(head[1])
	if head[0]&2 != 0 {
		rest, err := p.tryRead(7)
		if err != nil {
			return 0, nil, err
		}
		size = binary.BigEndian.Uint64(append(head[1:2:2], rest...))
	}
	body, err = p.tryRead(int(size))
	return head[0], body, err
}

// sendFrame writes one message, or a part of one with more to come.
func (p *rawPeer) sendFrame(tb testing.TB, body []byte, more bool) {
	tb.Helper()
	var flags byte
	if more {
		flags = 1
	}
	head := []byte{flags, byte(len(body))}
	if len(body) > 255 {
		head = binary.BigEndian.AppendUint64([]byte{flags | 2}, uint64(len(body)))
	}
	p.write(tb, append(head, body...))
}

// A rawServer listens for connections as a PULL socket does.
type rawServer struct {
	net.Listener
}

func listenRaw(tb testing.TB) *rawServer {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	return &rawServer{l}
}

func (s *rawServer) endpoint() string { return "tcp://" + s.Addr().String() }

// accept takes the next connection, up to and including the handshake.
func (s *rawServer) accept(tb testing.TB) *rawPeer {
	tb.Helper()
	late := time.AfterFunc(patience, func() { _ = s.Close() })
	defer late.Stop()
	conn, err := s.Accept()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	p := &rawPeer{conn}
	p.shake(tb, recorded(tb, "PULL"), recorded(tb, "PUSH"))
	return p
}

// message reads one frame and the message in it.
func (p *rawPeer) message(tb testing.TB) zebus.TransportMessage {
	tb.Helper()
	_, body := p.readFrame(tb)
	m, err := transport.ReadMessage(body)
	if err != nil {
		tb.Fatalf("raw peer was sent %x: %v", body, err)
	}
	return m
}
