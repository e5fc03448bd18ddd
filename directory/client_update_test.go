package directory_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/zebus"
)

func TestUpdate(t *testing.T) {
	inTown(t, "L05 an update has the peer and the lists", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join(sub(typeA))
		registered := office.take()[0].(*directory.RegisterPeerCommand)
		lists := []zebus.SubscriptionsForType{{Type: typeA}, {Type: typeB, Keys: []zebus.BindingKey{zebus.Key("x", "*"), {}}}}
		if err := m.Update(t.Context(), lists); err != nil {
			t.Fatal(err)
		}
		got := office.take()[0].(*directory.UpdatePeerSubscriptionsForTypesCommand)
		if diff := cmp.Diff(lists, got.SubscriptionsForTypes); diff != "" || got.PeerID != selfID {
			t.Errorf("update of %s (-want +got):\n%s", got.PeerID, diff)
		}
		if !got.TimestampUTC.After(*registered.Peer.Timestamp) {
			t.Errorf("the update of %v is not after the registration of %v", got.TimestampUTC, registered.Peer.Timestamp)
		}
		m.finds(typeA, nil, selfID) // until the directory publishes it
	})
	inTown(t, "L08 an empty update is not sent", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join()
		office.take()
		if err := m.Update(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if heard := office.take(); heard != nil {
			t.Errorf("heard %v", heard)
		}
	})
	inTown(t, "L09 the times of updates are a microsecond apart at least", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join()
		office.take()
		for range 100 {
			if err := m.Update(t.Context(), types(typeA)); err != nil {
				t.Fatal(err)
			}
		}
		var last time.Time
		for i, cmd := range office.take() {
			now := cmd.(*directory.UpdatePeerSubscriptionsForTypesCommand).TimestampUTC
			if now.Sub(last) < time.Microsecond {
				t.Errorf("update %d is %v after the one before", i, now.Sub(last))
			}
			last = now
		}
	})
	t.Run("an update before the registration is an error", func(t *testing.T) {
		client, err := directory.NewClient(directory.ClientConfig{Endpoints: []string{"tcp://a:1"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Update(t.Context(), types(typeA)); !errors.Is(err, directory.ErrNotRegistered) {
			t.Errorf("Update() = %v, want ErrNotRegistered", err)
		}
	})
}

func TestUnregister(t *testing.T) {
	inTown(t, "L15 unregistering twice sends two commands in order of time", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join()
		office.take()
		for range 2 {
			if err := m.Unregister(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		heard := office.take()
		a, b := heard[0].(*directory.UnregisterPeerCommand), heard[1].(*directory.UnregisterPeerCommand)
		if a.PeerID != selfID || a.PeerEndpoint == nil || *a.PeerEndpoint != "tcp://self:1" || !b.TimestampUTC.After(*a.TimestampUTC) {
			t.Errorf("unregistered %+v, then %+v", a, b)
		}
	})
	inTown(t, "L16 unregistering waits for the directory", func(t *testing.T, w *town) {
		office := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join()
		release := make(chan struct{})
		office.answer(func(context.Context, zebus.Command) error {
			<-release
			return nil
		})
		done := make(chan error, 1)
		go func() { done <- m.Unregister(t.Context()) }()
		synctest.Wait()
		select {
		case err := <-done:
			t.Errorf("Unregister() = %v before the directory had answered", err)
		default:
		}
		close(release)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
