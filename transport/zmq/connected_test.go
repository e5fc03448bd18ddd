//go:build cgo

package zmq_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

func TestConnectedPeers(t *testing.T) {
	t.Parallel()
	a, b := newNode(t, "Test.A.0", quick()), startNode(t, "Test.B.0", quick())
	awaitConnected(t, a, 0)
	a.start(t)
	nobody := zebus.Peer{ID: "Test.C.0", Endpoint: "tcp://127.0.0.1:9"}
	a.send(t, "x", b.peer(), nobody)
	b.received(t, 1)
	awaitConnected(t, a, 1)
	a.PeerChanged(zebus.PeerChange{Kind: zebus.PeerStartedChange, Peer: b.peer()})
	awaitConnected(t, a, 0)
}

// awaitConnected waits until a node is connected to n peers.
func awaitConnected(t *testing.T, n *node, want int) {
	t.Helper()
	for end := time.Now().Add(patience); n.ConnectedPeers() != want; {
		if time.Now().After(end) {
			t.Fatalf("%d peers connected for %v, want %d", n.ConnectedPeers(), patience, want)
		}
		runtime.Gosched()
	}
}
