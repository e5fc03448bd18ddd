package memory_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// deaf takes what comes and forgets it.
type deaf struct{}

func (deaf) Receive([]zebus.TransportMessage)                {}
func (deaf) SendFailed(zebus.MessageID, zebus.PeerID, error) {}
func (deaf) SendUncertain(zebus.PeerID, int, error)          {}

func TestConnectedPeers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memory.NewNetwork()
		transports, peers := make([]*memory.Transport, 3), make([]zebus.Peer, 3)
		for i, id := range []zebus.PeerID{"A.0", "B.0", "C.0"} {
			transport, err := network.NewTransport(memory.Config{})
			if err != nil {
				t.Fatal(err)
			}
			endpoint, err := transport.Start(t.Context(), zebus.Self{ID: id}, deaf{})
			if err != nil {
				t.Fatal(err)
			}
			transports[i], peers[i] = transport, zebus.Peer{ID: id, Endpoint: endpoint}
		}
		a, b, c := transports[0], transports[1], transports[2]
		nobody := zebus.Peer{ID: "D.0", Endpoint: "tcp://nobody:1"}
		want := func(n int, when string) {
			t.Helper()
			if got := a.ConnectedPeers(); got != n {
				t.Errorf("%s: %d peers connected, want %d", when, got, n)
			}
		}
		want(0, "at the start")
		if err := a.Send(zebus.Delivery{Message: &zebus.TransportMessage{}, To: append(peers[1:], nobody)}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		want(2, "after a message to two, and to one that is not there")
		if err := b.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(1, "after one of them has stopped")
		if err := errors.Join(a.Stop(t.Context()), c.Stop(t.Context())); err != nil {
			t.Fatal(err)
		}
		want(0, "at the end")
	})
}
