package transporttest

import (
	"slices"

	"github.com/zebus-go/zebus/zebus"
)

// persistenceCases are about messages that are stored for peers beside, or instead of, being sent to them.
var persistenceCases = []testCase{
	{name: "K06 the persistence gets what a persistent target gets, with its id", run: persistedAndLive},
	{name: "K07 a target that is down is known to the persistence alone", run: persistedOnly},
	{name: "K08 a message that is a persist request already keeps its targets", run: deferredPersist},
	{name: "K09 one target sees true, then false", run: persistedThenNot},
	{name: "K10 two targets of one send see true and false", run: onePersistedOneNot},
	{name: "a message without persistent targets does not go to the persistence", run: nothingToPersist},
}

// wasPersisted returns what a message says, which must be something.
func (p *peer) wasPersisted(m zebus.TransportMessage) bool {
	p.t.Helper()
	if m.WasPersisted == nil {
		p.t.Fatalf("%s received a message that does not say whether it was persisted", p.ID)
	}
	return *m.WasPersisted
}

func (p *peer) mustDeliver(d zebus.Delivery) {
	p.t.Helper()
	for to, err := range p.deliver(d) {
		p.t.Fatalf("%s could not be sent to: %v", to, err)
	}
}

func persistedAndLive(s *scene) {
	a, target, persistence := s.start("A.0", Options{}), s.start("T.0", Options{}), s.start("P.0", Options{})
	m := a.note("x")
	a.mustDeliver(zebus.Delivery{
		Message: m, To: []zebus.Peer{target.Peer}, Persistent: []zebus.PeerID{"T.0"}, Persistence: &persistence.Peer,
	})
	got := target.AwaitMessage(s.t)
	if !target.wasPersisted(got) || len(got.PersistentPeerIDs) != 0 {
		s.t.Errorf("the target received %+v", got)
	}
	stored := persistence.AwaitMessage(s.t)
	if stored.ID != m.ID || stored.Type != m.Type || string(stored.Content) != "x" || stored.Originator.SenderID != "A.0" {
		s.t.Errorf("the persistence received %+v", stored)
	}
	if !slices.Equal(stored.PersistentPeerIDs, []zebus.PeerID{"T.0"}) {
		s.t.Errorf("the persistence shall keep it for %q", stored.PersistentPeerIDs)
	}
}

func persistedOnly(s *scene) {
	a, down, persistence := s.start("A.0", Options{}), s.start("T.0", Options{}), s.start("P.0", Options{})
	a.mustDeliver(zebus.Delivery{
		Message: a.note("x"), Persistent: []zebus.PeerID{"T.0"}, Persistence: &persistence.Peer,
	})
	if got := persistence.AwaitMessage(s.t); !slices.Equal(got.PersistentPeerIDs, []zebus.PeerID{"T.0"}) || got.WasPersisted != nil {
		s.t.Errorf("the persistence received %+v", got)
	}
	a.send("next", down.Peer)
	if got := down.AwaitMessage(s.t); string(got.Content) != "next" {
		s.t.Errorf("the target received %q", got.Content)
	}
}

func deferredPersist(s *scene) {
	a, persistence := s.start("A.0", Options{}), s.start("P.0", Options{})
	m := a.note("x")
	m.PersistentPeerIDs = []zebus.PeerID{"T.0", "T.1"}
	a.mustDeliver(zebus.Delivery{Message: m, To: []zebus.Peer{persistence.Peer}})
	if got := persistence.AwaitMessage(s.t); !slices.Equal(got.PersistentPeerIDs, m.PersistentPeerIDs) || persistence.wasPersisted(got) {
		s.t.Errorf("the persistence received %+v", got)
	}
}

func persistedThenNot(s *scene) {
	a, target, persistence := s.start("A.0", Options{}), s.start("T.0", Options{}), s.start("P.0", Options{})
	for _, persistent := range [][]zebus.PeerID{{"T.0"}, nil} {
		a.mustDeliver(zebus.Delivery{
			Message: a.note("x"), To: []zebus.Peer{target.Peer}, Persistent: persistent, Persistence: &persistence.Peer,
		})
	}
	got := target.AwaitMessages(s.t, 2)
	if !target.wasPersisted(got[0]) || target.wasPersisted(got[1]) {
		s.t.Errorf("persisted %t and %t, want true and false", *got[0].WasPersisted, *got[1].WasPersisted)
	}
}

func onePersistedOneNot(s *scene) {
	a, persistence := s.start("A.0", Options{}), s.start("P.0", Options{})
	yes, no := s.start("T.0", Options{}), s.start("T.1", Options{})
	a.mustDeliver(zebus.Delivery{
		Message: a.note("x"), To: []zebus.Peer{yes.Peer, no.Peer},
		Persistent: []zebus.PeerID{"T.0"}, Persistence: &persistence.Peer,
	})
	if !yes.wasPersisted(yes.AwaitMessage(s.t)) || no.wasPersisted(no.AwaitMessage(s.t)) {
		s.t.Error("want true for the persistent target and false for the other")
	}
	if stored := persistence.AwaitMessage(s.t); persistence.wasPersisted(stored) {
		s.t.Error("the persistence sees the flag of the last target, which is false")
	}
}

// nothingToPersist names the persistence where nobody is to be stored for. Without targets the frame would be an ordinary
// message to the persistence itself.
func nothingToPersist(s *scene) {
	a, target, persistence := s.start("A.0", Options{}), s.start("T.0", Options{}), s.start("P.0", Options{})
	a.mustDeliver(zebus.Delivery{Message: a.note("x"), To: []zebus.Peer{target.Peer}, Persistence: &persistence.Peer})
	target.AwaitMessage(s.t)
	a.send("for you", persistence.Peer)
	persistence.AwaitMessages(s.t, 1)
	if got := contents(persistence.Messages()); got[0] != "for you" {
		s.t.Errorf("the persistence received %q, which is stored for nobody", got[0])
	}
}
