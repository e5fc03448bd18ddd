//go:build cgo

package zmq_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// publish sends numbered messages that may wait for each other, but for every n-th one where n is not 0.
func publish(t *testing.T, from *node, count, n, size int, to ...zebus.Peer) {
	t.Helper()
	for i := range count {
		content := strconv.Itoa(i) + " " + strings.Repeat("x", size)
		d := zebus.Delivery{Message: from.message(content), To: to, MayWait: n == 0 || i%n > 0}
		if err := from.Send(d); err != nil {
			t.Fatal(err)
		}
	}
}

// wantInOrder waits for numbered messages.
func wantInOrder(t *testing.T, at *node, count int) {
	t.Helper()
	for i, m := range at.received(t, count) {
		if number, _, _ := strings.Cut(string(m.Content), " "); number != strconv.Itoa(i) {
			t.Fatalf("%s: message %d has number %s", at.self.ID, i, number)
		}
	}
}

func TestConvoy(t *testing.T) {
	t.Parallel()
	const count = 10_000
	tests := map[string]struct{ every, size int }{
		"the last events arrive, with nothing behind them": {0, 10},
		"what must not wait stays in its place":            {7, 10},
		"commands in a row stay in their places":           {2, 10},
		"frames that fill a convoy before it is complete":  {0, 1500},
		"frames too long for a convoy":                     {0, 5000},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startInConvoys(t, "Test.Publisher.0", quick())
			b, c := startNode(t, "Test.Reader.0", quick()), startNode(t, "Test.Reader.1", quick())
			publish(t, a, count, tc.every, tc.size, b.peer(), c.peer())
			wantInOrder(t, b, count)
			wantInOrder(t, c, count)
		})
	}
	t.Run("a stop sends what waits", func(t *testing.T) {
		t.Parallel()
		a, b := startInConvoys(t, "Test.Publisher.0", quick()), startNode(t, "Test.Reader.0", quick())
		publish(t, a, count, 0, 10, b.peer())
		a.stop(t)
		wantInOrder(t, b, count)
		if len(a.failures)+len(a.uncertain) > 0 {
			t.Errorf("failures %v, uncertain %v", a.failures, a.uncertain)
		}
	})
	t.Run("events before the connection stands, and what libzmq does not take, stay in order", func(t *testing.T) {
		t.Parallel()
		cfg := quick()
		cfg.SendHighWaterMark = 100
		cfg.SendTimeout = patience
		a, b := startInConvoys(t, "Test.Publisher.0", cfg), startNode(t, "Test.Reader.0", quick())
		publish(t, a, count, 5, 10, b.peer())
		wantInOrder(t, b, count)
	})
}

// Events to many peers are counted as often, and all at the same moment.
func TestSlowPublisherToManyPeers(t *testing.T) {
	t.Parallel()
	a := startNode(t, "Test.Publisher.0", quick())
	a.InConvoysWithin(100 * time.Microsecond)
	var readers []*node
	var to []zebus.Peer
	for i := range 10 {
		r := startNode(t, zebus.PeerID(fmt.Sprintf("Test.Reader.%d", i)), quick())
		readers, to = append(readers, r), append(to, r.peer())
	}
	for i := range 200 {
		if err := a.Send(zebus.Delivery{Message: a.message(strconv.Itoa(i)), To: to, MayWait: true}); err != nil {
			t.Fatal(err)
		}
		if a.IsFast() {
			t.Fatalf("event %d waits for others, and there are none", i)
		}
		for _, r := range readers {
			r.received(t, i+1)
		}
	}
}

// standing starts a publisher with a convoy of three events to a peer that it is not connected to yet.
func standing(t *testing.T, to zebus.Peer) *node {
	t.Helper()
	a := startPublisher(t)
	publish(t, a, 3, 0, 10, to)
	return a
}

// standingAt is standing for a peer that it is connected to: p, at server.
func standingAt(t *testing.T, server *rawServer) (a *node, to zebus.Peer, p *rawPeer) {
	t.Helper()
	a, to = startPublisher(t), reader(server)
	p = acquaint(t, a, to, server)
	awaitConnected(t, a, 1)
	publish(t, a, 3, 0, 10, to)
	return a, to, p
}

// startPublisher starts a transport whose convoys stand until something makes them depart.
func startPublisher(t *testing.T) *node {
	t.Helper()
	cfg := waiting(patience)
	cfg.ClosedAfterConnectFailure = -1
	a := startNode(t, "Test.Publisher.0", cfg)
	a.HoldConvoys()
	return a
}

// reader is the peer that listens there.
func reader(server *rawServer) zebus.Peer {
	return zebus.Peer{ID: "Test.Reader.0", Endpoint: server.endpoint()}
}

// wantNumbers wants messages 0 to n-1, and nothing else before them.
func wantNumbers(t *testing.T, p *rawPeer, n int) {
	t.Helper()
	for i := range n {
		if number, _, _ := strings.Cut(string(p.message(t).Content), " "); number != strconv.Itoa(i) {
			t.Fatalf("message %d has number %s", i, number)
		}
	}
}

func TestStandingConvoy(t *testing.T) {
	t.Parallel()
	t.Run("departs when its publisher calls Flush", func(t *testing.T) {
		t.Parallel()
		a, _, p := standingAt(t, listenRaw(t))
		if err := a.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantNumbers(t, p, 3)
	})
	t.Run("departs with the first message that does not wait", func(t *testing.T) {
		t.Parallel()
		a, to, p := standingAt(t, listenRaw(t))
		a.send(t, "3", to)
		wantNumbers(t, p, 4)
	})
	t.Run("departs with the acknowledgement of a leave", func(t *testing.T) {
		t.Parallel()
		a, to, p := standingAt(t, listenRaw(t))
		leave := frameOf(to.ID, to.Endpoint, transport.NewEndOfStream(a.ids.Next(), zebus.Originator{}))
		dialRaw(t, a.endpoint).sendFrame(t, leave, false)
		wantNumbers(t, p, 3)
		if m := p.message(t); m.Type != transport.EndOfStreamAck {
			t.Errorf("received %+v", m)
		}
	})
	t.Run("has failed when nobody listens there", func(t *testing.T) {
		t.Parallel()
		a := standing(t, zebus.Peer{ID: "Test.Reader.0", Endpoint: reserved(t)})
		wantFailed(t, a, 3, zebus.ErrPeerUnreachable)
	})
	t.Run("moves to the next connection when this one breaks", func(t *testing.T) {
		t.Parallel()
		server := listenRaw(t)
		a, _, p := standingAt(t, server)
		_ = p.Close()
		wantNumbers(t, server.accept(t), 3)
		if len(a.failed(t, 0)) > 0 {
			t.Errorf("failures %v", a.failures)
		}
	})
	t.Run("has failed when the peer has restarted", func(t *testing.T) {
		t.Parallel()
		server := listenRaw(t)
		a, to, _ := standingAt(t, server)
		a.PeerChanged(zebus.PeerChange{Kind: zebus.PeerStartedChange, Peer: to})
		wantFailed(t, a, 3, zebus.ErrPeerRestarted)
		a.send(t, "0", to)
		wantNumbers(t, server.accept(t), 1)
	})
	t.Run("is for the peer that has started while it is connected to", func(t *testing.T) {
		t.Parallel()
		server := listenRaw(t)
		to := reader(server)
		a := standing(t, to)
		a.PeerChanged(zebus.PeerChange{Kind: zebus.PeerStartedChange, Peer: to})
		a.send(t, "3", to)
		if err := a.Send(zebus.Delivery{Message: a.message("4"), To: []zebus.Peer{to}, MayWait: true}); err != nil {
			t.Fatal(err)
		}
		wantNumbers(t, server.accept(t), 5)
	})
	t.Run("has failed when the peer has moved", func(t *testing.T) {
		t.Parallel()
		before, after := listenRaw(t), listenRaw(t)
		a, to, _ := standingAt(t, before)
		to.Endpoint = after.endpoint()
		a.send(t, "0", to)
		wantNumbers(t, after.accept(t), 1)
		wantFailed(t, a, 3, zebus.ErrPeerRestarted)
	})
	t.Run("leaves room for what comes behind it, within the limit of the queue", func(t *testing.T) {
		t.Parallel()
		b := startNode(t, "Test.Reader.0", quick())
		cfg := quick()
		cfg.SendQueueLimit = 300
		a := startNode(t, "Test.Publisher.0", cfg)
		a.send(t, "0", b.peer())
		awaitConnected(t, a, 1) // which would hand the convoy that it finds to a writer
		a.HoldConvoys()
		for i := range 100 {
			if err := a.Send(zebus.Delivery{Message: a.message(strconv.Itoa(i+1) + " some text"), To: []zebus.Peer{b.peer()}, MayWait: true}); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantInOrder(t, b, 101)
	})
}

// wantFailed waits for n reports, and wants no more, each with the reason.
func wantFailed(t *testing.T, n *node, count int, reason error) {
	t.Helper()
	found := n.failed(t, count)
	if len(found) != count {
		t.Errorf("failures %v, want %d", found, count)
	}
	for _, f := range found {
		if !errors.Is(f.err, reason) {
			t.Errorf("%v has failed with %v, want %v", f.id, f.err, reason)
		}
	}
}

// Nothing that was accepted is lost when a transport stops while others publish.
func TestStopUnderConvoys(t *testing.T) {
	t.Parallel()
	for range 10 {
		a, b := startInConvoys(t, "Test.Publisher.0", waiting(patience)), startNode(t, "Test.Reader.0", quick())
		var publishers sync.WaitGroup
		var accepted [3]int
		many := make(chan struct{}, 3)
		for i := range accepted {
			publishers.Go(func() { accepted[i] = publishUntilRefused(t, a, i, b.peer(), many) })
		}
		for range accepted {
			<-many
		}
		a.stop(t)
		publishers.Wait()
		wantEach(t, b.received(t, accepted[0]+accepted[1]+accepted[2]), accepted[:])
		if len(a.failures)+len(a.uncertain) > 0 {
			t.Errorf("failures %v, uncertain %v", a.failures, a.uncertain)
		}
	}
}

// publishUntilRefused publishes as number i until the transport has stopped, and returns how many messages were accepted.
func publishUntilRefused(t *testing.T, from *node, i int, to zebus.Peer, many chan<- struct{}) (accepted int) {
	t.Helper()
	for {
		d := zebus.Delivery{Message: from.message(fmt.Sprint(i, " ", accepted)), To: []zebus.Peer{to}, MayWait: accepted%7 > 0}
		if err := from.Send(d); err != nil {
			if !errors.Is(err, zebus.ErrNotRunning) {
				t.Error(err)
			}
			return accepted
		}
		if accepted++; accepted == 500 {
			many <- struct{}{}
		}
	}
}

// wantEach wants that many messages of each publisher, in order.
func wantEach(t *testing.T, got []zebus.TransportMessage, want []int) {
	t.Helper()
	next := make([]int, len(want))
	for _, m := range got {
		var from, number int
		if _, err := fmt.Sscan(string(m.Content), &from, &number); err != nil {
			t.Fatal(err)
		}
		if number != next[from] {
			t.Fatalf("publisher %d: message %d came as number %d", from, number, next[from])
		}
		next[from]++
	}
	if fmt.Sprint(next) != fmt.Sprint(want) {
		t.Errorf("%v messages arrived, want %v", next, want)
	}
}
