package directory_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestListeners(t *testing.T) {
	inTown(t, "L37 observers hear of the types they asked for", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{})
		var heard []string
		m.Observe([]zebus.MessageTypeID{typeA}, func(id zebus.PeerID, subs []zebus.Subscription) {
			heard = append(heard, fmt.Sprint(id, " ", subs))
		})
		want := func(what string, lines ...string) {
			t.Helper()
			if !slices.Equal(heard, lines) {
				t.Errorf("%s: heard %q, want %q", what, heard, lines)
			}
			heard = nil
		}
		o.know(other("P.0", at(0), sub(typeB), sub(typeA, "x")), other("P.1", at(0), sub(typeB)))
		m.join(sub(typeA), sub(typeB))
		want("registration", "Test.Self.0 [Test.A(#)]", "P.0 [Test.A(x)]")
		o.tell(m, started(other("P.2", at(0), sub(typeA), sub(typeA, "y"), sub(typeB))))
		want("start", "P.2 [Test.A(#) Test.A(y)]")
		o.tell(m, subscriptions(other("P.2", at(1), sub(typeA, "z"))), subscriptions(other("P.2", at(2), sub(typeB))))
		want("update of all", "P.2 [Test.A(z)]")
		o.tell(m, subscribed("P.2", at(3), typeA, zebus.Key("w")), subscribed("P.2", at(3), typeB, everything), subscribed("P.2", at(4), typeA))
		want("updates of types", "P.2 [Test.A(w)]")
		o.tell(m, &directory.PeerDecommissioned{PeerID: "P.2"})
		want("decommission")
	})
	inTown(t, "L38 listeners see the new state", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{})
		var found []int
		m.Watch(func(zebus.PeerChange) { found = append(found, len(m.AppendPeers(nil, typeA, nil))) })
		m.Observe([]zebus.MessageTypeID{typeA}, func(zebus.PeerID, []zebus.Subscription) {
			found = append(found, 10+len(m.AppendPeers(nil, typeA, nil)))
		})
		m.join()
		o.tell(m,
			started(other("P.0", at(0), sub(typeA))), subscribed("P.0", at(1), typeA), subscriptions(other("P.0", at(2), sub(typeA))),
			&directory.PeerDecommissioned{PeerID: "P.0"})
		if want := []int{1, 11, 0, 1, 11, 0}; !slices.Equal(found, want) {
			t.Errorf("listeners found %v, want %v", found, want)
		}
	})
}

func TestEveryPeerListens(t *testing.T) {
	t.Run("X19 a peer subscribes to the eight messages of directories", func(t *testing.T) {
		client, err := directory.NewClient(directory.ClientConfig{Endpoints: []string{"tcp://a:1"}})
		if err != nil {
			t.Fatal(err)
		}
		want := []zebus.MessageTypeID{
			"Abc.Zebus.Directory.PeerDecommissioned", "Abc.Zebus.Directory.PeerNotResponding", "Abc.Zebus.Directory.PeerResponding",
			"Abc.Zebus.Directory.PeerStarted", "Abc.Zebus.Directory.PeerStopped", "Abc.Zebus.Directory.PeerSubscriptionsForTypesUpdated",
			"Abc.Zebus.Directory.PeerSubscriptionsUpdated", "Abc.Zebus.Directory.PingPeerCommand",
		}
		if diff := cmp.Diff(want, handled(client)); diff != "" {
			t.Errorf("handled (-want +got):\n%s", diff)
		}
	})
	inTown(t, "X26 two peers for a command are an error, without choice", func(t *testing.T, w *town) {
		client, err := directory.NewClient(directory.ClientConfig{Endpoints: []string{endpointOf(0)}})
		if err != nil {
			t.Fatal(err)
		}
		o := w.office(0)
		echo := (*interop.Echo)(nil).ZebusType().ID()
		o.know(other("P.0", at(0), sub(echo)), other("P.1", at(0), sub(echo)))
		bus := w.start(w.bus(selfID, "tcp://self:1", client))
		wantError(t, bus.Send(t.Context(), &interop.Echo{}), zebus.ErrManyPeers)
	})
}

func handled(d zebus.Directory) []zebus.MessageTypeID {
	handlers := d.Handlers()
	ids := make([]zebus.MessageTypeID, len(handlers))
	for i, h := range handlers {
		ids[i] = h.Type().ID()
	}
	slices.Sort(ids)
	return ids
}
