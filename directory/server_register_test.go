package directory_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/zebus"
)

func TestServerRegister(t *testing.T) {
	inTownHall(t, "M01 a peer that registers is up and responds, whatever it says", func(t *testing.T, k *clerk, _, b *citizen) {
		d := b.descriptor(at(1), sub(typeA, "x"))
		d.Peer.Up, d.Peer.Responding, d.DebuggerAttached = false, false, true
		b.settle(d)
		d.Peer.Up, d.Peer.Responding = true, true
		if got, _ := k.describe("B.0"); !cmp.Equal(d, got) {
			t.Errorf("stored (-want +got):\n%s", cmp.Diff(d, got))
		}
	})
	inTownHall(t, "M02 registering again forgets dynamic subscriptions", func(t *testing.T, k *clerk, _, b *citizen) {
		b.settle(b.descriptor(at(1)))
		b.do(&directory.UpdatePeerSubscriptionsForTypesCommand{PeerID: "B.0", SubscriptionsForTypes: types(typeA, everything), TimestampUTC: *at(2)})
		b.settle(b.descriptor(at(3)))
		if got, _ := k.describe("B.0"); slices.ContainsFunc(got.Subscriptions, func(s zebus.Subscription) bool { return s.Type == typeA }) {
			t.Errorf("still subscribed: %v", got.Subscriptions)
		}
	})
	inTownHall(t, "M03 the answer lists all peers with their dynamic subscriptions", func(t *testing.T, k *clerk, a, b *citizen) {
		a.do(&directory.UpdatePeerSubscriptionsForTypesCommand{PeerID: "A.0", SubscriptionsForTypes: types(typeA, zebus.Key("x")), TimestampUTC: *at(2)})
		peers, err := b.register(b.descriptor(at(1)))
		if err != nil {
			t.Fatal(err)
		}
		self, _ := k.describe(directory.PeerID(0))
		want := []zebus.PeerDescriptor{a.descriptor(at(0), sub(typeA, "x")), self, b.descriptor(at(1))}
		slices.SortFunc(want, func(x, y zebus.PeerDescriptor) int { return strings.Compare(string(x.Peer.ID), string(y.Peer.ID)) })
		if diff := cmp.Diff(want, peers); diff != "" {
			t.Errorf("answer (-want +got):\n%s", diff)
		}
	})
	inTownHall(t, "M04 a registration publishes PeerStarted and nothing else, to the peer itself before the answer", func(t *testing.T, _ *clerk, a, b *citizen) {
		d := b.descriptor(at(1))
		if _, err := b.register(d); err != nil {
			t.Fatal(err)
		}
		b.mu.Lock()
		before := len(b.heard)
		b.mu.Unlock()
		if before != 1 {
			t.Errorf("%d events came before the answer, want 1", before)
		}
		a.wantHeard(started(d))
		b.wantHeard(started(d))
	})
	inTown(t, "M05 a machine on the black list is refused, in any case", func(t *testing.T, w *town) {
		machine, err := os.Hostname()
		if err != nil {
			t.Skip(err)
		}
		w.clerk(directory.ServerConfig{BlacklistedMachines: []string{"other", strings.ToUpper(machine)}})
		a := w.citizen("A.0", "tcp://hosta:1")
		_, err = a.register(a.descriptor(at(0)))
		wantCode(t, err, zebus.CodeUnknown, "may not register")
	})
	inTown(t, "M05 a host on the black list is refused, in any case", func(t *testing.T, w *town) {
		k := w.clerk(directory.ServerConfig{BlacklistedMachines: []string{"HOSTA"}})
		a, b := w.citizen("A.0", "tcp://hosta:1"), w.citizen("B.0", "tcp://hostb:1")
		_, err := a.register(a.descriptor(at(0)))
		wantCode(t, err, zebus.CodeUnknown, "HOSTA may not register")
		b.settle(b.descriptor(at(0)))
		if _, known := k.describe("A.0"); known {
			t.Error("A.0 is known")
		}
	})
	inTown(t, "M06 a clock that is too far ahead is refused", func(t *testing.T, w *town) {
		w.clerk(directory.ServerConfig{MaxClockDifference: 15 * time.Minute})
		a := w.citizen("A.0", "tcp://hosta:1")
		ahead := func(d time.Duration) *time.Time {
			moment := time.Now().UTC().Add(d)
			return &moment
		}
		a.settle(a.descriptor(ahead(14 * time.Minute)))
		_, err := a.register(a.descriptor(ahead(time.Hour)))
		wantCode(t, err, zebus.CodeUnknown, "1h0m0s ahead", "15m0s")
	})
	inTownHall(t, "M06 without a limit any clock will do", func(_ *testing.T, _ *clerk, _, b *citizen) {
		b.settle(b.descriptor(at(1 << 30)))
	})
	inTownHall(t, "M07 a registration without time is refused", func(t *testing.T, k *clerk, _, b *citizen) {
		_, err := b.register(b.descriptor(nil))
		wantCode(t, err, zebus.CodeUnknown, "no time")
		if _, known := k.describe("B.0"); known {
			t.Error("B.0 is known")
		}
	})
	inTownHall(t, "a registration without ID is refused", func(t *testing.T, _ *clerk, _, b *citizen) {
		d := b.descriptor(at(0))
		d.Peer.ID = ""
		_, err := b.register(d)
		wantCode(t, err, zebus.CodeUnknown, "no ID")
	})
	inTownHall(t, "M08 X32 a peer that answers on another host keeps its name", func(t *testing.T, k *clerk, a, b *citizen) {
		d := b.descriptor(at(1))
		d.Peer.ID = "A.0"
		_, err := b.register(d)
		wantCode(t, err, zebus.CodePeerAlreadyExists, "Peer A.0 already exists (running on tcp://hosta:1)")
		if got, _ := k.describe("A.0"); got.Peer.Endpoint != "tcp://hosta:1" {
			t.Errorf("stored %+v", got.Peer)
		}
		a.wantHeard()
	})
	inTownHall(t, "M09 X32 a peer that does not answer loses its name to another host", func(_ *testing.T, _ *clerk, a, b *citizen) {
		a.do(&directory.MarkPeerAsNotRespondingCommand{PeerID: "A.0"})
		d := b.descriptor(at(1))
		d.Peer.ID = "A.0"
		b.settle(d)
	})
	inTownHall(t, "M09 X32 X33 a peer restarts on its own host, whatever the case of the name", func(_ *testing.T, _ *clerk, a, _ *citizen) {
		d := a.descriptor(at(1))
		d.Peer.Endpoint = "tcp://HostA:2"
		a.settle(d)
	})
	inTownHall(t, "X25 a registration with flags that are not set is answered under the same ID", func(_ *testing.T, _ *clerk, _, b *citizen) {
		d := b.descriptor(at(1))
		d.Peer.Responding = false
		b.settle(d) // the answer finds its command by the ID
	})
}

func TestServerUnregister(t *testing.T) {
	endpoint := "tcp://hostb:1"
	unregister := func(timestamp *time.Time) *directory.UnregisterPeerCommand {
		return &directory.UnregisterPeerCommand{PeerID: "B.0", PeerEndpoint: &endpoint, TimestampUTC: timestamp}
	}
	inTownHall(t, "M10 a persistent peer is stored down and PeerStopped is published", func(t *testing.T, k *clerk, a, b *citizen) {
		d := b.descriptor(at(1))
		d.Persistent = true
		b.settle(d)
		b.do(&directory.UpdatePeerSubscriptionsForTypesCommand{PeerID: "B.0", SubscriptionsForTypes: types(typeA, everything), TimestampUTC: *at(2)})
		a.take()
		b.take()
		b.do(unregister(at(3)))
		want := b.descriptor(at(3), sub(typeA))
		want.Persistent = true
		want.Peer = zebus.Peer{ID: "B.0", Endpoint: endpoint, Persistent: true}
		if got, _ := k.describe("B.0"); !cmp.Equal(want, got) {
			t.Errorf("stored (-want +got):\n%s", cmp.Diff(want, got))
		}
		a.wantHeard(&directory.PeerStopped{PeerID: "B.0", PeerEndpoint: &endpoint, TimestampUTC: at(3)})
	})
	inTownHall(t, "M10 a peer that is down is told neither that it stopped nor anything else, until it registers", func(t *testing.T, _ *clerk, a, b *citizen) {
		d := b.descriptor(at(1))
		d.Persistent = true
		b.settle(d)
		b.do(unregister(at(2)))
		a.settle(a.descriptor(at(3)))
		b.wantHeard()
		a.do(&directory.DecommissionPeerCommand{PeerID: "B.0"})
		b.wantHeard()
		a.take()
		d.Timestamp = at(4)
		b.settle(d)
		a.do(&directory.MarkPeerAsNotRespondingCommand{PeerID: "A.0"})
		if heard := b.take(); len(heard) != 1 {
			t.Errorf("B.0 heard %v, want that A.0 does not respond", heard)
		}
	})
	inTownHall(t, "M11 a transient peer is removed and PeerDecommissioned is published, but not to it", func(t *testing.T, k *clerk, a, b *citizen) {
		b.settle(b.descriptor(at(1)))
		a.take()
		b.do(unregister(at(1)))
		if _, known := k.describe("B.0"); known {
			t.Error("B.0 is known")
		}
		a.wantHeard(&directory.PeerDecommissioned{PeerID: "B.0"})
		b.wantHeard()
	})
	for _, persistent := range []bool{false, true} {
		name := map[bool]string{false: "M11 a transient", true: "M10 a persistent"}[persistent]
		inTown(t, name+" peer that took the place of an earlier process is told when that one leaves", func(_ *testing.T, w *town) {
			w.clerk(directory.ServerConfig{PingInterval: -1})
			earlier, later := w.citizen("B.0", "tcp://hostb:1"), w.citizen("B.0", "tcp://hostb:2")
			for i, c := range []*citizen{earlier, later} {
				d := c.descriptor(at(1 + i))
				d.Persistent = persistent
				c.settle(d)
			}
			earlier.do(unregister(at(3)))
			earlier.wantHeard()
			later.wantHeard() // the earlier one has its answer first
			pass(time.Second)
			if persistent {
				later.wantHeard(&directory.PeerStopped{PeerID: "B.0", PeerEndpoint: &endpoint, TimestampUTC: at(3)})
			} else {
				later.wantHeard(&directory.PeerDecommissioned{PeerID: "B.0"})
			}
		})
	}
	inTown(t, "a directory that stops tells the later process nothing any more", func(_ *testing.T, w *town) {
		k := w.clerk(directory.ServerConfig{PingInterval: -1})
		earlier, later := w.citizen("B.0", "tcp://hostb:1"), w.citizen("B.0", "tcp://hostb:2")
		earlier.settle(earlier.descriptor(at(1)))
		later.settle(later.descriptor(at(2)))
		earlier.do(unregister(at(3)))
		w.stop(k.bus)
		pass(time.Minute)
		later.wantHeard()
	})
	inTownHall(t, "M12 an unregistration before the registration changes nothing", func(t *testing.T, k *clerk, a, b *citizen) {
		b.settle(b.descriptor(at(1)))
		a.take()
		b.do(unregister(at(0)))
		if _, known := k.describe("B.0"); !known {
			t.Error("B.0 is gone")
		}
		a.wantHeard()
	})
	inTownHall(t, "M12 an unregistration of a stranger changes nothing", func(_ *testing.T, _ *clerk, a, b *citizen) {
		b.do(unregister(at(0)))
		a.wantHeard()
	})
	inTownHall(t, "M13 an operator removes a peer, and the peer is told too", func(t *testing.T, k *clerk, a, b *citizen) {
		b.settle(b.descriptor(at(1)))
		a.take()
		a.do(&directory.DecommissionPeerCommand{PeerID: "B.0"})
		if _, known := k.describe("B.0"); known {
			t.Error("B.0 is known")
		}
		gone := &directory.PeerDecommissioned{PeerID: "B.0"}
		a.wantHeard(gone)
		b.wantHeard(gone)
	})
	inTownHall(t, "M13 the removal of a stranger is published", func(_ *testing.T, _ *clerk, a, _ *citizen) {
		a.do(&directory.DecommissionPeerCommand{PeerID: "X.0"})
		a.wantHeard(&directory.PeerDecommissioned{PeerID: "X.0"})
	})
	inTownHall(t, "M11 a transient peer that another unregisters is told", func(_ *testing.T, _ *clerk, a, b *citizen) {
		b.settle(b.descriptor(at(1)))
		a.do(unregister(at(2)))
		b.wantHeard(&directory.PeerDecommissioned{PeerID: "B.0"})
	})
}
