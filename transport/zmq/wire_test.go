//go:build cgo

package zmq_test

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// frameOf returns a frame of somebody who listens at an endpoint.
func frameOf(from zebus.PeerID, endpoint string, m *zebus.TransportMessage) []byte {
	m.Originator = zebus.Originator{SenderID: from, SenderEndpoint: endpoint}
	return transport.NewWriter(zebus.Self{ID: from, Environment: "Test"}, endpoint).Append(nil, m)
}

func TestFramesOnTheWire(t *testing.T) {
	server := listenRaw(t)
	a := startNode(t, "Test.A.0", quick())
	to := zebus.Peer{ID: "Test.Raw.0", Endpoint: server.endpoint()}

	m := a.send(t, "", to)
	p := server.accept(t)
	_, empty := p.readFrame(t)
	if got, err := transport.ReadMessage(empty); err != nil || got.ID != m.ID {
		t.Fatalf("first frame is %+v, %v", got, err)
	}
	for _, tc := range []struct {
		name  string
		size  int
		flags byte
	}{
		{"X14 255 bytes have a short head", 255, 0},
		{"X14 256 bytes have a long head", 256, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			// The length of the content takes one byte more than that of the empty one from 128 bytes on.
			a.send(t, strings.Repeat("x", tc.size-len(empty)-1), to)
			flags, body := p.readFrame(t)
			if flags != tc.flags || len(body) != tc.size {
				t.Errorf("flags %02x and %d bytes, want %02x and %d", flags, len(body), tc.flags, tc.size)
			}
		})
	}
}

func TestOddFrames(t *testing.T) {
	n := startNode(t, "Test.A.0", quick())
	p := dialRaw(t, n.endpoint)
	message := func(text string) []byte {
		return frameOf("Test.Raw.0", "tcp://127.0.0.1:1", &zebus.TransportMessage{ID: n.ids.Next(), Type: "Test.Message", Content: []byte(text)})
	}

	t.Run("X13 parts of one message are messages of their own, and empty frames nothing", func(t *testing.T) {
		p.sendFrame(t, nil, false)
		p.sendFrame(t, message("one"), true)
		p.sendFrame(t, nil, true)
		p.sendFrame(t, message("two"), false)
		got := n.received(t, 2)
		if string(got[0].Content) != "one" || string(got[1].Content) != "two" {
			t.Errorf("received %q and %q", got[0].Content, got[1].Content)
		}
	})
	t.Run("random bytes are rejected with the address they came from", func(t *testing.T) {
		noise := make([]byte, 300)
		_, _ = rand.Read(noise)
		noise[0] = 0 // a tag that no protobuf message has
		p.sendFrame(t, noise, false)
		f := n.refused(t, 1)
		if f.Sender != "" || f.Remote != "127.0.0.1" || f.Bytes != 300 || !errors.Is(f.Err, transport.ErrFrame) {
			t.Errorf("rejected %+v, want 300 bytes from 127.0.0.1 and ErrFrame, and nobody's name", f)
		}
	})
	t.Run("what one message says is not said of the next, which is read into the same memory", func(t *testing.T) {
		before := len(n.received(t, 2))
		m := zebus.TransportMessage{
			ID: n.ids.Next(), Type: "Test.Message", Content: []byte("x"),
			PersistentPeerIDs: []zebus.PeerID{"Test.C.0"}, Extensions: &zebus.Extensions{TraceParent: "trace"},
		}
		p.sendFrame(t, frameOf("Test.Raw.0", "tcp://127.0.0.1:1", &m), false)
		n.received(t, before+1)
		p.sendFrame(t, frameOf("Test.Raw.0", "tcp://127.0.0.1:1", &zebus.TransportMessage{ID: n.ids.Next(), Type: "Test.Message"}), false)
		got := n.received(t, before+2)[before:]
		if got[0].Extensions == nil || len(got[0].PersistentPeerIDs) != 1 {
			t.Errorf("received %+v first", got[0])
		}
		if got[1].Extensions != nil || len(got[1].PersistentPeerIDs) > 0 || len(got[1].Content) > 0 {
			t.Errorf("received %+v then", got[1])
		}
	})
	t.Run("a message of another environment is rejected with its sender", func(t *testing.T) {
		other := transport.NewWriter(zebus.Self{ID: "Test.Raw.0", Environment: "Other"}, "tcp://127.0.0.1:1")
		m := n.message("x")
		m.Originator = zebus.Originator{SenderID: "Test.Raw.0", SenderEndpoint: "tcp://127.0.0.1:1"}
		p.sendFrame(t, other.Append(nil, m), false)
		f := n.refused(t, 2)
		if f.Sender != "Test.Raw.0" || !errors.Is(f.Err, transport.ErrOtherEnvironment) {
			t.Errorf("rejected %+v, want ErrOtherEnvironment of Test.Raw.0", f)
		}
	})
	t.Run("a name that is too long is nobody's, and none of it is kept or told", func(t *testing.T) {
		long := strings.Repeat("x", 1<<20)
		leaves := zebus.TransportMessage{ID: n.ids.Next(), Type: transport.EndOfStream}
		p.sendFrame(t, frameOf(zebus.PeerID(long), "tcp://127.0.0.1:1", &leaves), false)
		f := n.refused(t, 3)
		if f.Sender != "" || f.Remote != "127.0.0.1" || !errors.Is(f.Err, transport.ErrLongName) || len(f.Err.Error()) > 200 {
			t.Errorf("rejected a frame of %.100q at %s: %.200v; want nobody's name and ErrLongName", f.Sender, f.Remote, f.Err)
		}
	})
	t.Run("what follows is read", func(t *testing.T) {
		p.sendFrame(t, message("three"), false)
		n.received(t, 3)
	})
}

// Lines are what was logged, one by one.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

// await passes over what was logged before something.
func (l lines) await(t *testing.T, something string) {
	t.Helper()
	for timeout := time.After(patience); ; {
		select {
		case line := <-l:
			if strings.Contains(line, something) {
				return
			}
		case <-timeout:
			t.Fatalf("%q was not logged", something)
		}
	}
}

func TestFrameOfTwoHundredMegabytes(t *testing.T) {
	rejected, closed := make(chan string, 1), make(chan string, 1)
	cfg := quick()
	cfg.Observer.ConnectionRejected = func(remote string) { rejected <- remote }
	cfg.Observer.ConnectionClosed = func(remote string) { closed <- remote }
	log := make(lines, 100)
	cfg.Logger = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	n := startNode(t, "Test.A.0", cfg)
	p := dialRaw(t, n.endpoint)
	log.await(t, "connection accepted")

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p.write(t, binary.BigEndian.AppendUint64([]byte{2}, 200<<20))
	if _, err := io.Copy(io.Discard, p); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the connection is not closed: %v", err)
	}
	if a, b, want := <-rejected, <-closed, p.LocalAddr().String(); a != want || b != want {
		t.Errorf("rejected %q and closed %q, want %v", a, b, want)
	}
	if f := n.refused(t, 1); f.Remote != p.LocalAddr().String() || !errors.Is(f.Err, zebus.ErrTooLarge) {
		t.Errorf("the bus is told of %+v, want ErrTooLarge from %v", f, p.LocalAddr())
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 10<<20 {
		t.Errorf("%d bytes were allocated", grown)
	}
	again := dialRaw(t, n.endpoint)
	log.await(t, "connection accepted")
	again.sendFrame(t, frameOf("Test.Raw.0", "tcp://127.0.0.1:1", &zebus.TransportMessage{ID: n.ids.Next(), Type: "Test.Message"}), false)
	n.received(t, 1)
	_ = again.Close()
	if remote := <-closed; remote != again.LocalAddr().String() || len(rejected) > 0 {
		t.Errorf("closed %q, rejected %d, want a connection that ended as it should", remote, len(rejected))
	}
	if n.refused(t, 1).Remote != p.LocalAddr().String() {
		t.Error("the bus is told of a connection that ended as it should")
	}
}

func TestTenMegabytes(t *testing.T) {
	t.Parallel()
	a, b := startNode(t, "Test.A.0", quick()), startNode(t, "Test.B.0", quick())
	content := bytes.Repeat([]byte("zebus"), 2<<20)
	a.send(t, string(content), b.peer())
	a.send(t, "small", b.peer())
	got := b.received(t, 2)
	if !bytes.Equal(got[0].Content, content) || string(got[1].Content) != "small" {
		t.Errorf("received %d and %d bytes", len(got[0].Content), len(got[1].Content))
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	cfg := quick()
	cfg.MaxMessageSize = 1000
	a := startNode(t, "Test.A.0", cfg)
	err := a.Send(zebus.Delivery{Message: a.message(strings.Repeat("x", 1000)), To: []zebus.Peer{a.peer()}})
	var to *zebus.SendError
	if !errors.Is(err, zebus.ErrTooLarge) || !errors.As(err, &to) || to.To != "Test.A.0" {
		t.Errorf("Send = %v, want a SendError with ErrTooLarge", err)
	}
}

func TestEndOfStreamFrames(t *testing.T) {
	server := listenRaw(t)
	n := startNode(t, "Test.A.0", waiting(patience))
	p := dialRaw(t, n.endpoint)

	t.Run("X17 an acknowledgement of a stranger changes nothing", func(t *testing.T) {
		p.sendFrame(t, frameOf("Test.Stranger.0", server.endpoint(), transport.NewEndOfStreamAck(n.ids.Next(), zebus.Originator{})), false)
		p.sendFrame(t, frameOf("Test.Stranger.0", server.endpoint(), &zebus.TransportMessage{ID: n.ids.Next(), Type: "Test.Message"}), false)
		n.received(t, 1)
	})
	t.Run("X16 an end of stream is acknowledged to a peer never written to", func(t *testing.T) {
		p.sendFrame(t, frameOf("Test.Raw.0", server.endpoint(), transport.NewEndOfStream(n.ids.Next(), zebus.Originator{})), false)
		_, body := server.accept(t).readFrame(t)
		m, err := transport.ReadMessage(body)
		if err != nil || m.Type != transport.EndOfStreamAck || m.Originator.SenderID != "Test.A.0" || m.Originator.SenderEndpoint != n.endpoint {
			t.Errorf("answered %+v, %v", m, err)
		}
		if m.Originator.MachineName == nil || m.Originator.InitiatorUserName == nil || len(m.Content) != 0 {
			t.Errorf("the acknowledgement names machine %v and user %v, content %q", m.Originator.MachineName, m.Originator.InitiatorUserName, m.Content)
		}
	})
}

func TestStopSaysEndOfStream(t *testing.T) {
	server := listenRaw(t)
	cfg := quick()
	cfg.EndOfStreamAckTimeout = patience
	n := startNode(t, "Test.A.0", cfg)
	n.send(t, "last words", zebus.Peer{ID: "Test.Raw.0", Endpoint: server.endpoint()})
	p := server.accept(t)
	stopped := make(chan error, 1)
	go func() { stopped <- n.Stop(t.Context()) }()

	t.Run("X15 a stop says end of stream and waits for the acknowledgement, no longer", func(t *testing.T) {
		_, words := p.readFrame(t)
		_, body := p.readFrame(t)
		last, _ := transport.ReadMessage(words)
		end, err := transport.ReadMessage(body)
		if string(last.Content) != "last words" || err != nil || end.Type != transport.EndOfStream {
			t.Fatalf("read %+v and %+v, %v", last, end, err)
		}
		if end.WasPersisted == nil || *end.WasPersisted || end.ID.IsZero() {
			t.Errorf("end of stream has id %v and was persisted %v", end.ID, end.WasPersisted)
		}
		select {
		case err := <-stopped:
			t.Fatalf("Stop = %v before the acknowledgement", err)
		default:
		}
		dialRaw(t, n.endpoint).sendFrame(t, frameOf("Test.Raw.0", server.endpoint(), transport.NewEndOfStreamAck(n.ids.Next(), zebus.Originator{})), false)
		if err := <-stopped; err != nil {
			t.Errorf("Stop = %v", err)
		}
	})
}
