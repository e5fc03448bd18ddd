//go:build cgo

package zmq_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

func TestUnreachablePeers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, endpoint, reason string }{
		{"refused: nobody listens there", reserved(t), "refused"},
		{"refused: nobody listens there, at a name", strings.Replace(reserved(t), "127.0.0.1", "localhost", 1), "refused"},
		{"a name that does not exist", "tcp://no.such.host.invalid:4000", "no.such.host.invalid"},
		{"a port that cannot be", "tcp://127.0.0.1:99999", "99999"},
		{"no endpoint", "tcp://foo", "want tcp://host:port"},
		{"another scheme", "inproc://bell", "want tcp://host:port"},
		{"any host", "tcp://*:4000", "none to connect to"},
		{"nothing", "", "want tcp://host:port"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a, b := startNode(t, "Test.A.0", quick()), startNode(t, "Test.B.0", quick())
			lost := zebus.Peer{ID: "Test.Lost.0", Endpoint: tc.endpoint}
			const many = 100
			refused := 0
			for i := range many {
				err := a.Send(zebus.Delivery{Message: a.message(strconv.Itoa(i)), To: []zebus.Peer{lost, b.peer()}})
				if err == nil {
					continue
				}
				refused++
				wantSendError(t, err, lost.ID, zebus.ErrPeerUnreachable, tc.reason)
			}
			b.received(t, many) // everybody else gets everything
			for _, f := range a.failed(t, many-refused) {
				wantSendError(t, &zebus.SendError{To: f.to, Err: f.err}, lost.ID, zebus.ErrPeerUnreachable, tc.reason)
			}
			if n := len(a.failed(t, 0)) + refused; n != many || len(a.uncertain) > 0 {
				t.Errorf("%d of %d messages were reported, uncertain %v", n, many, a.uncertain)
			}
			// Now it is known at once.
			wantSendError(t, a.Send(zebus.Delivery{Message: a.message("late"), To: []zebus.Peer{lost}}), lost.ID, zebus.ErrPeerUnreachable, "tried again in")
		})
	}
}

func wantSendError(t *testing.T, err error, to zebus.PeerID, reason error, text string) {
	t.Helper()
	var sendError *zebus.SendError
	if !errors.As(err, &sendError) || sendError.To != to || !errors.Is(err, reason) || !strings.Contains(err.Error(), text) {
		t.Errorf("Send = %v, want a SendError to %s with %v and %q", err, to, reason, text)
	}
}

func TestClosedAfterConnectFailure(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		period time.Duration
		revive func(t *testing.T, a, b *node)
	}{
		{"is tried again after the closed period", time.Millisecond, func(*testing.T, *node, *node) {}},
		{"is tried again when it registers", time.Hour, func(_ *testing.T, a, b *node) {
			a.PeerChanged(zebus.PeerChange{Kind: zebus.PeerStartedChange, Peer: b.peer()})
		}},
		{"is tried again when it is sought", time.Hour, func(_ *testing.T, a, b *node) {
			a.PeerChanged(zebus.PeerChange{Kind: zebus.PeerSoughtChange, Peer: b.peer()})
		}},
		{"is tried again when it sends something", time.Hour, func(t *testing.T, a, b *node) {
			t.Helper()
			b.send(t, "here I am", a.peer())
			a.received(t, 1)
		}},
	} {
		t.Run("a peer that could not be reached "+tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := quick()
			cfg.ClosedAfterConnectFailure = tc.period
			a := startNode(t, "Test.A.0", cfg)
			place := reserved(t)
			m := a.send(t, "too early", zebus.Peer{ID: "Test.B.0", Endpoint: place})
			if f := a.failed(t, 1)[0]; f.id != m.ID || f.to != "Test.B.0" {
				t.Errorf("reported %+v, want %v", f, m.ID)
			}
			there := quick()
			there.InboundEndpoint = place
			b := startNode(t, "Test.B.0", there)
			tc.revive(t, a, b)
			sendUntilTaken(t, a, "now", b.peer())
			if got := b.received(t, 1); string(got[0].Content) != "now" {
				t.Errorf("received %q", got[0].Content)
			}
		})
	}
}

// sendUntilTaken sends messages until one is taken.
func sendUntilTaken(t *testing.T, n *node, content string, to zebus.Peer) {
	t.Helper()
	for end := time.Now().Add(patience); ; {
		err := n.Send(zebus.Delivery{Message: n.message(content), To: []zebus.Peer{to}})
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("Send = %v, for %v", err, patience)
		}
	}
}

func TestConnectionLost(t *testing.T) {
	t.Parallel()
	t.Run("a process that leaves is answered without the connection to the one that took its place", func(t *testing.T) {
		t.Parallel()
		a, earlier, later := startNode(t, "Test.A.0", quick()), startNode(t, "Test.B.0", waiting(patience)), startNode(t, "Test.B.0", quick())
		earlier.send(t, "x", a.peer())
		a.received(t, 1)
		a.send(t, "1", later.peer())
		later.received(t, 1)
		earlier.stop(t) // waits for the answer
		a.send(t, "2", later.peer())
		later.received(t, 2)
		a.stop(t)
		if len(a.uncertain)+len(a.failures) > 0 || slices.Contains(a.parted, "Test.B.0") {
			t.Errorf("uncertain %v, failed %v, parted %v", a.uncertain, a.failures, a.parted)
		}
	})
	t.Run("the bus hears of a connection that dies, whether or not anything is lost with it", func(t *testing.T) {
		t.Parallel()
		server := listenRaw(t)
		a := startNode(t, "Test.A.0", quick())
		a.send(t, "x", zebus.Peer{ID: "Test.Raw.0", Endpoint: server.endpoint()})
		p := server.accept(t)
		p.readFrame(t)
		_ = p.Close()
		a.await(t, "parting", func() bool { return slices.Equal(a.parted, []zebus.PeerID{"Test.Raw.0"}) })
	})
	t.Run("the bus hears of a peer that stops, which says so before its connections end", func(t *testing.T) {
		t.Parallel()
		a, b := startNode(t, "Test.A.0", quick()), startNode(t, "Test.B.0", waiting(patience))
		b.send(t, "x", a.peer())
		a.received(t, 1)
		b.stop(t)
		a.await(t, "parting", func() bool { return len(a.parted) > 0 && a.parted[0] == "Test.B.0" })
	})
	t.Run("messages on a connection that dies are uncertain, and the next makes a new one", func(t *testing.T) {
		t.Parallel()
		server := listenRaw(t)
		a := startNode(t, "Test.A.0", quick())
		to := zebus.Peer{ID: "Test.Raw.0", Endpoint: server.endpoint()}
		for range 3 {
			a.send(t, "x", to)
		}
		p := server.accept(t)
		p.readFrame(t)
		_ = p.Close()
		a.await(t, "uncertainty", func() bool { return len(a.uncertain) > 0 })
		if u := a.uncertain[0]; u.to != to.ID || u.n != 3 || !errors.Is(u.err, zebus.ErrPeerUnreachable) {
			t.Errorf("SendUncertain(%s, %d, %v), want 3 and ErrPeerUnreachable", u.to, u.n, u.err)
		}
		again := a.send(t, "again", to)
		if m := server.accept(t).message(t); m.ID != again.ID {
			t.Errorf("the new connection begins with %q", m.Content)
		}
	})
	for name, tc := range map[string]struct {
		events, want int
	}{
		"a command that was answered is not uncertain":       {0, 0},
		"what was sent before it is, for it may wait unread": {2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b, moved := startNode(t, "Test.A.0", quick()), startNode(t, "Test.B.0", quick()), startNode(t, "Test.B.0", quick())
			for range tc.events {
				a.send(t, "event", b.peer())
			}
			command := a.send(t, "command", b.peer())
			b.answer(t, command, a.peer())
			a.received(t, 1)
			a.send(t, "x", moved.peer())
			a.stop(t) // reports what is left to report
			n := 0
			for _, u := range a.uncertain {
				n += u.n
			}
			if n != tc.want || len(a.failures) > 0 {
				t.Errorf("%d messages are uncertain, want %d; failed %v", n, tc.want, a.failures)
			}
		})
	}
	t.Run("a peer that does not speak the protocol is unreachable", func(t *testing.T) {
		t.Parallel()
		server := listenRaw(t)
		a := startNode(t, "Test.A.0", quick())
		m := a.send(t, "x", zebus.Peer{ID: "Test.Raw.0", Endpoint: server.endpoint()})
		conn, err := server.Accept()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
		_ = conn.Close()
		if f := a.failed(t, 1)[0]; f.id != m.ID || !errors.Is(f.err, zebus.ErrPeerUnreachable) {
			t.Errorf("SendFailed(%+v), want %v", f, m.ID)
		}
	})
}

// stuffed returns a node with a peer that reads nothing, and to which nothing more can be written.
func stuffed(t *testing.T, l *rawServer, cfg zmq.Config) (n *node, server *rawPeer, to zebus.Peer) {
	t.Helper()
	cfg.SendHighWaterMark = 1
	n = startNode(t, "Test.A.0", cfg)
	to = zebus.Peer{ID: "Test.Raw.0", Endpoint: l.endpoint()}
	n.send(t, "x", to)
	server = l.accept(t)
	large := strings.Repeat("x", 1<<20)
	for i, end := 0, time.Now().Add(patience); ; i++ {
		if i == 64 { // more than the sockets hold: who takes long to notice shall not fill the memory
			large = "x"
		}
		err := n.Send(zebus.Delivery{Message: n.message(large), To: []zebus.Peer{to}})
		if errors.Is(err, zebus.ErrPeerBusy) {
			return n, server, to
		}
		if err != nil || time.Now().After(end) {
			t.Fatalf("Send = %v, want ErrPeerBusy in the end", err)
		}
	}
}

func TestPeerThatDoesNotRead(t *testing.T) {
	cfg := quick()
	cfg.SendTimeout = time.Hour
	cfg.SendQueueLimit = 4 << 20
	listener := listenRaw(t)
	a, server, to := stuffed(t, listener, cfg)
	b := startNode(t, "Test.B.0", quick())

	t.Run("X34 others get the messages that one has no room for", func(t *testing.T) {
		for i := range 100 {
			err := a.Send(zebus.Delivery{Message: a.message(strings.Repeat("x", 1<<10)[i:]), To: []zebus.Peer{to, b.peer()}})
			if err != nil {
				wantSendError(t, err, to.ID, zebus.ErrPeerBusy, "limit 4194304")
			}
		}
		b.received(t, 100)
	})
	t.Run("a flush waits for room", func(t *testing.T) {
		flushed := make(chan error, 1)
		go func() { flushed <- a.Flush(t.Context()) }()
		reading := make(chan struct{})
		go func() {
			defer close(reading)
			for {
				if _, _, err := server.tryReadFrame(); err != nil {
					return
				}
			}
		}()
		if err := <-flushed; err != nil {
			t.Errorf("Flush = %v", err)
		}
		a.send(t, "there is room again", to)
		_ = listener.Close() // nobody takes what still waits when the connection breaks
		_ = server.Close()
		<-reading
	})
}

func TestClosedAfterSendFailures(t *testing.T) {
	cfg := quick()
	cfg.SendTimeout = 5 * time.Millisecond
	cfg.ClosedAfterSendFailure = time.Hour
	cfg.SendQueueLimit = 1 << 40 // only the closed state refuses
	a, _, to := stuffed(t, listenRaw(t), cfg)

	t.Run("X27 after three sends that failed, messages fail at once, and what waited has failed", func(t *testing.T) {
		err := a.Send(zebus.Delivery{Message: a.message("x"), To: []zebus.Peer{to}})
		wantSendError(t, err, to.ID, zebus.ErrPeerBusy, "closed after 3 failed sends")
		for _, f := range a.failed(t, 1) {
			if !errors.Is(f.err, zebus.ErrPeerBusy) || f.to != to.ID {
				t.Errorf("SendFailed(%+v), want ErrPeerBusy", f)
			}
		}
	})
	t.Run("X28 a peer that registers again is dropped before the next message to it", func(t *testing.T) {
		again := listenRaw(t)
		moved := zebus.Peer{ID: to.ID, Endpoint: again.endpoint()}
		a.PeerChanged(zebus.PeerChange{Kind: zebus.PeerStartedChange, Peer: moved})
		m := a.send(t, "to the new one", moved)
		if got := again.accept(t).message(t); got.ID != m.ID {
			t.Errorf("the new connection begins with %q", got.Content)
		}
	})
}

func TestClosedPeerThatReadsAgain(t *testing.T) {
	cfg := quick()
	cfg.SendTimeout = 5 * time.Millisecond
	cfg.ClosedAfterSendFailure = time.Millisecond
	cfg.SendQueueLimit = 1 << 40
	a, server, to := stuffed(t, listenRaw(t), cfg)
	t.Run("X27 a closed peer is tried again, and what it takes then arrives", func(t *testing.T) {
		var reader sync.WaitGroup
		defer reader.Wait()
		found := false // guarded by a.mu
		reader.Go(func() {
			for server.message(t).Type != "Test.Last" {
				continue
			}
			a.mu.Lock()
			defer a.mu.Unlock()
			found = true
			a.changed.Broadcast()
		})
		arrived, failed := false, 0
		for !arrived {
			m := a.message("")
			m.Type = "Test.Last"
			if err := a.Send(zebus.Delivery{Message: m, To: []zebus.Peer{to}}); err != nil {
				continue // it is closed, for a millisecond
			}
			a.await(t, "the message, or a report", func() bool {
				now := len(a.failures) + len(a.uncertain)
				again := now > failed // not all of it at once
				arrived, failed = found, now
				return arrived || again
			})
		}
	})
}
