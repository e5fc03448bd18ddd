package zebus_test

import (
	"context"
	"slices"
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// A census is a directory that counts how often it is asked. Everybody in it wants everything.
type census struct {
	zebus.Directory // a remote, for what is not asked here

	people   []zebus.Peer
	asked    int
	atLookUp func() // nil, or runs at the end of a lookup
}

func (c *census) AppendPeers(dst []zebus.Peer, _ zebus.MessageTypeID, _ zebus.RoutingContent) []zebus.Peer {
	c.asked++
	dst = append(dst, c.people...)
	if c.atLookUp != nil {
		c.atLookUp()
	}
	return dst
}

// A versionedCensus tells when it has changed.
type versionedCensus struct {
	*census

	version uint64
}

func (c *versionedCensus) Version() uint64 { return c.version }

func newVersionedCensus(people ...zebus.Peer) *versionedCensus {
	return &versionedCensus{census: &census{Directory: &remote{}, people: people}}
}

// A listenedBus publishes, and tells to whom the last message went.
type listenedBus struct {
	*zebus.Bus

	to []zebus.PeerID
}

func listen(t *testing.T, directory zebus.Directory) *listenedBus {
	t.Helper()
	l := &listenedBus{}
	bus, err := zebus.NewBuilder("Bench.0").WithEnvironment("Bench").WithTransport(&stub{}).WithDirectory(directory).
		WithObserver(zebus.Observer{Sending: func(_ zebus.Message, to []zebus.Peer) {
			l.to = nil
			for _, p := range to {
				l.to = append(l.to, p.ID)
			}
		}}).Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Stop(context.Background()) })
	l.Bus = bus
	return l
}

func (l *listenedBus) publish(t *testing.T, e zebus.Event, want ...zebus.PeerID) {
	t.Helper()
	if err := l.Publish(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(l.to, want) {
		t.Errorf("%T went to %v, want %v", e, l.to, want)
	}
}

func TestAudience(t *testing.T) {
	t.Parallel()
	ann, bob := zebus.Peer{ID: "Ann.0", Endpoint: "tcp://ann:1"}, zebus.Peer{ID: "Bob.0", Endpoint: "tcp://bob:1"}
	note, price := &interop.Note{Text: "read this"}, &interop.PriceChanged{Market: "EU", ID: 7}
	t.Run("a directory that has not changed is asked once for a type", func(t *testing.T) {
		t.Parallel()
		c := newVersionedCensus(ann)
		bus := listen(t, c)
		for range 3 {
			bus.publish(t, note, "Ann.0")
		}
		if c.asked != 1 {
			t.Errorf("asked %d times", c.asked)
		}
	})
	t.Run("the first event after a change goes to those who are there then", func(t *testing.T) {
		t.Parallel()
		c := newVersionedCensus(ann)
		bus := listen(t, c)
		bus.publish(t, note, "Ann.0")
		for _, people := range [][]zebus.Peer{{ann, bob}, {bob}, nil, {ann}} {
			c.people = people
			c.version++
			var want []zebus.PeerID
			for _, p := range people {
				want = append(want, p.ID)
			}
			bus.publish(t, note, want...)
			bus.publish(t, note, want...)
		}
	})
	t.Run("a change during the lookup is not missed", func(t *testing.T) {
		t.Parallel()
		c := newVersionedCensus(ann)
		bus := listen(t, c)
		c.atLookUp = func() {
			c.people, c.atLookUp = []zebus.Peer{bob}, nil
			c.version++
		}
		bus.publish(t, note, "Ann.0")
		bus.publish(t, note, "Bob.0")
	})
	t.Run("a routed event asks every time", func(t *testing.T) {
		t.Parallel()
		c := newVersionedCensus(ann)
		bus := listen(t, c)
		bus.publish(t, price, "Ann.0")
		c.people = []zebus.Peer{bob}
		bus.publish(t, price, "Bob.0")
	})
	t.Run("a directory that does not tell its version is asked every time", func(t *testing.T) {
		t.Parallel()
		c := &census{Directory: &remote{}, people: []zebus.Peer{ann}}
		bus := listen(t, c)
		bus.publish(t, note, "Ann.0")
		c.people = []zebus.Peer{bob}
		bus.publish(t, note, "Bob.0")
	})
	t.Run("a large audience is looked up every time", func(t *testing.T) {
		t.Parallel()
		c := newVersionedCensus(slices.Repeat([]zebus.Peer{ann}, 1000)...)
		bus := listen(t, c)
		for range 2 {
			bus.publish(t, note, slices.Repeat([]zebus.PeerID{"Ann.0"}, 1000)...)
		}
		if c.asked != 2 {
			t.Errorf("asked %d times", c.asked)
		}
	})
}
