package directory_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/zebus"
)

func TestServerUpdates(t *testing.T) {
	inTownHall(t, "M14 an update replaces what the peer registered with", func(t *testing.T, k *clerk, a, b *citizen) {
		b.settle(b.descriptor(at(1), sub(typeA)))
		a.take()
		want := b.descriptor(at(2))
		want.Subscriptions = []zebus.Subscription{sub(typeB, "x")}
		b.do(&directory.UpdatePeerSubscriptionsCommand{PeerID: "B.0", Subscriptions: want.Subscriptions, TimestampUTC: at(2)})
		if got, _ := k.describe("B.0"); !cmp.Equal(want, got) {
			t.Errorf("stored (-want +got):\n%s", cmp.Diff(want, got))
		}
		a.wantHeard(subscriptions(want))
	})
	inTownHall(t, "M15 an older update is ignored", func(_ *testing.T, _ *clerk, a, b *citizen) {
		b.settle(b.descriptor(at(1)))
		a.take()
		b.do(&directory.UpdatePeerSubscriptionsCommand{PeerID: "B.0", TimestampUTC: at(0)})
		a.wantHeard()
	})
	inTownHall(t, "M16 an update of a stranger is an error", func(t *testing.T, _ *clerk, a, _ *citizen) {
		err := a.send(&directory.UpdatePeerSubscriptionsCommand{PeerID: "X.0", TimestampUTC: at(0)})
		wantCode(t, err, zebus.CodeUnknown, "X.0")
	})
	inTownHall(t, "M17 M18 types with keys are added, types without are removed, and one event has it all", func(t *testing.T, k *clerk, a, b *citizen) {
		b.settle(b.descriptor(at(1)))
		a.take()
		first := &directory.UpdatePeerSubscriptionsForTypesCommand{PeerID: "B.0", SubscriptionsForTypes: types(typeA, zebus.Key("x")), TimestampUTC: *at(2)}
		b.do(first)
		mixed := &directory.UpdatePeerSubscriptionsForTypesCommand{
			PeerID: "B.0", SubscriptionsForTypes: append(types(typeA), types(typeB, everything, zebus.Key("y"))...), TimestampUTC: *at(3),
		}
		b.do(mixed)
		want := b.descriptor(at(1), sub(typeB), sub(typeB, "y"))
		if got, _ := k.describe("B.0"); !cmp.Equal(want, got) {
			t.Errorf("stored (-want +got):\n%s", cmp.Diff(want, got))
		}
		a.wantHeard(
			&directory.PeerSubscriptionsForTypesUpdated{PeerID: "B.0", SubscriptionsForTypes: first.SubscriptionsForTypes, TimestampUTC: *at(2)},
			&directory.PeerSubscriptionsForTypesUpdated{PeerID: "B.0", SubscriptionsForTypes: mixed.SubscriptionsForTypes, TimestampUTC: *at(3)},
		)
	})
	inTownHall(t, "M19 an update without types does nothing", func(_ *testing.T, _ *clerk, a, b *citizen) {
		b.settle(b.descriptor(at(1)))
		a.take()
		b.do(&directory.UpdatePeerSubscriptionsForTypesCommand{PeerID: "B.0", TimestampUTC: *at(2)})
		a.wantHeard()
	})
	inTownHall(t, "M20 times are UTC, whatever they say", func(t *testing.T, k *clerk, _, b *citizen) {
		local := at(1).In(time.FixedZone("far", 5*3600))
		b.settle(b.descriptor(&local))
		if got, _ := k.describe("B.0"); got.Timestamp.Location() != time.UTC || !got.Timestamp.Equal(*at(1)) {
			t.Errorf("stored %v", got.Timestamp)
		}
	})
	inTownHall(t, "X31 a new peer sees the last update of a type", func(t *testing.T, _ *clerk, a, b *citizen) {
		for i, text := range []string{"k1", "k2"} {
			a.do(&directory.UpdatePeerSubscriptionsForTypesCommand{
				PeerID: "A.0", SubscriptionsForTypes: types(typeA, zebus.Key(text)), TimestampUTC: *at(i + 1),
			})
		}
		peers, err := b.register(b.descriptor(at(1)))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range peers {
			if d.Peer.ID == "A.0" {
				if diff := cmp.Diff(a.descriptor(at(0), sub(typeA, "k2")), d); diff != "" {
					t.Errorf("A.0 (-want +got):\n%s", diff)
				}
			}
		}
	})
	inTownHall(t, "X31 a subscription of the start that was cancelled is hidden from a new peer", func(t *testing.T, _ *clerk, a, b *citizen) {
		a.settle(a.descriptor(at(1), sub(typeA, "x")))
		a.do(&directory.UpdatePeerSubscriptionsForTypesCommand{PeerID: "A.0", SubscriptionsForTypes: types(typeA), TimestampUTC: *at(2)})
		peers, err := b.register(b.descriptor(at(1)))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range peers {
			if d.Peer.ID == "A.0" && len(d.Subscriptions) != len(wishes()) {
				t.Errorf("A.0 wants %v", d.Subscriptions)
			}
		}
	})
}

func TestServerMarks(t *testing.T) {
	inTownHall(t, "M21 X30 the word of an operator counts from just after what is known, whatever time it bears", func(t *testing.T, k *clerk, a, b *citizen) {
		b.settle(b.descriptor(at(1)))
		a.take()
		first, second := at(1).Add(time.Millisecond), at(1).Add(2*time.Millisecond)
		a.do(&directory.MarkPeerAsNotRespondingCommand{PeerID: "B.0", TimestampUTC: *at(-100)})
		if d, _ := k.describe("B.0"); d.Peer.Responding || !d.Timestamp.Equal(first) {
			t.Errorf("stored %+v at %v", d.Peer, d.Timestamp)
		}
		a.do(&directory.MarkPeerAsRespondingCommand{PeerID: "B.0", TimestampUTC: *at(-100)})
		a.wantHeard(
			&directory.PeerNotResponding{PeerID: "B.0", TimestampUTC: &first}, &directory.PeerResponding{PeerID: "B.0", TimestampUTC: &second})
	})
	inTownHall(t, "M22 X30 the word of a directory counts from its own time", func(t *testing.T, k *clerk, a, b *citizen) {
		b.settle(b.descriptor(at(1)))
		a.take()
		a.do(&directory.MarkPeerAsNotRespondingInternalCommand{PeerID: "B.0", TimestampUTC: *at(0)})
		a.wantHeard()
		a.do(&directory.MarkPeerAsNotRespondingInternalCommand{PeerID: "B.0", TimestampUTC: *at(5)})
		a.do(&directory.MarkPeerAsRespondingInternalCommand{PeerID: "B.0", TimestampUTC: *at(6)})
		if d, _ := k.describe("B.0"); !d.Peer.Responding || !d.Timestamp.Equal(*at(6)) {
			t.Errorf("stored %+v at %v", d.Peer, d.Timestamp)
		}
		a.wantHeard(&directory.PeerNotResponding{PeerID: "B.0", TimestampUTC: at(5)}, &directory.PeerResponding{PeerID: "B.0", TimestampUTC: at(6)})
	})
	inTownHall(t, "M23 a mark does not bring back a peer that was removed", func(t *testing.T, k *clerk, a, b *citizen) {
		b.settle(b.descriptor(at(1)))
		a.do(&directory.DecommissionPeerCommand{PeerID: "B.0"})
		a.take()
		a.do(&directory.MarkPeerAsNotRespondingCommand{PeerID: "B.0"})
		a.do(&directory.MarkPeerAsNotRespondingInternalCommand{PeerID: "B.0", TimestampUTC: *at(5)})
		if _, known := k.describe("B.0"); known {
			t.Error("B.0 is back")
		}
		a.wantHeard()
	})
	inTown(t, "M24 the time that commands take is told, in order", func(t *testing.T, w *town) {
		var told []string
		w.clerk(directory.ServerConfig{OnCommandHandled: func(command zebus.MessageTypeID, _ time.Duration) {
			told = append(told, command.Name())
		}})
		a := w.citizen("A.0", "tcp://hosta:1")
		a.settle(a.descriptor(at(0)))
		a.do(&directory.UpdatePeerSubscriptionsCommand{PeerID: "A.0", TimestampUTC: at(1)})
		a.do(&directory.UpdatePeerSubscriptionsForTypesCommand{PeerID: "A.0", SubscriptionsForTypes: types(typeA), TimestampUTC: *at(2)})
		a.do(&directory.MarkPeerAsNotRespondingCommand{PeerID: "A.0"})
		a.do(&directory.UnregisterPeerCommand{PeerID: "A.0", TimestampUTC: at(3)})
		want := []string{
			"RegisterPeerCommand", "UpdatePeerSubscriptionsCommand", "UpdatePeerSubscriptionsForTypesCommand", "UnregisterPeerCommand",
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}
