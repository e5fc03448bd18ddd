package directory_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/zebus"
)

// clerk is a directory peer with the real server.
type clerk struct {
	*directory.Server

	t   *testing.T
	bus *zebus.Bus
}

func (w *town) clerk(c directory.ServerConfig) *clerk {
	w.t.Helper()
	k := w.clerkAt(0, c)
	w.start(k.bus)
	return k
}

func (w *town) clerkAt(position int, c directory.ServerConfig) *clerk {
	w.t.Helper()
	server, err := directory.NewServer(c)
	if err != nil {
		w.t.Fatal(err)
	}
	return &clerk{Server: server, t: w.t, bus: w.bus(directory.PeerID(position), endpointOf(position), server)}
}

// describe returns what the clerk knows of a peer.
func (k *clerk) describe(id zebus.PeerID) (zebus.PeerDescriptor, bool) {
	for _, d := range k.Peers() {
		if d.Peer.ID == id {
			return d, true
		}
	}
	return zebus.PeerDescriptor{}, false
}

// citizen is a peer that sends commands to the clerk and keeps the events it hears.
type citizen struct {
	t        *testing.T
	bus      *zebus.Bus
	endpoint string

	mu    sync.Mutex
	heard []zebus.Event
}

func hear[E any, EP interface {
	*E
	zebus.Event
}](c *citizen) zebus.Handler {
	return zebus.HandleEvent(func(_ context.Context, e EP) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.heard = append(c.heard, e)
		return nil
	}).Inline()
}

func (w *town) citizen(id zebus.PeerID, endpoint string) *citizen {
	w.t.Helper()
	c := &citizen{t: w.t, endpoint: endpoint}
	c.bus = w.start(w.bus(id, endpoint, nowhere{},
		hear[directory.PeerStarted](c), hear[directory.PeerStopped](c), hear[directory.PeerDecommissioned](c),
		hear[directory.PeerNotResponding](c), hear[directory.PeerResponding](c), hear[directory.PeerSubscriptionsUpdated](c),
		hear[directory.PeerSubscriptionsForTypesUpdated](c),
		zebus.HandleCommand(func(context.Context, *directory.PingPeerCommand) error { return nil }).Inline(),
	))
	return c
}

// wishes are subscriptions to all events of directories.
func wishes() []zebus.Subscription {
	var subs []zebus.Subscription
	for _, mt := range messageTypes() {
		if mt.Kind() == zebus.KindEvent {
			subs = append(subs, zebus.SubscribeTo(mt.ID()))
		}
	}
	return subs
}

func (c *citizen) descriptor(timestamp *time.Time, subs ...zebus.Subscription) zebus.PeerDescriptor {
	return zebus.PeerDescriptor{
		Peer:          zebus.Peer{ID: c.bus.ID(), Endpoint: c.endpoint, Up: true, Responding: true},
		Subscriptions: append(wishes(), subs...),
		Timestamp:     timestamp,
	}
}

var clerkPeer = zebus.Peer{ID: directory.PeerID(0), Endpoint: endpointOf(0), Up: true, Responding: true}

func (c *citizen) register(d zebus.PeerDescriptor) ([]zebus.PeerDescriptor, error) {
	answer, err := zebus.RequestTo(context.Background(), c.bus, &directory.RegisterPeerCommand{Peer: d}, clerkPeer)
	if err != nil {
		return nil, err
	}
	return answer.PeerDescriptors, nil
}

// settle registers and forgets what was heard.
func (c *citizen) settle(d zebus.PeerDescriptor) {
	c.t.Helper()
	if _, err := c.register(d); err != nil {
		c.t.Fatal(err)
	}
	c.take()
}

func (c *citizen) send(cmd zebus.Command) error {
	return c.bus.SendTo(context.Background(), cmd, clerkPeer)
}

func (c *citizen) do(cmd zebus.Command) {
	c.t.Helper()
	if err := c.send(cmd); err != nil {
		c.t.Fatal(err)
	}
}

// take returns what was heard since the last call.
func (c *citizen) take() []zebus.Event {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	heard := c.heard
	c.heard = nil
	return heard
}

func (c *citizen) wantHeard(want ...zebus.Event) {
	c.t.Helper()
	if diff := cmp.Diff(want, c.take()); diff != "" {
		c.t.Errorf("%s heard (-want +got):\n%s", c.bus.ID(), diff)
	}
}

func wantCode(t *testing.T, err error, code int, texts ...string) {
	t.Helper()
	ce, ok := errors.AsType[*zebus.CommandError](err)
	if !ok || ce.Code != code {
		t.Errorf("error %v, want code %d", err, code)
		return
	}
	for _, text := range texts {
		if !strings.Contains(ce.Message, text) {
			t.Errorf("text %q does not say %q", ce.Message, text)
		}
	}
}

// inTownHall runs a test with a clerk and two citizens, of whom the first has registered at 0.
func inTownHall(t *testing.T, name string, f func(t *testing.T, k *clerk, a, b *citizen)) {
	t.Helper()
	inTown(t, name, func(t *testing.T, w *town) {
		k := w.clerk(directory.ServerConfig{PingInterval: -1})
		a, b := w.citizen("A.0", "tcp://hosta:1"), w.citizen("B.0", "tcp://hostb:1")
		a.settle(a.descriptor(at(0)))
		f(t, k, a, b)
	})
}

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
