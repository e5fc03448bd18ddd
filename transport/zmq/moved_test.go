//go:build cgo

package zmq_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// A move is a node that has sent three messages to a peer at a host whose address is being asked for, and then one to another
// process of that name, which has it.
type move struct {
	*node
	earlier *rawServer
	found   chan struct{} // the address is found, or not, when the test closes it
}

// startMove moves, with so much time for what is left behind.
func startMove(t *testing.T, linger time.Duration, notFound error) *move {
	t.Helper()
	m, asked := &move{startNode(t, "Test.A.0", quick()), listenRaw(t), make(chan struct{})}, make(chan struct{})
	m.LetLinger(linger)
	m.LookUpWith(func(stopped <-chan struct{}) (string, error) {
		close(asked)
		select {
		case <-m.found:
			return "127.0.0.1", notFound
		case <-stopped:
			return "", context.Canceled
		case <-time.After(2 * patience):
			return "", context.DeadlineExceeded
		}
	})
	to := zebus.Peer{ID: "Test.Reader.0", Endpoint: strings.Replace(m.earlier.endpoint(), "127.0.0.1", "some.name.invalid", 1)}
	for i := range 3 {
		m.send(t, strconv.Itoa(i), to)
	}
	<-asked
	leaveTo(t, m.node, to)
	return m
}

// leaveTo sends to another process of the name of a peer.
func leaveTo(t *testing.T, n *node, to zebus.Peer) {
	t.Helper()
	later := listenRaw(t)
	to.Endpoint = later.endpoint()
	n.send(t, "0", to)
	wantNumbers(t, later.accept(t), 1)
}

// TestTwoOfOneName sends to two processes that have one name for a moment, as a directory does that refuses the second and goes on
// with the first.
func TestTwoOfOneName(t *testing.T) {
	t.Parallel()
	t.Run("what waits for the handshake of the one arrives there", func(t *testing.T) {
		t.Parallel()
		a, earlier := startNode(t, "Test.A.0", quick()), listenRaw(t)
		to := zebus.Peer{ID: "Test.Reader.0", Endpoint: earlier.endpoint()}
		a.send(t, "0", to)
		leaveTo(t, a, to)
		wantNumbers(t, earlier.accept(t), 1)
	})
	t.Run("so it does when there are many of them", func(t *testing.T) {
		t.Parallel()
		a, to := startNode(t, "Test.A.0", quick()), zebus.Peer{ID: "Test.Reader.0"}
		servers := make([]*rawServer, 20)
		for i := range servers {
			servers[i] = listenRaw(t)
			to.Endpoint = servers[i].endpoint()
			a.send(t, "0", to)
		}
		for _, s := range servers {
			wantNumbers(t, s.accept(t), 1)
		}
	})
	t.Run("what waits for its address arrives too, and is reported as uncertain", func(t *testing.T) {
		t.Parallel()
		m := startMove(t, patience, nil)
		close(m.found)
		wantNumbers(t, m.earlier.accept(t), 3)
		m.await(t, "the reports", func() bool { return len(m.uncertain) == 3 })
		if u := m.uncertain[0]; u.to != "Test.Reader.0" || u.n != 1 || !errors.Is(u.err, zebus.ErrPeerRestarted) {
			t.Errorf("SendUncertain(%s, %d, %v), want 1 and ErrPeerRestarted", u.to, u.n, u.err)
		}
		m.stop(t)
		wantFailed(t, m.node, 0, nil)
	})
	for name, tc := range map[string]struct {
		linger   time.Duration
		notFound error
	}{
		"what waits for an address that is not found has failed":      {patience, errors.New("no such host")},
		"what waits for an address that is found too late has failed": {1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := startMove(t, tc.linger, tc.notFound)
			close(m.found)
			wantFailed(t, m.node, 3, zebus.ErrPeerRestarted)
		})
	}
}

// TestStopOfTwoOfOneName stops while messages to the one process may still leave.
func TestStopOfTwoOfOneName(t *testing.T) {
	t.Parallel()
	stop := func(t *testing.T, n *node) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		begin := time.Now()
		if err := n.Stop(ctx); !errors.Is(err, context.Canceled) || time.Since(begin) >= patience {
			t.Errorf("Stop = %v, after %v, want context.Canceled, at once", err, time.Since(begin))
		}
	}
	t.Run("which waits for the handshake no longer", func(t *testing.T) {
		t.Parallel()
		a, earlier := startNode(t, "Test.A.0", quick()), listenRaw(t)
		a.LetLinger(patience)
		to := zebus.Peer{ID: "Test.Reader.0", Endpoint: earlier.endpoint()}
		a.send(t, "0", to)
		leaveTo(t, a, to)
		stop(t, a)
		if len(a.uncertain) == 0 || !errors.Is(a.uncertain[0].err, zebus.ErrPeerRestarted) {
			t.Errorf("uncertain %v, want ErrPeerRestarted", a.uncertain)
		}
	})
	t.Run("which waits for the address no longer", func(t *testing.T) {
		t.Parallel()
		m := startMove(t, patience, nil)
		stop(t, m.node)
		wantFailed(t, m.node, 3, zebus.ErrPeerRestarted)
	})
}
