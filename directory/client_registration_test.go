package directory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/zebus"
)

func TestRegister(t *testing.T) {
	for _, persistent := range []bool{true, false} {
		name := map[bool]string{true: "persistent", false: "transient"}[persistent]
		inTown(t, "L01 a "+name+" peer tells the first directory of itself", func(t *testing.T, w *town) {
			office := w.office(0)
			m := w.member(directory.ClientConfig{})
			before := time.Now()
			err := m.Register(t.Context(), m.bus, zebus.PeerDescriptor{
				Peer: zebus.Peer{ID: selfID, Endpoint: "tcp://self:1"}, Persistent: persistent, Subscriptions: []zebus.Subscription{sub(typeA), sub(typeB, "x")},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer m.Unregister(t.Context()) //nolint:errcheck // ends the client's goroutine
			heard := office.take()
			if len(heard) != 1 {
				t.Fatalf("heard %v, want one command", heard)
			}
			got := heard[0].(*directory.RegisterPeerCommand).Peer
			if got.Timestamp == nil || got.Timestamp.Before(before) {
				t.Errorf("timestamp %v, want %v or later", got.Timestamp, before)
			}
			got.Timestamp = nil
			want := zebus.PeerDescriptor{
				Peer:          zebus.Peer{ID: selfID, Endpoint: "tcp://self:1", Up: true, Responding: true},
				Persistent:    persistent,
				Subscriptions: []zebus.Subscription{sub(typeA), sub(typeB, "x")},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("registered (-want +got):\n%s", diff)
			}
		})
	}
	inTown(t, "L02 a second registration forgets the peers of the first", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		office.know(other("Old.0", at(0), sub(typeA)))
		m.join()
		m.finds(typeA, nil, "Old.0")
		if err := m.Unregister(t.Context()); err != nil {
			t.Fatal(err)
		}
		office.know(other("New.0", at(0), sub(typeA)))
		m.join()
		m.finds(typeA, nil, "New.0")
		if _, known := m.Peer("Old.0"); known {
			t.Error("Old.0 is still known")
		}
	})
	inTown(t, "a peer whose clock is behind that of its last run registers once more, just after that", func(t *testing.T, w *town) {
		office := w.office(0)
		last := time.Now().Add(time.Hour)
		kept := other(selfID, &last, sub(typeA))
		office.know(kept)
		m := w.member(directory.ClientConfig{})
		m.join(sub(typeB))
		heard := office.take()
		if len(heard) != 2 {
			t.Fatalf("the directory heard %v, want two registrations", heard)
		}
		second := heard[1].(*directory.RegisterPeerCommand).Peer
		if !second.Timestamp.After(last) || len(second.Subscriptions) != 1 {
			t.Errorf("registered with %v, want a time after %v", second, last)
		}
		if err := m.Update(t.Context(), types(typeB)); err != nil {
			t.Fatal(err)
		}
		if update := office.take()[0].(*directory.UpdatePeerSubscriptionsForTypesCommand); !update.TimestampUTC.After(*second.Timestamp) {
			t.Errorf("updated at %v, want a time after %v", update.TimestampUTC, *second.Timestamp)
		}
	})
	inTown(t, "L04 a peer that exists is refused at once, and no other directory is asked", func(t *testing.T, w *town) {
		first, second := w.office(0), w.office(1)
		first.answer(func(context.Context, zebus.Command) error {
			return zebus.Fail(zebus.CodePeerAlreadyExists, "Peer %s already exists (running on tcp://elsewhere:1)", selfID)
		})
		m := w.member(directory.ClientConfig{Endpoints: []string{endpointOf(0), endpointOf(1)}})
		err := m.register()
		if !errors.Is(err, directory.ErrAlreadyExists) || !strings.Contains(err.Error(), "tcp://elsewhere:1") {
			t.Errorf("Register() = %v, want ErrAlreadyExists with the place", err)
		}
		if heard := second.take(); heard != nil {
			t.Errorf("the second directory heard %v", heard)
		}
	})
	inTown(t, "L13 the peer's own subscriptions are found", func(t *testing.T, w *town) {
		w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join(sub(typeA, "10", "#"), sub(typeB))
		m.finds(typeA, content("10", "name"), selfID)
		m.finds(typeA, content("5", "name"))
		m.finds(typeB, nil, selfID)
	})
	inTown(t, "L14 the peers of the answer are known", func(t *testing.T, w *town) {
		office := w.office(0)
		down := other("Down.0", at(0), sub(typeA))
		down.Peer.Up, down.Peer.Responding, down.Persistent = false, false, true
		office.know(other("Up.0", at(0), sub(typeA)), down)
		m := w.member(directory.ClientConfig{})
		m.join()
		m.finds(typeA, nil, "Up.0", "Down.0")
		want := zebus.Peer{ID: "Down.0", Endpoint: "tcp://other:1", Persistent: true}
		if got, known := m.Peer("Down.0"); !known || got != want {
			t.Errorf("Peer(Down.0) = %v, %t, want %v", got, known, want)
		}
		if changes := m.take(); changes != nil {
			t.Errorf("changes %v, want none for peers that were there before", changes)
		}
	})
	inTown(t, "L23 all descriptors, the peer's own included", func(t *testing.T, w *town) {
		office := w.office(0)
		office.know(other("Other.0", at(0), sub(typeA, "x")))
		m := w.member(directory.ClientConfig{})
		m.join(sub(typeB))
		got := m.Peers()
		if len(got) != 2 || got[0].Peer.ID != "Other.0" || got[1].Peer.ID != selfID {
			t.Fatalf("Peers() = %v, want Other.0 and %s", got, selfID)
		}
		if diff := cmp.Diff(other("Other.0", at(0), sub(typeA, "x")), got[0]); diff != "" {
			t.Errorf("descriptor (-want +got):\n%s", diff)
		}
	})
	inTown(t, "X24 an answer of five thousand peers", func(t *testing.T, w *town) {
		crowd := make([]zebus.PeerDescriptor, 5000)
		for i := range crowd {
			d := other(zebus.PeerID(fmt.Sprint("Crowd.", i)), at(0))
			for _, m := range messageTypes() {
				d.Subscriptions = append(d.Subscriptions, zebus.SubscribeTo(m.ID()))
			}
			crowd[i] = d
		}
		w.office(0).know(crowd...)
		m := w.member(directory.ClientConfig{})
		m.join()
		if n := len(m.AppendPeers(nil, messageTypes()[0].ID(), nil)); n != 5000 {
			t.Errorf("%d peers found, want 5000", n)
		}
	})
}
