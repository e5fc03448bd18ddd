package transporttest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// troubleCases are about peers that cannot be reached or take nothing: what they miss is reported, and nobody else
// notices.
var troubleCases = []testCase{
	{name: "K05 a host without an address does not keep the next from its message", run: unresolvablePeer},
	{name: "K17 peers beyond the limit of sockets are not reached, the others are", needs: needsSocketLimit, run: tooManyPeers},
	{name: "K18 a stopped peer does not keep another from its messages", run: stoppedPeer},
	{name: "K19 sending to a stopped peer waits for nothing", run: stoppedPeerCostsNoTime},
	{name: "K20 invalid peers do not keep another from its messages", run: invalidPeers},
	{name: "X34 a full queue keeps no other target of the same send from its message", run: fullQueue},
	{name: "a bus may send from within SendFailed", run: sendFromSendFailed},
}

// The endpoints of nobody.
const (
	unknownHost    = "tcp://no.such.host.invalid:41000"
	impossiblePort = "tcp://localhost:99999"
)

// sendBoth sends n messages to a peer in trouble and one that lives, and returns what became of those for the first.
// The second must get each.
func (s *scene) sendBoth(sender *peer, trouble zebus.Peer, live *peer, n int) account {
	s.t.Helper()
	a := account{to: trouble.ID}
	for _, content := range numbered("", n) {
		_, refused := sender.trySend(content, trouble, live.Peer)
		if err := refused[live.ID]; err != nil {
			s.t.Fatalf("%q is refused for the live peer: %v", content, err)
		}
		a.add(refused)
	}
	return a
}

func unresolvablePeer(s *scene) {
	a, good := s.start("A.0", Options{}), s.start("B.0", Options{})
	bad := account{to: "X.0"}
	_, refused := a.trySend("lost", nowhere("X.0", unknownHost))
	bad.add(refused)
	a.send("fine", good.Peer)
	if got := good.AwaitMessage(s.t); string(got.Content) != "fine" {
		s.t.Errorf("received %q", got.Content)
	}
	bad.awaitReported(a)
}

func tooManyPeers(s *scene) {
	a := s.start("A.0", Options{MaxSockets: 4})
	const targets, reachable = 6, 3
	all := make([]*peer, 0, targets)
	for i := range targets {
		p := s.start(zebus.PeerID(fmt.Sprintf("T.%d", i)), Options{})
		all = append(all, p)
		target := account{to: p.ID}
		_, refused := a.trySend("x", p.Peer)
		target.add(refused)
		if i < reachable {
			p.AwaitMessage(s.t)
		} else {
			target.awaitReported(a)
		}
	}
	for _, p := range all[reachable:] {
		if n := len(p.Messages()); n != 0 {
			s.t.Errorf("%s received %d messages", p.ID, n)
		}
	}
}

// gone returns where a peer was that has stopped.
func (s *scene) gone(id zebus.PeerID) zebus.Peer {
	s.t.Helper()
	p := s.startToLeave(id)
	p.stop(s.t.Context())
	return p.Peer
}

func stoppedPeer(s *scene) {
	a, live := s.start("A.0", Options{SendHighWaterMark: 3}), s.start("B.0", Options{})
	dead := s.sendBoth(a, s.gone("X.0"), live, 10)
	live.AwaitMessages(s.t, 10)
	dead.awaitReported(a)
}

// stoppedPeerCostsNoTime tries to reach a stopped peer so often that waits of a tenth of a second take longer than a test may.
func stoppedPeerCostsNoTime(s *scene) {
	const n = int(10 * guard / time.Second)
	a := s.start("A.0", Options{SendHighWaterMark: 3, SendRetriesBeforeClosed: -1, ClosedAfterSendFailure: -1, ClosedAfterConnectFailure: -1})
	live, gone := s.start("B.0", Options{}), s.gone("X.0")
	began := time.Now()
	dead := s.sendBoth(a, gone, live, n)
	live.AwaitMessages(s.t, n)
	if took := time.Since(began); took > guard {
		s.t.Errorf("%d messages took %v", n, took)
	}
	dead.awaitReported(a)
}

func invalidPeers(s *scene) {
	for name, endpoint := range map[string]string{"unknown host": unknownHost, "impossible port": impossiblePort} {
		a, live := s.start("A.0", Options{}), s.start("B.0", Options{})
		bad := s.sendBoth(a, nowhere("X.0", endpoint), live, 1000)
		if got := live.AwaitMessages(s.t, 1000); len(got) != 1000 {
			s.t.Errorf("%s: the live peer received %d messages", name, len(got))
		}
		bad.awaitReported(a)
	}
}

// fullQueue sends to a hung peer until its queue is full. That must come, must not take the time of anybody, and must
// not touch the other target.
func fullQueue(s *scene) {
	const enough = 5000
	a := s.start("A.0", Options{SendHighWaterMark: 3, SendQueueLimit: 1 << 20, ClosedAfterSendFailure: guard, SendRetriesBeforeClosed: 1 << 20})
	hung, live := s.start("B.0", Options{ReceiveHighWaterMark: 1}), s.start("C.0", Options{})
	hung.Hang()
	content := strings.Repeat("x", 16<<10)
	accepted, sent := 0, 0
	for {
		_, refused := a.trySend(content, hung.Peer, live.Peer)
		sent++
		live.AwaitMessages(s.t, sent)
		if err := refused[live.ID]; err != nil {
			s.t.Fatalf("refused for the live peer: %v", err)
		}
		if err := refused[hung.ID]; err != nil {
			wantErr(s.t, "Send to the hung peer", err, zebus.ErrPeerBusy)
			break
		}
		if accepted++; accepted == enough {
			s.t.Fatal("the queue of a hung peer has no end")
		}
	}
	s.flushUntilResumed(a, hung)
	hung.Await(s.t, "what was accepted", func() bool { return hung.counts().messages+a.reported(hung.ID) >= accepted })
}

// flushUntilResumed checks that a flush waits while a peer hangs, and no longer.
func (s *scene) flushUntilResumed(a, hung *peer) {
	s.t.Helper()
	ended, cancel := context.WithCancel(s.t.Context())
	cancel()
	wantErr(s.t, "Flush with a full queue", a.transport.Flush(ended), context.Canceled)
	hung.Release()
	ctx, cancel := context.WithTimeout(s.t.Context(), guard)
	defer cancel()
	wantErr(s.t, "Flush after the queue got room", a.transport.Flush(ctx), nil)
}

func sendFromSendFailed(s *scene) {
	live := s.start("B.0", Options{})
	a := s.make(zebus.Self{ID: "A.0", Environment: environment}, Options{})
	a.OnFailed = func(f Failure) {
		if f.To == "X.0" && errors.Is(f.Err, zebus.ErrPeerUnreachable) {
			_ = a.transport.Send(zebus.Delivery{Message: a.note("it failed"), To: []zebus.Peer{live.Peer}})
		}
	}
	a.start()
	a.send("x", s.gone("X.0"))
	live.AwaitMessage(s.t)
}
