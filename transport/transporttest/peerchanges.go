package transporttest

import (
	"slices"

	"github.com/zebus-go/zebus/zebus"
)

// peerChangeCases are about what the directory tells of peers.
var peerChangeCases = []testCase{
	{name: "K11 a peer that moved is reached at its new endpoint", run: movedPeer},
	{name: "K11 a peer that could not be reached at one endpoint is at another", run: movedFromNowhere},
	{name: "K13 a decommissioned peer can still be written to", run: decommissionedPeer},
	{name: "K14 a peer that started again at its endpoint is reached without delay", run: restartedPeer},
	{name: "X28 the news of a start come before what is sent afterwards", run: newsBeforeSend},
	{name: "peers that stop or change keep what is on its way", run: unimportantNews},
	{name: "news about an unknown peer mean nothing", run: unknownPeer},
}

// changed tells a transport what became of a peer.
func (p *peer) changed(kind zebus.PeerChangeKind, about zebus.Peer) {
	p.transport.PeerChanged(zebus.PeerChange{Kind: kind, Peer: about})
}

// PeerRestarted tells a transport that a peer started.
func (p *peer) PeerRestarted(about zebus.Peer) { p.changed(zebus.PeerStartedChange, about) }

func movedPeer(s *scene) {
	a, before := s.start("A.0", Options{}), s.start("B.0", Options{})
	a.send("before", before.Peer)
	before.AwaitMessage(s.t)
	after := s.start("B.0", Options{})
	a.send("after", after.Peer)
	if got := after.AwaitMessage(s.t); string(got.Content) != "after" {
		s.t.Errorf("the new endpoint received %q", got.Content)
	}
	if got := contents(before.Messages()); !slices.Equal(got, []string{"before"}) {
		s.t.Errorf("the old endpoint received %q", got)
	}
}

func movedFromNowhere(s *scene) {
	a, b := s.start("A.0", Options{}), s.start("B.0", Options{})
	missed := account{to: b.ID}
	_, refused := a.trySend("lost", nowhere(b.ID, unknownHost))
	missed.add(refused)
	missed.awaitReported(a)
	a.send("found", b.Peer)
	if got := b.AwaitMessage(s.t); string(got.Content) != "found" {
		s.t.Errorf("received %q", got.Content)
	}
}

func decommissionedPeer(s *scene) {
	a, b := s.start("A.0", Options{EndOfStreamAckTimeout: guard}), s.start("B.0", Options{})
	a.send("before", b.Peer)
	b.AwaitMessage(s.t)
	a.changed(zebus.PeerDecommissionedChange, b.Peer)
	a.send("after", b.Peer)
	if got := contents(b.AwaitMessages(s.t, 2)); !slices.Equal(got, []string{"before", "after"}) {
		s.t.Errorf("received %q", got)
	}
}

func restartedPeer(s *scene) {
	a, before := s.start("A.0", Options{}), s.startToLeave("B.0")
	a.send("before", before.Peer)
	before.AwaitMessage(s.t)
	before.stop(s.t.Context())
	after := s.start("B.0", Options{Endpoint: before.Endpoint})
	a.PeerRestarted(after.Peer)
	a.send("after", after.Peer)
	if got := after.AwaitMessage(s.t); string(got.Content) != "after" {
		s.t.Errorf("received %q", got.Content)
	}
}

// newsBeforeSend sends to a peer that is not there, lets it start and tells the news. Only what was sent after them
// must arrive; what was sent before may, or is reported.
func newsBeforeSend(s *scene) {
	a, gone := s.start("A.0", Options{}), s.startToLeave("B.0")
	gone.stop(s.t.Context())
	lost := account{to: "B.0"}
	_, refused := a.trySend("before", gone.Peer)
	lost.add(refused)
	back := s.start("B.0", Options{Endpoint: gone.Endpoint})
	a.PeerRestarted(back.Peer)
	a.send("after", back.Peer)
	back.Await(s.t, "the message sent after the news", func() bool { return slices.Contains(contents(back.Messages()), "after") })
	if got := contents(back.Messages()); got[len(got)-1] != "after" {
		s.t.Errorf("received %q", got)
	}
	lost.sent -= len(back.Messages()) - 1
	lost.awaitReported(a)
}

func unimportantNews(s *scene) {
	a, b := s.start("A.0", Options{}), s.start("B.0", Options{})
	b.Hang()
	want := numbered("", 10)
	for _, content := range want {
		a.send(content, b.Peer)
		a.changed(zebus.PeerUpdatedChange, b.Peer)
		a.changed(zebus.PeerStoppedChange, b.Peer)
	}
	b.Release()
	if got := contents(b.AwaitMessages(s.t, len(want))); !slices.Equal(got, want) {
		s.t.Errorf("received %q", got)
	}
}

func unknownPeer(s *scene) {
	a, b := s.start("A.0", Options{}), s.start("B.0", Options{})
	for kind := zebus.PeerStartedChange; kind <= zebus.PeerDecommissionedChange; kind++ {
		a.changed(kind, b.Peer)
	}
	a.send("x", b.Peer)
	b.AwaitMessage(s.t)
}
