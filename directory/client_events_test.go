package directory_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/zebus"
)

func started(d zebus.PeerDescriptor) *directory.PeerStarted {
	return &directory.PeerStarted{PeerDescriptor: d}
}

func subscriptions(d zebus.PeerDescriptor) *directory.PeerSubscriptionsUpdated {
	return &directory.PeerSubscriptionsUpdated{PeerDescriptor: d}
}

func subscribed(id zebus.PeerID, timestamp *time.Time, t zebus.MessageTypeID, keys ...zebus.BindingKey) *directory.PeerSubscriptionsForTypesUpdated {
	e := &directory.PeerSubscriptionsForTypesUpdated{PeerID: id, SubscriptionsForTypes: types(t, keys...)}
	if timestamp != nil {
		e.TimestampUTC = *timestamp
	}
	return e
}

// wantChanges checks what was told since the last call.
func (m *member) wantChanges(want ...zebus.PeerChangeKind) {
	m.t.Helper()
	changes := m.take()
	got := make([]zebus.PeerChangeKind, len(changes))
	for i, c := range changes {
		got[i] = c.Kind
	}
	if !slices.Equal(got, want) {
		m.t.Errorf("changes %v, want %v", got, want)
	}
}

// inOffice runs a test on a member that has registered.
func inOffice(t *testing.T, name string, f func(t *testing.T, o *office, m *member)) {
	t.Helper()
	inTown(t, name, func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{})
		m.join()
		o.take()
		f(t, o, m)
	})
}

var everything = zebus.BindingKey{}

func TestEvents(t *testing.T) {
	inOffice(t, "L10 updates without time apply to a peer that gave none", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", nil, sub(typeA))), subscribed("P.0", nil, typeB, everything))
		m.finds(typeB, nil, "P.0")
		o.tell(m, subscriptions(other("P.0", nil, sub(typeB, "x"))))
		m.finds(typeA, nil)
		m.finds(typeB, content("x"), "P.0")
		m.wantChanges(zebus.PeerStartedChange, zebus.PeerUpdatedChange, zebus.PeerUpdatedChange)
	})
	inOffice(t, "L10 an update of all subscriptions without time applies to any peer", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(10), sub(typeA))), subscriptions(other("P.0", nil, sub(typeB))))
		m.finds(typeA, nil)
		m.finds(typeB, nil, "P.0")
	})
	inOffice(t, "L11 older updates are ignored and told to nobody", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(10), sub(typeA))))
		m.take()
		o.tell(m, subscriptions(other("P.0", at(9))), subscribed("P.0", at(9), typeA), subscribed("P.0", nil, typeA))
		m.finds(typeA, nil, "P.0")
		m.wantChanges()
	})
	inOffice(t, "L12 a type without keys disappears", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(0), sub(typeA), sub(typeA, "x"), sub(typeB))), subscribed("P.0", at(1), typeA))
		m.finds(typeA, nil)
		m.finds(typeB, nil, "P.0")
	})
	inOffice(t, "L17 a peer that starts is found and told", func(t *testing.T, o *office, m *member) {
		d := other("P.0", at(0), sub(typeA))
		d.Persistent = true
		o.tell(m, started(d))
		m.finds(typeA, nil, "P.0")
		want := zebus.PeerChange{Kind: zebus.PeerStartedChange, Peer: zebus.Peer{
			ID: "P.0", Endpoint: "tcp://other:1", Up: true, Responding: true, Persistent: true,
		}}
		if diff := cmp.Diff([]zebus.PeerChange{want}, m.take()); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
	})
	inOffice(t, "L18 a peer that stops is found, down", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(0), sub(typeA))), &directory.PeerStopped{PeerID: "P.0", TimestampUTC: at(1)})
		m.finds(typeA, nil, "P.0")
		if p, _ := m.Peer("P.0"); p.Up || p.Responding {
			t.Errorf("peer %+v, want down and not responding", p)
		}
		m.wantChanges(zebus.PeerStartedChange, zebus.PeerStoppedChange)
	})
	inOffice(t, "L19 the persistence of a peer is that of its last start", func(t *testing.T, o *office, m *member) {
		for i, persistent := range []bool{true, false, true} {
			d := other("P.0", at(2*i))
			d.Persistent = persistent
			o.tell(m, started(d))
			if p, _ := m.Peer("P.0"); p.Persistent != persistent {
				t.Errorf("persistent %t, want %t", p.Persistent, persistent)
			}
			o.tell(m, &directory.PeerStopped{PeerID: "P.0", TimestampUTC: at(2*i + 1)})
		}
	})
	inOffice(t, "L20 a new start brings endpoint and types, and takes the old types", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(0), sub(typeA))), &directory.PeerStopped{PeerID: "P.0", TimestampUTC: at(1)})
		again := other("P.0", at(2), sub(typeB))
		again.Peer.Endpoint = "tcp://other:2"
		o.tell(m, started(again))
		m.finds(typeA, nil)
		if got := m.AppendPeers(nil, typeB, nil); len(got) != 1 || got[0].Endpoint != "tcp://other:2" || !got[0].Up {
			t.Errorf("found %+v", got)
		}
	})
	inOffice(t, "L22 a decommissioned peer is gone, and others stay", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(0), sub(typeA), sub(typeA, "x"))), started(other("P.1", at(0), sub(typeA))))
		m.take()
		o.tell(m, &directory.PeerDecommissioned{PeerID: "P.0"})
		m.finds(typeA, nil, "P.1")
		m.finds(typeA, content("x"), "P.1")
		if _, known := m.Peer("P.0"); known {
			t.Error("P.0 is still known")
		}
		m.wantChanges(zebus.PeerDecommissionedChange)
		o.tell(m, &directory.PeerDecommissioned{PeerID: "P.0"})
		m.wantChanges()
	})
	inOffice(t, "L24 an update of all subscriptions adds and removes types", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(0), sub(typeA))))
		m.take()
		o.tell(m, subscriptions(other("P.0", at(1), sub(typeB))))
		m.finds(typeA, nil)
		m.finds(typeB, nil, "P.0")
		m.wantChanges(zebus.PeerUpdatedChange)
	})
	inOffice(t, "L25 an update of one type leaves the others", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(0), sub(typeA, "x"), sub(typeB))), subscribed("P.0", at(1), typeA, zebus.Key("y")))
		m.finds(typeA, content("x"))
		m.finds(typeA, content("y"), "P.0")
		m.finds(typeB, nil, "P.0")
	})
	inOffice(t, "L26 times count for each type", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(0))), subscribed("P.0", at(20), typeA, everything), subscribed("P.0", at(10), typeB, everything))
		m.finds(typeA, nil, "P.0")
		m.finds(typeB, nil, "P.0")
	})
	inOffice(t, "L27 two peers want one event", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(0), sub(typeA))), started(other("P.1", at(0), sub(typeA))))
		m.finds(typeA, nil, "P.0", "P.1")
	})
	inOffice(t, "L28 a stop before the start is ignored", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(10), sub(typeA))))
		m.take()
		o.tell(m, &directory.PeerStopped{PeerID: "P.0", TimestampUTC: at(9)})
		if p, _ := m.Peer("P.0"); !p.Up {
			t.Error("P.0 is down")
		}
		m.wantChanges()
		o.tell(m, &directory.PeerStopped{PeerID: "P.0"})
		m.wantChanges(zebus.PeerStoppedChange)
	})
	inOffice(t, "L29 overlapping subscriptions find a peer once", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(0), sub(typeA, "x", "y"), sub(typeA, "x", "y"), sub(typeA, "x", "*"), sub(typeA, "#"), sub(typeA))))
		m.finds(typeA, content("x", "y"), "P.0")
		m.finds(typeA, nil, "P.0")
	})
	inOffice(t, "L30 flags change for all types at once", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(0), sub(typeA), sub(typeB))))
		m.take()
		check := func(up, responding bool) {
			t.Helper()
			for _, mt := range []zebus.MessageTypeID{typeA, typeB} {
				if p := m.AppendPeers(nil, mt, nil)[0]; p.Up != up || p.Responding != responding {
					t.Errorf("%s finds %+v, want up %t, responding %t", mt, p, up, responding)
				}
			}
		}
		o.tell(m, &directory.PeerNotResponding{PeerID: "P.0", TimestampUTC: at(-5)})
		check(true, false)
		o.tell(m, &directory.PeerResponding{PeerID: "P.0", TimestampUTC: at(-6)})
		check(true, true)
		o.tell(m, &directory.PeerStopped{PeerID: "P.0", TimestampUTC: at(1)})
		check(false, false)
		m.wantChanges(zebus.PeerUpdatedChange, zebus.PeerUpdatedChange, zebus.PeerStoppedChange)
	})
	inOffice(t, "L31 after stops and starts every type finds the same peer", func(t *testing.T, o *office, m *member) {
		for i := range 5 {
			d := other("P.0", at(10*i), sub(typeA), sub(typeB))
			d.Peer.Endpoint = fmt.Sprint("tcp://other:", i)
			o.tell(m, started(d))
			a, b := m.AppendPeers(nil, typeA, nil), m.AppendPeers(nil, typeB, nil)
			if len(a) != 1 || !slices.Equal(a, b) || a[0].Endpoint != d.Peer.Endpoint {
				t.Errorf("found %+v and %+v, want %s", a, b, d.Peer.Endpoint)
			}
			o.tell(m, &directory.PeerStopped{PeerID: "P.0", TimestampUTC: at(10*i + 1)})
		}
	})
	inOffice(t, "L32 keys follow each update", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(0))))
		for i, keys := range [][]zebus.BindingKey{{zebus.Key("3")}, {zebus.Key("3"), zebus.Key("4")}, {zebus.Key("4")}} {
			o.tell(m, subscribed("P.0", at(i+1), typeA, keys...))
			if n := len(m.Peers()[0].Subscriptions); n != len(keys) {
				t.Errorf("update %d: %d subscriptions, want %d", i, n, len(keys))
			}
			for _, text := range []string{"3", "4"} {
				var want []zebus.PeerID
				if slices.ContainsFunc(keys, func(k zebus.BindingKey) bool { return k.Equal(zebus.Key(text)) }) {
					want = append(want, "P.0")
				}
				m.finds(typeA, content(text), want...)
			}
		}
	})
	inOffice(t, "L33 an older removal of a type is ignored, and an older addition", func(t *testing.T, o *office, m *member) {
		o.tell(m, started(other("P.0", at(0))), subscribed("P.0", at(5), typeA, everything), subscribed("P.0", at(4), typeA))
		m.finds(typeA, nil, "P.0")
		o.tell(m, subscribed("P.0", at(7), typeA), subscribed("P.0", at(6), typeA, everything))
		m.finds(typeA, nil)
		o.tell(m, subscribed("P.0", at(7), typeA, everything))
		m.finds(typeA, nil, "P.0")
	})
	inOffice(t, "L39 the ping is handled, and so answered", func(t *testing.T, o *office, m *member) {
		self := zebus.Peer{ID: selfID, Endpoint: m.bus.Endpoint(), Up: true}
		if err := o.SendTo(t.Context(), &directory.PingPeerCommand{}, self); err != nil {
			t.Error(err)
		}
	})
	inOffice(t, "news of an unknown peer changes nothing", func(t *testing.T, o *office, m *member) {
		o.tell(m,
			&directory.PeerStopped{PeerID: "X"}, &directory.PeerNotResponding{PeerID: "X"}, &directory.PeerResponding{PeerID: "X"},
			subscriptions(other("X", at(0), sub(typeA))), subscribed("X", at(0), typeA, everything), &directory.PeerDecommissioned{PeerID: "X"})
		m.finds(typeA, nil)
		m.wantChanges()
	})
}

func TestEventsDuringRegistration(t *testing.T) {
	inTown(t, "L34 an event before the answer takes effect after it", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{})
		o.know(other("P.0", at(0), sub(typeA)), other("P.1", at(0), sub(typeA)), other("P.2", at(0), sub(typeA)))
		o.answer(func(ctx context.Context, _ zebus.Command) error {
			self := zebus.Peer{ID: selfID, Endpoint: m.bus.Endpoint()}
			for _, e := range []zebus.Event{
				subscribed("P.0", at(1), typeB, everything), &directory.PeerDecommissioned{PeerID: "P.1"},
				started(other("P.3", at(1), sub(typeA))), &directory.PeerNotResponding{PeerID: "P.2"},
			} {
				if err := o.PublishTo(ctx, e, self); err != nil {
					return err
				}
			}
			return nil
		})
		m.join()
		m.finds(typeA, nil, "P.0", "P.2", "P.3")
		m.finds(typeB, nil, "P.0")
		if p, _ := m.Peer("P.2"); p.Responding {
			t.Error("P.2 responds")
		}
		m.wantChanges(zebus.PeerUpdatedChange, zebus.PeerDecommissionedChange, zebus.PeerStartedChange, zebus.PeerUpdatedChange)
	})
	inTown(t, "L35 a flood of events does not hinder a registration", func(t *testing.T, w *town) {
		o, flood := w.office(0), w.office(1)
		m := w.member(directory.ClientConfig{})
		self := zebus.Peer{ID: selfID, Endpoint: m.bus.Endpoint()}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for i := range 2000 {
				_ = flood.PublishTo(context.Background(), started(other("P.0", at(i), sub(typeA))), self)
				_ = flood.PublishTo(context.Background(), &directory.PeerStopped{PeerID: "P.0", TimestampUTC: at(i)}, self)
			}
		}()
		for range 20 {
			m.join()
			if err := m.Unregister(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		<-ended
		o.tell(m, started(other("P.1", at(0), sub(typeA))))
		if _, known := m.Peer("P.1"); !known {
			t.Error("an event after the flood was lost")
		}
	})
	inTown(t, "a registration that fails forgets the events it held back", func(t *testing.T, w *town) {
		o := w.office(0)
		m := w.member(directory.ClientConfig{})
		o.answer(func(ctx context.Context, _ zebus.Command) error {
			_ = o.PublishTo(ctx, started(other("P.0", at(0))), zebus.Peer{ID: selfID, Endpoint: m.bus.Endpoint()})
			return zebus.Fail(7, "no")
		})
		if m.register() == nil {
			t.Fatal("registered")
		}
		if _, known := m.Peer("P.0"); known || m.take() != nil {
			t.Error("the event took effect")
		}
	})
}
