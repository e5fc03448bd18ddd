package memory_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// TestEveryAcceptedMessageIsHandledOrReportedOnce breaks peers at random under load and then counts.
func TestEveryAcceptedMessageIsHandledOrReportedOnce(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { breakPeersUnderLoad(t, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

type parcelKey struct {
	id zebus.MessageID
	to zebus.PeerID
}

// A ledger counts what became of each message for each peer.
type ledger struct {
	mu       sync.Mutex
	accepted map[parcelKey]bool
}

func (l *ledger) accept(id zebus.MessageID, to zebus.PeerID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accepted[parcelKey{id, to}] = true
}

func breakPeersUnderLoad(t *testing.T, random *rand.Rand) {
	t.Helper()
	network := memory.NewNetwork()
	const peers = 5
	nodes := make([]*node, 0, peers)
	for i := range peers {
		c := memory.Config{Endpoint: fmt.Sprintf("tcp://localhost:%d", i+1), SendQueueLimit: 2000}
		nodes = append(nodes, start(t, network, zebus.PeerID(fmt.Sprintf("N.%d", i)), c))
	}
	books := ledger{accepted: map[parcelKey]bool{}}
	sender, targets := nodes[0], nodes[1:]
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 500 {
			sendToAll(&books, sender, targets)
			if i%10 == 0 {
				<-time.After(time.Millisecond) // of the bubble: lets the others run
			}
		}
	}()
	breakAtRandom(t, network, sender, targets, random, done)
	for _, n := range targets {
		network.Resume(n.peer.Endpoint)
	}
	if err := sender.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	balance(t, &books, sender, targets)
}

// sendToAll sends one message to all targets and books those that the transport accepted.
func sendToAll(books *ledger, sender *node, targets []*node) {
	id, err := sender.send("x", targets...)
	refused := map[zebus.PeerID]bool{}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			if one, ok := errors.AsType[*zebus.SendError](err); ok {
				refused[one.To] = true
			}
		}
	}
	for _, n := range targets {
		if !refused[n.peer.ID] {
			books.accept(id, n.peer.ID)
		}
	}
}

// breakAtRandom hangs, resumes, cuts off, heals, kills and restarts targets until done.
func breakAtRandom(t *testing.T, network *memory.Network, sender *node, targets []*node, random *rand.Rand, done <-chan struct{}) {
	t.Helper()
	killed, cancel := context.WithCancel(t.Context())
	cancel()
	for {
		select {
		case <-done:
			return
		case <-time.After(time.Millisecond):
		}
		n := targets[random.IntN(len(targets))]
		switch random.IntN(5) {
		case 0:
			network.Hang(n.peer.Endpoint)
		case 1:
			network.Resume(n.peer.Endpoint)
		case 2:
			network.Partition(n.peer.Endpoint)
		case 3:
			network.Heal(n.peer.Endpoint)
		default:
			if err := n.Stop(killed); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			if _, err := n.Start(t.Context(), zebus.Self{ID: n.peer.ID, Environment: "Test"}, n.Inbound); err != nil {
				t.Error(err)
			}
			sender.PeerChanged(zebus.PeerChange{Kind: zebus.PeerStartedChange, Peer: n.peer})
		}
	}
}

// balance fails for every message that was accepted and neither handled nor reported, and for what was both.
func balance(t *testing.T, books *ledger, sender *node, targets []*node) {
	t.Helper()
	ends := map[parcelKey]int{}
	for _, n := range targets {
		for _, m := range n.Messages() {
			ends[parcelKey{m.ID, n.peer.ID}]++
		}
	}
	for _, f := range sender.Failures() {
		ends[parcelKey{f.ID, f.To}]++
	}
	if len(ends) != len(books.accepted) {
		t.Errorf("%d accepted, %d handled or reported", len(books.accepted), len(ends))
	}
	for key, n := range ends {
		if n != 1 || !books.accepted[key] {
			t.Errorf("%v: accepted %t, handled or reported %d times", key, books.accepted[key], n)
		}
	}
	if len(sender.Failures()) == 0 {
		t.Error("nothing failed: the test breaks nothing")
	}
}

func BenchmarkSendAndReceive(b *testing.B) {
	network := memory.NewNetwork()
	from, to := start(b, network, "A.0", memory.Config{}), newSink(b, network)
	d := zebus.Delivery{Message: from.message(string(make([]byte, 100))), To: []zebus.Peer{to}}
	b.ReportAllocs()
	for b.Loop() {
		if err := from.Send(d); errors.Is(err, zebus.ErrPeerBusy) {
			if err := from.Flush(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// A sink is a bus that forgets what it receives.
type sink struct{}

func (sink) Receive([]zebus.TransportMessage)                {}
func (sink) SendFailed(zebus.MessageID, zebus.PeerID, error) {}
func (sink) SendUncertain(_ zebus.PeerID, _ int, _ error)    {}

func newSink(b *testing.B, network *memory.Network) zebus.Peer {
	b.Helper()
	t, err := network.NewTransport(memory.Config{})
	if err != nil {
		b.Fatal(err)
	}
	endpoint, err := t.Start(b.Context(), zebus.Self{ID: "B.0", Environment: "Test"}, sink{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = t.Stop(context.Background()) })
	return zebus.Peer{ID: "B.0", Endpoint: endpoint}
}
