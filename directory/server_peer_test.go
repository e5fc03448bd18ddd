package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// telltale is a server that tells what its bus is told.
type telltale struct {
	*directory.Server

	changes []string
}

func (s *telltale) Watch(f func(zebus.PeerChange)) {
	s.Server.Watch(func(c zebus.PeerChange) {
		s.changes = append(s.changes, fmt.Sprint(c.Kind, " ", c.Peer.ID))
		f(c)
	})
}

func (w *town) telltale(position int, c directory.ServerConfig) (*telltale, *zebus.Bus) {
	w.t.Helper()
	server, err := directory.NewServer(c)
	if err != nil {
		w.t.Fatal(err)
	}
	s := &telltale{Server: server}
	return s, w.start(w.bus(directory.PeerID(position), endpointOf(position), s))
}

func TestServerPeer(t *testing.T) {
	inTown(t, "O01 X20 a directory enters itself and publishes its start", func(t *testing.T, w *town) {
		store := directory.NewMemoryStore()
		k := w.clerkAt(0, directory.ServerConfig{Store: store})
		a := w.citizen("A.0", "tcp://hosta:1")
		put(t, store, a.descriptor(at(0)))
		w.start(k.bus)
		self, known := k.describe(directory.PeerID(0))
		if !known || self.Persistent || !self.Peer.Up || !self.Peer.Responding || self.Timestamp == nil || time.Since(*self.Timestamp) > time.Millisecond {
			t.Errorf("stored %+v, %t", self, known)
		}
		if !slices.ContainsFunc(self.Subscriptions, sub("Abc.Zebus.Directory.RegisterPeerCommand").Equal) {
			t.Errorf("the directory does not say that it takes registrations: %v", self.Subscriptions)
		}
		a.wantHeard(started(self))
	})
	t.Run("X20 a directory subscribes to its commands and to all events but those of types", func(t *testing.T) {
		server, err := directory.NewServer(directory.ServerConfig{})
		if err != nil {
			t.Fatal(err)
		}
		var want []zebus.MessageTypeID
		for _, mt := range messageTypes() {
			if mt.Kind() != zebus.KindMessage && mt.ID() != "Abc.Zebus.Directory.PeerSubscriptionsForTypesUpdated" {
				want = append(want, mt.ID())
			}
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, handled(server)); diff != "" {
			t.Errorf("handled (-want +got):\n%s", diff)
		}
	})
	inTownHall(t, "O02 a directory that leaves stays known as stopped", func(t *testing.T, k *clerk, a, _ *citizen) {
		if err := k.bus.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		self, known := k.describe(directory.PeerID(0))
		if !known || self.Peer.Up || self.Peer.Responding {
			t.Errorf("stored %+v, %t", self.Peer, known)
		}
		heard := a.take()
		stopped, ok := heard[0].(*directory.PeerStopped)
		if len(heard) != 1 || !ok || stopped.PeerID != directory.PeerID(0) || *stopped.PeerEndpoint != endpointOf(0) || !stopped.TimestampUTC.Equal(*self.Timestamp) {
			t.Errorf("heard %+v", heard)
		}
	})
	for _, without := range []bool{false, true} {
		inTown(t, fmt.Sprintf("O03 recipients come from the store, without dynamic subscriptions = %t", without), func(t *testing.T, w *town) {
			k := w.clerk(directory.ServerConfig{DisableDynamicSubscriptions: without})
			a := w.citizen("A.0", "tcp://hosta:1")
			a.settle(a.descriptor(at(0), sub(typeB, "x", "*")))
			a.do(&directory.UpdatePeerSubscriptionsForTypesCommand{PeerID: "A.0", SubscriptionsForTypes: types(typeA, everything), TimestampUTC: *at(1)})
			count := func(mt zebus.MessageTypeID, texts ...string) int {
				return len(k.AppendPeers(nil, mt, content(texts...)))
			}
			got := []int{count(typeA), count(typeB, "x", "1"), count(typeB, "y", "1"), count(typeB, "x")}
			want := []int{1, 1, 0, 0}
			if without {
				want[0] = 0
			}
			if !slices.Equal(got, want) {
				t.Errorf("found %v, want %v", got, want)
			}
		})
	}
	inTown(t, "X36 a publication without routing content goes to those who want everything; a peer's message to all", func(t *testing.T, w *town) {
		k := w.clerk(directory.ServerConfig{})
		for id, key := range map[zebus.PeerID]zebus.BindingKey{"Empty.0": {}, "Sharp.0": zebus.Key("#"), "Key.0": zebus.Key("x"), "Star.0": zebus.Key("*")} {
			c := w.citizen(id, "tcp://"+string(id)+":1")
			c.settle(c.descriptor(at(0), zebus.Subscription{Type: typeA, Key: key}))
		}
		if got := names(k.AppendPeers(nil, typeA, nil)); !slices.Equal(got, []zebus.PeerID{"Empty.0", "Sharp.0"}) {
			t.Errorf("the directory finds %q", got)
		}
		m := w.member(directory.ClientConfig{})
		m.join()
		m.finds(typeA, nil, "Empty.0", "Sharp.0", "Key.0", "Star.0")
	})
	inTownHall(t, "O04 the directory's own update is stored and published", func(t *testing.T, k *clerk, a, _ *citizen) {
		lists := append(types(typeA, zebus.Key("x")), types("Abc.Zebus.Directory.PeerStopped")...)
		if err := k.Update(t.Context(), lists); err != nil {
			t.Fatal(err)
		}
		self, _ := k.describe(directory.PeerID(0))
		if !slices.ContainsFunc(self.Subscriptions, sub(typeA, "x").Equal) || slices.ContainsFunc(self.Subscriptions, sub("Abc.Zebus.Directory.PeerStopped").Equal) {
			t.Errorf("subscribed to %v", self.Subscriptions)
		}
		heard := a.take()
		e, ok := heard[0].(*directory.PeerSubscriptionsForTypesUpdated)
		if len(heard) != 1 || !ok || e.PeerID != directory.PeerID(0) || !cmp.Equal(lists, e.SubscriptionsForTypes) || e.TimestampUTC.Location() != time.UTC {
			t.Errorf("heard %+v", heard)
		}
	})
	inTown(t, "O05 the transport of each directory hears of what any directory did, once", func(t *testing.T, w *town) {
		store := directory.NewMemoryStore()
		mine, _ := w.telltale(0, directory.ServerConfig{Store: store, PingInterval: -1})
		others, _ := w.telltale(1, directory.ServerConfig{Store: store, PingInterval: -1})
		synctest.Wait()
		mine.changes, others.changes = nil, nil
		a := w.citizen("A.0", "tcp://hosta:1")
		d := a.descriptor(at(0))
		d.Persistent = true
		a.settle(d)
		a.do(&directory.MarkPeerAsNotRespondingCommand{PeerID: "A.0"})
		a.do(&directory.MarkPeerAsRespondingCommand{PeerID: "A.0"})
		a.do(&directory.UpdatePeerSubscriptionsCommand{PeerID: "A.0", Subscriptions: wishes(), TimestampUTC: at(1)})
		a.do(&directory.UnregisterPeerCommand{PeerID: "A.0", TimestampUTC: at(2)})
		a.do(&directory.DecommissionPeerCommand{PeerID: "A.0"})
		synctest.Wait()
		want := []string{"started A.0", "updated A.0", "updated A.0", "updated A.0", "stopped A.0", "decommissioned A.0"}
		for who, got := range map[string][]string{"the directory that did it": mine.changes, "the other": others.changes} {
			if !slices.Equal(got, want) {
				t.Errorf("%s told %q, want %q", who, got, want)
			}
		}
	})
	inTown(t, "O05 the transport forgets the connection to a peer before the peer is told of its start", func(t *testing.T, w *town) {
		k, _ := w.telltale(0, directory.ServerConfig{PingInterval: -1})
		a := w.citizen("A.0", "tcp://hosta:1")
		synctest.Wait()
		k.changes = nil
		w.network.Tap(func(f memory.Frame) {
			if f.To == a.endpoint {
				k.changes = append(k.changes, "frame")
			}
		})
		a.settle(a.descriptor(at(0)))
		if want := []string{"started A.0", "frame", "frame"}; !slices.Equal(k.changes, want) {
			t.Errorf("order %q, want %q", k.changes, want)
		}
	})
	inTownHall(t, "O06 time since the last ping", func(t *testing.T, k *clerk, a, _ *citizen) {
		pass(time.Hour)
		if got := k.SincePing(); got != time.Hour {
			t.Errorf("since ping %v, want 1h", got)
		}
		a.do(&directory.PingPeerCommand{})
		if got := k.SincePing(); got != 0 {
			t.Errorf("since ping %v after a ping", got)
		}
		if err := k.bus.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := k.SincePing(); got != zebus.NeverPinged {
			t.Errorf("since ping %v after the stop", got)
		}
	})
	inTown(t, "directories that share a store answer alike", func(t *testing.T, w *town) {
		store := directory.NewMemoryStore()
		first := w.clerk(directory.ServerConfig{Store: store})
		second := w.clerkAt(1, directory.ServerConfig{Store: store})
		w.start(second.bus)
		a := w.citizen("A.0", "tcp://hosta:1")
		a.settle(a.descriptor(at(0)))
		if diff := cmp.Diff(first.Peers(), second.Peers()); diff != "" || len(second.Peers()) != 3 {
			t.Errorf("they differ:\n%s", diff)
		}
	})
	inTown(t, "a directory whose store cannot be watched does not start", func(t *testing.T, w *town) {
		k := w.clerkAt(0, directory.ServerConfig{Store: broken{}})
		if err := k.bus.Start(t.Context()); !errors.Is(err, errBroken) {
			t.Errorf("Start() = %v, want that of the store", err)
		}
		if k.SincePing() != zebus.NeverPinged {
			t.Error("it takes itself for registered")
		}
	})
	inTown(t, "a directory starts again after a stop", func(t *testing.T, w *town) {
		k := w.clerk(directory.ServerConfig{})
		w.stop(k.bus)
		w.start(k.bus)
		a := w.citizen("A.0", "tcp://hosta:1")
		a.settle(a.descriptor(at(0)))
	})
}

func names(peers []zebus.Peer) []zebus.PeerID {
	ids := make([]zebus.PeerID, len(peers))
	for i, p := range peers {
		ids[i] = p.ID
	}
	slices.Sort(ids)
	return ids
}

func put(t *testing.T, s directory.Store, d zebus.PeerDescriptor) {
	t.Helper()
	err := s.Update(t.Context(), d.Peer.ID, func(r *directory.Record) *directory.Record { return r.Put(d) })
	if err != nil {
		t.Fatal(err)
	}
}

// broken is a store that does nothing.
type broken struct{}

var errBroken = errors.New("broken")

func (broken) Update(context.Context, zebus.PeerID, func(*directory.Record) *directory.Record) error {
	return errBroken
}

func (broken) Watch(context.Context, func(zebus.PeerID, *directory.Record)) (func(), error) {
	return nil, errBroken
}

func TestServerPings(t *testing.T) {
	pings := func(w *town, id zebus.PeerID, endpoint string) *atomic.Int64 {
		n := new(atomic.Int64)
		w.start(w.bus(id, endpoint, nowhere{}, zebus.HandleCommand(func(context.Context, *directory.PingPeerCommand) error {
			n.Add(1)
			return nil
		}).Inline()))
		return n
	}
	inTown(t, "a peer that is up is pinged every minute, a directory or a stopped peer never", func(t *testing.T, w *town) {
		store := directory.NewMemoryStore()
		up, down, other := pings(w, "Up.0", "tcp://up:1"), pings(w, "Down.0", "tcp://down:1"), pings(w, directory.PeerID(1), endpointOf(1))
		put(t, store, zebus.PeerDescriptor{Peer: zebus.Peer{ID: "Up.0", Endpoint: "tcp://up:1", Up: true, Responding: true}})
		put(t, store, zebus.PeerDescriptor{Peer: zebus.Peer{ID: "Down.0", Endpoint: "tcp://down:1"}, Persistent: true})
		put(t, store, zebus.PeerDescriptor{
			Peer:          zebus.Peer{ID: directory.PeerID(1), Endpoint: endpointOf(1), Up: true, Responding: true},
			Subscriptions: []zebus.Subscription{sub("Abc.Zebus.Directory.RegisterPeerCommand")},
		})
		w.clerk(directory.ServerConfig{Store: store})
		pass(5 * time.Second)
		if up.Load() != 1 {
			t.Errorf("%d pings after five seconds, want 1", up.Load())
		}
		pass(10 * time.Minute)
		if up.Load() != 11 || down.Load() != 0 || other.Load() != 0 {
			t.Errorf("%d, %d and %d pings in ten minutes, want 11, 0 and 0", up.Load(), down.Load(), other.Load())
		}
	})
	inTown(t, "an interval of a second is kept", func(t *testing.T, w *town) {
		store := directory.NewMemoryStore()
		up := pings(w, "Up.0", "tcp://up:1")
		put(t, store, zebus.PeerDescriptor{Peer: zebus.Peer{ID: "Up.0", Endpoint: "tcp://up:1", Up: true, Responding: true}})
		w.clerk(directory.ServerConfig{Store: store, PingInterval: time.Second})
		pass(10 * time.Second)
		if n := up.Load(); n != 10 {
			t.Errorf("%d pings in ten seconds", n)
		}
	})
	inTown(t, "a silent peer that answers is marked as responding", func(t *testing.T, w *town) {
		k := w.clerk(directory.ServerConfig{})
		a := w.citizen("A.0", "tcp://hosta:1")
		a.settle(a.descriptor(at(0)))
		a.do(&directory.MarkPeerAsNotRespondingCommand{PeerID: "A.0"})
		a.take()
		pass(2 * time.Minute)
		if d, _ := k.describe("A.0"); !d.Peer.Responding {
			t.Error("A.0 does not respond")
		}
		moment := at(0).Add(2 * time.Millisecond)
		a.wantHeard(&directory.PeerResponding{PeerID: "A.0", TimestampUTC: &moment})
	})
	inTown(t, "a peer that never answers leaves nothing behind but its silence", func(t *testing.T, w *town) {
		store := directory.NewMemoryStore()
		stop, err := w.network.Listen("tcp://mute:1", func([]byte) {})
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		put(t, store, zebus.PeerDescriptor{Peer: zebus.Peer{ID: "Mute.0", Endpoint: "tcp://mute:1", Up: true}})
		k := w.clerk(directory.ServerConfig{Store: store})
		pass(time.Hour)
		if n := k.bus.PendingCommands(); n > 1 {
			t.Errorf("%d pings are pending after an hour", n)
		}
	})
}

func TestPeerOverRealDirectory(t *testing.T) {
	live := func(t *testing.T, w *town, id zebus.PeerID) (*directory.Client, *zebus.Bus) {
		t.Helper()
		client, err := directory.NewClient(directory.ClientConfig{Endpoints: []string{endpointOf(0)}})
		if err != nil {
			t.Fatal(err)
		}
		return client, w.start(w.bus(id, "tcp://"+string(id)+":1", client))
	}
	inTown(t, "X19 a peer hears of those that start later, and of those that leave", func(t *testing.T, w *town) {
		w.clerk(directory.ServerConfig{})
		a, _ := live(t, w, "A.0")
		_, b := live(t, w, "B.0")
		synctest.Wait()
		if _, known := a.Peer("B.0"); !known {
			t.Error("A.0 does not know B.0")
		}
		w.stop(b)
		synctest.Wait()
		if _, known := a.Peer("B.0"); known {
			t.Error("A.0 still knows B.0")
		}
	})
	inTown(t, "a directory without memory that restarts gets everybody back", func(t *testing.T, w *town) {
		k := w.clerk(directory.ServerConfig{})
		a, _ := live(t, w, "A.0")
		live(t, w, "B.0")
		w.stop(k.bus)
		pass(time.Minute)
		again := w.clerk(directory.ServerConfig{})
		pass(7 * time.Minute)
		if got := len(again.Peers()); got != 3 {
			t.Errorf("the directory knows %d peers, want 3", got)
		}
		if _, known := a.Peer("B.0"); !known {
			t.Error("A.0 has lost B.0")
		}
	})
	inTown(t, "a peer that an operator removed comes back", func(t *testing.T, w *town) {
		k := w.clerk(directory.ServerConfig{})
		live(t, w, "A.0")
		c := w.citizen("Operator.0", "tcp://operator:1")
		c.do(&directory.DecommissionPeerCommand{PeerID: "A.0"})
		synctest.Wait()
		if _, known := k.describe("A.0"); !known {
			t.Error("A.0 is gone")
		}
	})
	inTown(t, "X24 a peer joins three hundred others", func(t *testing.T, w *town) {
		store := directory.NewMemoryStore()
		for i := range 300 {
			d := other(zebus.PeerID(fmt.Sprint("Crowd.", i)), at(0), sub(typeA))
			d.Peer.Up = false
			put(t, store, d)
		}
		w.clerk(directory.ServerConfig{Store: store})
		client, _ := live(t, w, "A.0")
		if n := len(client.AppendPeers(nil, typeA, nil)); n != 300 {
			t.Errorf("found %d peers, want 300", n)
		}
	})
}
