package transporttest

import (
	"context"
	"slices"
	"time"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// leaveCases are about peers that leave.
var leaveCases = []testCase{
	{name: "K25 what is sent to a peer that left is reported", run: sendToOneThatLeft},
	{name: "X15 a stop takes leave of every connected peer and ends with the last acknowledgement", needs: needsRawEndOfStream, run: takeLeave},
	{name: "X16 the leave of a peer that was never written to is acknowledged", needs: needsRawEndOfStream, run: acknowledgeLeave},
	{name: "X17 the acknowledgement of a stranger counts for nothing", needs: needsRawEndOfStream, run: strangersAck},
	{name: "the messages of leaving do not reach the bus", needs: needsInject, run: leaveStaysBelow},
}

func sendToOneThatLeft(s *scene) {
	a, b := s.start("A.0", Options{}), s.startToLeave("B.0")
	a.send("to b", b.Peer)
	b.AwaitMessage(s.t)
	b.send("to a", a.Peer)
	a.AwaitMessage(s.t)
	b.stop(s.t.Context())
	lost := account{to: "B.0"}
	for _, content := range numbered("", 10) {
		_, refused := a.trySend(content, b.Peer)
		lost.add(refused)
	}
	lost.awaitReported(a)
}

// leaving stops a peer beside the test, which goes on with the other side of it.
func (p *peer) leaving() <-chan struct{} {
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		p.stop(context.Background())
	}()
	p.t.Cleanup(func() { <-stopped })
	return stopped
}

// awaitLeave waits for the EndOfStream that follows one message.
func (p *peer) awaitLeave() zebus.TransportMessage {
	p.t.Helper()
	leave := p.AwaitMessages(p.t, 2)[1]
	if leave.Type != transport.EndOfStream || len(leave.Content) != 0 || p.wasPersisted(leave) {
		p.t.Errorf("%s received %+v", p.ID, leave)
	}
	return leave
}

// takeLeave lets two raw peers answer the leave of a transport whose patience is longer than the test's.
func takeLeave(s *scene) {
	a := s.start("A.0", Options{EndOfStreamAckTimeout: 2 * guard})
	raws := []*peer{s.listen("Raw.1"), s.listen("Raw.2")}
	for _, raw := range raws {
		a.send("x", raw.Peer)
		raw.AwaitMessage(s.t)
	}
	stopped := a.leaving()
	for _, raw := range raws {
		leave := raw.awaitLeave()
		if o := leave.Originator; o.SenderID != "A.0" || o.SenderEndpoint != a.Endpoint || leave.ID.IsZero() {
			s.t.Errorf("%s received the leave of %+v", raw.ID, o)
		}
		s.inject(a.Peer, transport.NewEndOfStreamAck(raw.ids.Next(), raw.note("").Originator))
	}
	a.awaitStop(stopped)
}

// awaitStop waits for the end of leaving.
func (p *peer) awaitStop(stopped <-chan struct{}) {
	p.t.Helper()
	select {
	case <-stopped:
	case <-time.After(guard):
		p.t.Error("Stop goes on after the last acknowledgement")
	}
}

// acknowledgeLeave takes leave of a transport that keeps its sockets to those who do for longer than a test waits: the answer
// needs a connection first.
func acknowledgeLeave(s *scene) {
	a, raw := s.start("A.0", Options{EndOfStreamAckTimeout: 2 * guard}), s.listen("Raw.1")
	s.inject(a.Peer, transport.NewEndOfStream(raw.ids.Next(), raw.note("").Originator))
	if got := raw.AwaitMessage(s.t); got.Type != transport.EndOfStreamAck || got.Originator.SenderID != "A.0" {
		s.t.Errorf("received %+v", got)
	}
}

// strangersAck answers the leave of a transport in the name of somebody else. The stop must wait for the right peer, and
// go on to read and answer what comes meanwhile.
func strangersAck(s *scene) {
	a, raw, other := s.start("A.0", Options{EndOfStreamAckTimeout: 2 * guard}), s.listen("Raw.1"), s.listen("Raw.2")
	a.send("x", raw.Peer)
	raw.AwaitMessage(s.t)
	stopped := a.leaving()
	raw.awaitLeave()
	s.inject(a.Peer, transport.NewEndOfStreamAck(raw.ids.Next(), noteFrom(stranger(), raw.ids, "").Originator))
	s.inject(a.Peer, transport.NewEndOfStream(other.ids.Next(), other.note("").Originator))
	if got := other.AwaitMessage(s.t); got.Type != transport.EndOfStreamAck {
		s.t.Errorf("received %+v", got)
	}
	select {
	case <-stopped:
		s.t.Error("Stop ends with the acknowledgement of a stranger")
	default:
	}
	s.inject(a.Peer, transport.NewEndOfStreamAck(raw.ids.Next(), raw.note("").Originator))
	a.awaitStop(stopped)
}

func leaveStaysBelow(s *scene) {
	a, from := s.start("A.0", Options{}), stranger()
	ids := zebus.NewMessageIDSource(nil)
	originator := noteFrom(from, ids, "").Originator
	s.inject(a.Peer, transport.NewEndOfStreamAck(ids.Next(), originator))
	s.inject(a.Peer, noteFrom(from, ids, "between"))
	s.inject(a.Peer, transport.NewEndOfStream(ids.Next(), originator))
	s.inject(a.Peer, noteFrom(from, ids, "last"))
	if got := contents(a.AwaitMessages(s.t, 2)); !slices.Equal(got, []string{"between", "last"}) {
		s.t.Errorf("received %q", got)
	}
}
