//go:build cgo

package zmq_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

func TestEffectiveEndpoint(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, inbound, advertised, bind, prefix, warning string
	}{
		{"K12 a named host is told as it is, with the port that was bound", "tcp://some.name.invalid:*", "", "", "tcp://some.name.invalid:", "some.name.invalid"},
		{"an address is told as it is", "tcp://127.0.0.1:*", "", "", "tcp://127.0.0.1:", ""},
		{"the advertised endpoint is told instead", "tcp://*:*", "127.0.0.1:4000", "", "tcp://127.0.0.1:4000", ""},
		{"an advertised host alone keeps the port", "tcp://*:*", "tcp://127.0.0.9:*", "", "tcp://127.0.0.9:", ""},
		{"an advertised host that does not resolve is worth a warning", "tcp://*:*", "no.such.host.invalid:*", "", "tcp://no.such.host.invalid:", "advertised_endpoint"},
		{"one interface is told by its address", "tcp://*:*", "", "127.0.0.1", "tcp://127.0.0.1:", ""},
		{"this machine is told by a name or address", "tcp://*:*", "", "", "tcp://", ""},
		{"so it is when the host stands for all interfaces, where nobody can connect to", "tcp://0.0.0.0:*", "", "", "tcp://", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg, log := quick(), &logText{}
			cfg.InboundEndpoint, cfg.AdvertisedEndpoint, cfg.BindAddress = tc.inbound, tc.advertised, tc.bind
			cfg.Logger = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn}))
			n := startNode(t, "Test.A.0", cfg)
			e, err := zmq.ParseEndpoint(n.endpoint)
			if err != nil || e.AnyHost() || e.AnyPort() || e.Port == "0" || e.Host == "0.0.0.0" || !strings.HasPrefix(n.endpoint, tc.prefix) {
				t.Errorf("Start = %q, want %s…", n.endpoint, tc.prefix)
			}
			if tc.warning != "" && !strings.Contains(log.text(), tc.warning) {
				t.Errorf("the log says %q, and nothing of %s", log.text(), tc.warning)
			}
		})
	}
}

// logText is what a logger wrote.
type logText struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (l *logText) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.Write(b)
}

func (l *logText) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.String()
}

func TestPortInUse(t *testing.T) {
	cfg := quick()
	cfg.InboundEndpoint = reserved(t)
	a := startNode(t, "Test.A.0", cfg)
	cfg.BindAddress = "127.0.0.1"
	b := newNode(t, "Test.B.0", cfg)
	_, err := b.Start(t.Context(), b.self, b.recorder)
	if err == nil || !strings.Contains(err.Error(), a.endpoint) || !strings.Contains(err.Error(), "choose another port") {
		t.Fatalf("Start = %v, want an error that names %s and says what to do", err, a.endpoint)
	}
	t.Run("K26 the error of libzmq is a text", func(t *testing.T) {
		if !strings.Contains(err.Error(), "address already in use") {
			t.Errorf("Start = %v", err)
		}
	})
	t.Run("the start that failed can be tried again", func(t *testing.T) {
		a.stop(t)
		b.start(t)
	})
}

func TestStartTwice(t *testing.T) {
	t.Parallel()
	a := startNode(t, "Test.A.0", quick())
	if _, err := a.Start(t.Context(), a.self, a.recorder); !errors.Is(err, zebus.ErrAlreadyRunning) {
		t.Errorf("second Start = %v, want ErrAlreadyRunning", err)
	}
	a.send(t, "still here", a.peer())
	a.received(t, 1)
}

func TestStopDuringStart(t *testing.T) {
	t.Parallel()
	a := newNode(t, "Test.A.0", quick())
	var both sync.WaitGroup
	both.Go(func() { _, _ = a.Start(t.Context(), a.self, a.recorder) })
	both.Go(func() { _ = a.Stop(t.Context()) })
	both.Wait()
	a.stop(t)
	a.start(t)
	a.send(t, "works", a.peer())
	a.received(t, 1)
}

func TestStartWithoutTime(t *testing.T) {
	t.Parallel()
	a := newNode(t, "Test.A.0", quick())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Start(ctx, a.self, a.recorder); !errors.Is(err, context.Canceled) {
		t.Errorf("Start = %v, want context.Canceled", err)
	}
	a.start(t)
}

func TestDecommissionedPeer(t *testing.T) {
	t.Parallel()
	t.Run("K13 the socket to a decommissioned peer is kept for a while", func(t *testing.T) {
		t.Parallel()
		a, _, to, p := leftByRaw(t, time.Hour)
		if n := a.OutboundSockets(); n != 1 {
			t.Errorf("%d sockets right after, want 1", n)
		}
		a.send(t, "still sent", to)
		p.readFrame(t)
	})
	t.Run("K13 the socket to a decommissioned peer is dropped after that", func(t *testing.T) {
		t.Parallel()
		a, server, to, p := leftByRaw(t, time.Millisecond)
		if _, _, err := p.tryReadFrame(); err == nil {
			t.Error("a second frame came")
		}
		awaitSockets(t, a, 0)
		a.send(t, "opens another one", to)
		server.accept(t).readFrame(t)
	})
	t.Run("the socket to the persistence is kept", func(t *testing.T) {
		t.Parallel()
		a, server, other := startNode(t, "Test.A.0", waiting(time.Millisecond)), listenRaw(t), listenRaw(t)
		to := zebus.Peer{ID: "Abc.Zebus.PersistenceService.0", Endpoint: server.endpoint()}
		leaver := zebus.Peer{ID: "Test.C.0", Endpoint: other.endpoint()}
		p := acquaint(t, a, to, server)
		acquaint(t, a, leaver, other)
		for _, gone := range []zebus.Peer{to, leaver} {
			a.PeerChanged(zebus.PeerChange{Kind: zebus.PeerDecommissionedChange, Peer: gone})
		}
		awaitSockets(t, a, 1) // that of the persistence would have been dropped before
		m := a.send(t, "on the same connection", to)
		if got := p.message(t); got.ID != m.ID {
			t.Errorf("received %+v", got)
		}
	})
}

// leftByRaw starts a node with a connection to a raw peer, which then was decommissioned. The node keeps its socket for that
// long.
func leftByRaw(t *testing.T, kept time.Duration) (a *node, server *rawServer, to zebus.Peer, p *rawPeer) {
	t.Helper()
	a, server = startNode(t, "Test.A.0", waiting(kept)), listenRaw(t)
	to = zebus.Peer{ID: "Test.B.0", Endpoint: server.endpoint()}
	p = acquaint(t, a, to, server)
	a.PeerChanged(zebus.PeerChange{Kind: zebus.PeerDecommissionedChange, Peer: to})
	return a, server, to, p
}

// waiting is a configuration that waits so long for those it leaves, and keeps the sockets to those who leave.
func waiting(d time.Duration) zmq.Config {
	cfg := quick()
	cfg.EndOfStreamAckTimeout = d
	return cfg
}

// acquaint sends a first message to a raw peer, and returns the connection on which it came.
func acquaint(t *testing.T, n *node, to zebus.Peer, server *rawServer) *rawPeer {
	t.Helper()
	n.send(t, "x", to)
	p := server.accept(t)
	p.readFrame(t)
	return p
}

// awaitSockets waits until a node has n outgoing sockets.
func awaitSockets(t *testing.T, n *node, want int) {
	t.Helper()
	for end := time.Now().Add(patience); n.OutboundSockets() != want; {
		if time.Now().After(end) {
			t.Fatalf("%d sockets for %v, want %d", n.OutboundSockets(), patience, want)
		}
		runtime.Gosched()
	}
}

func TestDelayedDropIsForOneEndpoint(t *testing.T) {
	t.Parallel()
	a, owner, other := startNode(t, "Test.A.0", waiting(time.Millisecond)), listenRaw(t), listenRaw(t)
	to := zebus.Peer{ID: "Test.B.0", Endpoint: owner.endpoint()}
	leaver := zebus.Peer{ID: "Test.C.0", Endpoint: other.endpoint()}
	p := acquaint(t, a, to, owner)
	acquaint(t, a, leaver, other)

	twin := zebus.Peer{ID: to.ID, Endpoint: reserved(t)}
	for _, gone := range []zebus.Peer{twin, leaver} {
		a.PeerChanged(zebus.PeerChange{Kind: zebus.PeerDecommissionedChange, Peer: gone})
	}
	awaitSockets(t, a, 1) // the delay for the twin was over before
	m := a.send(t, "on the same connection", to)
	if got := p.message(t); got.ID != m.ID {
		t.Errorf("received %+v", got)
	}
}
