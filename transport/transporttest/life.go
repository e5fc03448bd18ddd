package transporttest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// lifeCases are about starting and stopping.
var lifeCases = []testCase{
	{name: "K01 stopping what was never started does nothing", run: stopBeforeStart},
	{name: "stopping twice does nothing", run: stopTwice},
	{name: "sending before the start is an error", run: sendBeforeStart},
	{name: "sending after the stop is an error", run: sendAfterStop},
	{name: "a second start is an error and disturbs nothing", run: startTwice},
	{name: "a transport starts again after its stop", run: startAgain},
	{name: "a start at an endpoint in use leaves nothing behind", run: startAtTakenEndpoint},
	{name: "K12 an endpoint with a host and any port is completed", run: completedEndpoint},
	{name: "K23 a stopped receiver is told nothing more", run: stopUnderFire},
	{name: "K24 what was accepted before the stop arrives", run: stopAfterBurst},
	{name: "a stop gives up on a hung peer and reports what it did not take", run: stopWithHungPeer},
	{name: "a stop ends with its context, and the transport starts again", run: stopOutOfTime},
	{name: "a stop whose context has ended before leaves nothing behind either", run: stopWithoutTime},
}

func stopBeforeStart(s *scene) {
	p := s.make(zebus.Self{ID: "A.0", Environment: environment}, Options{})
	wantErr(s.t, "Stop", p.transport.Stop(s.t.Context()), nil)
}

func stopTwice(s *scene) {
	p := s.start("A.0", Options{})
	p.stop(s.t.Context())
	wantErr(s.t, "the second Stop", p.transport.Stop(s.t.Context()), nil)
}

func sendBeforeStart(s *scene) {
	p := s.make(zebus.Self{ID: "A.0", Environment: environment}, Options{})
	b := s.start("B.0", Options{})
	wantErr(s.t, "Send", p.transport.Send(zebus.Delivery{Message: p.note("x"), To: []zebus.Peer{b.Peer}}), zebus.ErrNotRunning)
}

func sendAfterStop(s *scene) {
	a, b := s.start("A.0", Options{}), s.start("B.0", Options{})
	a.stop(s.t.Context())
	wantErr(s.t, "Send", a.transport.Send(zebus.Delivery{Message: a.note("x"), To: []zebus.Peer{b.Peer}}), zebus.ErrNotRunning)
}

func startTwice(s *scene) {
	a, b := s.start("A.0", Options{}), s.start("B.0", Options{})
	if _, err := a.transport.Start(s.t.Context(), a.self, &Inbound{}); err == nil {
		s.t.Error("the second Start succeeds")
	}
	b.send("still here", a.Peer)
	a.AwaitMessage(s.t)
}

func startAgain(s *scene) {
	a, b := s.start("A.0", Options{}), s.start("B.0", Options{})
	a.send("before", b.Peer)
	b.AwaitMessage(s.t)
	a.stop(s.t.Context())
	a.Open()
	a.start()
	a.send("after", b.Peer)
	b.AwaitMessages(s.t, 2)
	b.send("to the new endpoint", a.Peer)
	if got := a.AwaitMessage(s.t); string(got.Content) != "to the new endpoint" {
		s.t.Errorf("received %q", got.Content)
	}
}

func startAtTakenEndpoint(s *scene) {
	first := s.startToLeave("A.0")
	second := s.make(zebus.Self{ID: "B.0", Environment: environment}, Options{Endpoint: first.Endpoint})
	if err := second.tryStart(); err == nil {
		s.t.Fatal("two transports receive at one endpoint")
	}
	first.stop(s.t.Context())
	second.start()
	c := s.start("C.0", Options{})
	c.send("x", second.Peer)
	second.AwaitMessage(s.t)
}

func completedEndpoint(s *scene) {
	p := s.start("A.0", Options{Endpoint: "tcp://some.name:*"})
	port, found := strings.CutPrefix(p.Endpoint, "tcp://some.name:")
	if !found || port == "" || strings.Trim(port, "0123456789") != "" {
		s.t.Errorf("receives at %q", p.Endpoint)
	}
}

// stopUnderFire stops a receiver while others send to it as fast as they can. What comes afterwards is noticed by its
// Inbound.
func stopUnderFire(s *scene) {
	receiver := s.startToLeave("A.0")
	stopped := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 3 {
		sender := s.start(zebus.PeerID(fmt.Sprintf("S.%d", i)), Options{SendQueueLimit: 1 << 20})
		wg.Go(func() { sendUntil(sender, receiver.Peer, stopped) })
	}
	receiver.AwaitMessages(s.t, 100)
	receiver.stop(s.t.Context())
	close(stopped)
	wg.Wait()
}

func sendUntil(sender *peer, to zebus.Peer, stopped <-chan struct{}) {
	for {
		select {
		case <-stopped:
			return
		default:
			// Refusals are fine: the peer is gone in the end.
			_ = sender.transport.Send(zebus.Delivery{Message: sender.note("x"), To: []zebus.Peer{to}})
		}
	}
}

func stopAfterBurst(s *scene) {
	const burst = 5000
	a, b := s.start("A.0", Options{EndOfStreamAckTimeout: guard}), s.start("B.0", Options{})
	accepted := 0
	for i := range burst {
		if _, refused := a.trySend(strconv.Itoa(i), b.Peer); len(refused) == 0 {
			accepted++
		}
	}
	a.stop(s.t.Context())
	b.AwaitMessages(s.t, accepted)
	if reported := a.reported(b.ID); reported != 0 {
		s.t.Errorf("%d messages are reported, and all arrived", reported)
	}
}

// stopWithHungPeer makes the bus of a receiver hang. Messages may be in its hands, under way or still here; each must
// be received in the end or reported.
func stopWithHungPeer(s *scene) {
	const n = 100
	a, hung := s.start("A.0", Options{}), s.start("B.0", Options{ReceiveHighWaterMark: 1})
	hung.Hang()
	for range n {
		a.send(strings.Repeat("x", 1000), hung.Peer)
	}
	began := time.Now()
	a.stop(s.t.Context())
	if took := time.Since(began); took > guard/2 {
		s.t.Errorf("Stop took %v", took)
	}
	hung.Release()
	hung.Await(s.t, "the rest of the messages", func() bool { return hung.counts().messages+a.reported(hung.ID) >= n })
}

func stopOutOfTime(s *scene) {
	a := s.start("A.0", Options{EndOfStreamAckTimeout: guard, SendHighWaterMark: 1})
	hung := s.start("B.0", Options{ReceiveHighWaterMark: 1})
	hung.Hang()
	a.send("the bus hangs on this", hung.Peer)
	hung.AwaitHanging(s.t)
	a.send("this is left to wait for", hung.Peer)
	ctx, cancel := context.WithTimeout(s.t.Context(), 50*time.Millisecond)
	defer cancel()
	wantErr(s.t, "Stop", a.transport.Stop(ctx), context.DeadlineExceeded)
	hung.Release()
	a.start()
	live := s.start("C.0", Options{})
	a.send("again", live.Peer)
	live.AwaitMessage(s.t)
}

// stopWithoutTime stops often: nothing may depend on which of two things is taken when both are there.
func stopWithoutTime(s *scene) {
	over, cancel := context.WithCancel(s.t.Context())
	cancel()
	a := s.start("A.0", Options{})
	for range 10 {
		wantErr(s.t, "Stop", a.transport.Stop(over), nil) // nobody is waited for
		a.Open()
		a.start()
	}
}
