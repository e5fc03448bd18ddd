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

func TestPings(t *testing.T) {
	inTown(t, "L36 time since the last ping", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{SilenceTimeout: -1})
		want := func(d time.Duration) {
			t.Helper()
			if got := m.SincePing(); got != d {
				t.Errorf("since ping %v, want %v", got, d)
			}
		}
		want(zebus.NeverPinged)
		m.join()
		want(0)
		pass(time.Hour)
		want(time.Hour)
		if err := o.SendTo(t.Context(), &directory.PingPeerCommand{}, zebus.Peer{ID: selfID, Endpoint: m.bus.Endpoint()}); err != nil {
			t.Fatal(err)
		}
		want(0)
		if err := m.Unregister(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(zebus.NeverPinged)
	})
}

// pass lets the time of a bubble pass.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // nobody waits for it
	synctest.Wait()
}

func TestKeeper(t *testing.T) {
	registrations := func(o *office) (n int) {
		for _, cmd := range o.take() {
			if _, ok := cmd.(*directory.RegisterPeerCommand); ok {
				n++
			}
		}
		return n
	}
	inTown(t, "a peer that hears no ping registers again, once in its time", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{SilenceTimeout: 5 * time.Minute})
		m.join()
		o.take()
		pass(5*time.Minute - time.Second)
		if n := registrations(o); n != 0 {
			t.Errorf("registered %d times before the time had come", n)
		}
		pass(time.Second)
		if n := registrations(o); n != 1 {
			t.Errorf("registered %d times after five minutes of silence, want once", n)
		}
		pass(5 * time.Minute)
		if n := registrations(o); n != 1 {
			t.Errorf("registered %d times after five more, want once", n)
		}
	})
	inTown(t, "a peer that is pinged does not register again", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join()
		o.take()
		for range 30 {
			pass(time.Minute)
			if err := o.SendTo(t.Context(), &directory.PingPeerCommand{}, zebus.Peer{ID: selfID, Endpoint: m.bus.Endpoint()}); err != nil {
				t.Fatal(err)
			}
		}
		if n := registrations(o); n != 0 {
			t.Errorf("registered %d times", n)
		}
	})
	inOffice(t, "a peer that sees its own decommission registers again with what it wants now", func(t *testing.T, o *office, m *member) {
		if err := m.Update(t.Context(), types(typeB, zebus.Key("x"))); err != nil {
			t.Fatal(err)
		}
		o.take()
		o.tell(m, &directory.PeerDecommissioned{PeerID: selfID})
		heard := o.take()
		if len(heard) != 1 {
			t.Fatalf("heard %v, want one registration", heard)
		}
		got := heard[0].(*directory.RegisterPeerCommand).Peer
		if diff := cmp.Diff([]zebus.Subscription{sub(typeB, "x")}, got.Subscriptions); diff != "" {
			t.Errorf("subscriptions (-want +got):\n%s", diff)
		}
		m.finds(typeB, content("x"), selfID)
		m.wantChanges()
	})
	inOffice(t, "a peer that registers again wants what no directory took as little as what it wants no more", func(t *testing.T, o *office, m *member) {
		if err := m.Update(t.Context(), types(typeA, zebus.Key("x"), zebus.Key("y"))); err != nil {
			t.Fatal(err)
		}
		o.answer(unwell)
		for _, update := range [][]zebus.SubscriptionsForType{types(typeA, zebus.Key("y")), types(typeB, everything)} {
			if err := m.Update(t.Context(), update); !errors.Is(err, directory.ErrNoDirectory) {
				t.Errorf("Update() = %v", err)
			}
		}
		o.answer(well)
		o.take()
		o.tell(m, &directory.PeerDecommissioned{PeerID: selfID})
		got := o.take()[0].(*directory.RegisterPeerCommand).Peer
		if diff := cmp.Diff([]zebus.Subscription{sub(typeA, "y")}, got.Subscriptions); diff != "" {
			t.Errorf("subscriptions (-want +got):\n%s", diff)
		}
	})
	inOffice(t, "a peer that sees itself stopped by an earlier process of its name registers again", func(_ *testing.T, o *office, m *member) {
		o.take()
		after := time.Now().Add(time.Second)
		o.tell(m, &directory.PeerStopped{PeerID: selfID, TimestampUTC: &after})
		if n := registrations(o); n != 1 {
			m.t.Errorf("registered %d times, want once", n)
		}
		if self, _ := m.Peer(selfID); !self.Up || !self.Responding {
			m.t.Errorf("it takes itself for %+v", self)
		}
		m.wantChanges()
	})
	inOffice(t, "a stop from before the peer registered does not", func(_ *testing.T, o *office, m *member) {
		o.take()
		before := time.Now().Add(-time.Second)
		o.tell(m, &directory.PeerStopped{PeerID: selfID, TimestampUTC: &before})
		if n := registrations(o); n != 0 {
			m.t.Errorf("registered %d times", n)
		}
	})
	inTown(t, "the decommission of an earlier run does not disturb the registration", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{})
		o.answer(func(ctx context.Context, _ zebus.Command) error {
			return o.PublishTo(ctx, &directory.PeerDecommissioned{PeerID: selfID}, zebus.Peer{ID: selfID, Endpoint: m.bus.Endpoint()})
		})
		m.join()
		synctest.Wait()
		if n := registrations(o); n != 1 {
			t.Errorf("registered %d times, want once", n)
		}
	})
	inOffice(t, "a decommission on the way while the peer registers again does not make it do so twice", func(t *testing.T, o *office, m *member) {
		o.answer(func(ctx context.Context, _ zebus.Command) error {
			return o.PublishTo(ctx, &directory.PeerDecommissioned{PeerID: selfID}, zebus.Peer{ID: selfID, Endpoint: m.bus.Endpoint()})
		})
		o.tell(m, &directory.PeerDecommissioned{PeerID: selfID})
		if n := registrations(o); n != 1 {
			t.Errorf("registered %d times, want once", n)
		}
	})
	inTown(t, "a registration that fails again is tried after the next silence, and the peers stay known", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{SilenceTimeout: time.Minute})
		o.know(other("P.0", at(0), sub(typeA)))
		m.join()
		o.take()
		o.answer(func(context.Context, zebus.Command) error { return zebus.Fail(7, "no") })
		pass(3 * time.Minute)
		if n := registrations(o); n != 3 {
			t.Errorf("tried %d times in three minutes, want 3", n)
		}
		m.finds(typeA, nil, "P.0")
	})
	inTown(t, "a directory that is down when the peer wants to come back has it back soon after it is there again", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{SilenceTimeout: 5 * time.Minute})
		m.join()
		o.take()
		w.stop(o.Bus)
		pass(5*time.Minute + 20*time.Second)
		w.start(o.Bus)
		pass(32 * time.Second)
		if n := registrations(o); n != 1 {
			t.Errorf("registered %d times, want once", n)
		}
		if changes := m.take(); len(changes) == 0 || changes[0].Kind != zebus.PeerSoughtChange || changes[0].Peer.ID != directory.PeerID(0) {
			t.Errorf("changes %v: the transport does not know that the directory is to be tried although it failed", changes)
		}
		pass(5*time.Minute - time.Minute)
		if n := registrations(o); n != 0 {
			t.Errorf("registered %d times more, want not before the next silence", n)
		}
	})
	inTown(t, "a peer that is gone and finds no directory comes back soon after one is there again", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{SilenceTimeout: -1})
		m.join()
		o.take()
		w.stop(o.Bus)
		other := &office{Bus: w.start(w.bus(directory.PeerID(1), endpointOf(1), nowhere{}))}
		other.tell(m, &directory.PeerDecommissioned{PeerID: selfID})
		pass(20 * time.Second)
		w.start(o.Bus)
		pass(32 * time.Second)
		if n := registrations(o); n != 1 {
			t.Errorf("registered %d times, want once", n)
		}
	})
	inTown(t, "peers that the directory has forgotten too are kept until they had time to come back", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{SilenceTimeout: 5 * time.Minute})
		o.know(other("Back.0", at(0), sub(typeA)), other("Dead.0", at(0), sub(typeA)))
		m.join()
		m.take()
		o.know()
		pass(5 * time.Minute)
		m.finds(typeA, nil, "Back.0", "Dead.0")
		o.tell(m, started(other("Back.0", at(1), sub(typeA))))
		pass(5 * time.Minute)
		m.finds(typeA, nil, "Back.0")
		m.wantChanges(zebus.PeerStartedChange, zebus.PeerDecommissionedChange)
	})
	inOffice(t, "a peer that has unregistered stays away", func(t *testing.T, o *office, m *member) {
		if err := m.Unregister(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.take()
		o.tell(m, &directory.PeerDecommissioned{PeerID: selfID})
		pass(time.Hour)
		if n := registrations(o); n != 0 {
			t.Errorf("registered %d times", n)
		}
	})
	inTown(t, "a peer that is stopped while it registers again stops", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{SilenceTimeout: time.Minute})
		m.join()
		o.answer(w.silence())
		pass(time.Minute)
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_ = m.Unregister(ctx)
		if took := time.Since(start); took > time.Second {
			t.Errorf("stopped after %v", took)
		}
	})
}
