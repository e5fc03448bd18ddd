// Package storetest is the contract of a [directory.Store] as a test suite, together with the rules of
// [directory.Record], which every store applies.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) directory.Store { return open(t) })
//	}
package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/zebus"
)

// Run runs every case on a store of its own, which open returns empty and closes when the test of the case ends.
func Run(t *testing.T, open func(t *testing.T) directory.Store) {
	t.Helper()
	for _, cases := range []map[string]func(*desk){peers(), subscriptions(), contract()} {
		for name, test := range cases {
			t.Run(name, func(t *testing.T) { test(&desk{T: t, store: open(t)}) })
		}
	}
}

// desk is a store in the hands of a test.
type desk struct {
	*testing.T

	store directory.Store
}

func (d *desk) update(id zebus.PeerID, change func(*directory.Record) *directory.Record) {
	d.Helper()
	if err := d.store.Update(d.Context(), id, change); err != nil {
		d.Fatalf("update %s: %v", id, err)
	}
}

func (d *desk) put(peer zebus.PeerDescriptor) {
	d.Helper()
	d.update(peer.Peer.ID, func(r *directory.Record) *directory.Record { return r.Put(peer) })
}

func (d *desk) subscribe(id zebus.PeerID, at *time.Time, subs ...zebus.SubscriptionsForType) {
	d.Helper()
	d.update(id, func(r *directory.Record) *directory.Record { return r.Update(subs, *at) })
}

func (d *desk) forget(id zebus.PeerID, at *time.Time) {
	d.Helper()
	d.update(id, func(r *directory.Record) *directory.Record { return r.Forget(*at) })
}

func (d *desk) remove(id zebus.PeerID) {
	d.Helper()
	d.update(id, func(*directory.Record) *directory.Record { return nil })
}

func (d *desk) respond(responding bool, at *time.Time) {
	d.Helper()
	d.update("P.0", func(r *directory.Record) *directory.Record { return r.SetResponding(responding, *at) })
}

// records returns all that is stored, as a new watcher is told.
func (d *desk) records() map[zebus.PeerID]*directory.Record {
	d.Helper()
	all := make(map[zebus.PeerID]*directory.Record)
	stop, err := d.store.Watch(d.Context(), func(id zebus.PeerID, r *directory.Record) { all[id] = r })
	if err != nil {
		d.Fatalf("watch: %v", err)
	}
	stop()
	return all
}

// read returns one peer as others see it.
func (d *desk) read(id zebus.PeerID) (zebus.PeerDescriptor, bool) {
	d.Helper()
	r := d.records()[id]
	if r == nil {
		return zebus.PeerDescriptor{}, false
	}
	return r.Descriptor(), true
}

func (d *desk) want(want zebus.PeerDescriptor) {
	d.Helper()
	got, known := d.read(want.Peer.ID)
	if !known {
		d.Errorf("%s is not stored", want.Peer.ID)
	} else if !reflect.DeepEqual(want, got) {
		d.Errorf("%s is\n%+v, want\n%+v", want.Peer.ID, got, want)
	}
}

func (d *desk) wantSubscriptions(id zebus.PeerID, want ...zebus.Subscription) {
	d.Helper()
	got, _ := d.read(id)
	if !slices.EqualFunc(want, got.Subscriptions, zebus.Subscription.Equal) {
		d.Errorf("%s wants %v, want %v", id, got.Subscriptions, want)
	}
}

const (
	typeA zebus.MessageTypeID = "Test.A"
	typeB zebus.MessageTypeID = "Test.B"
)

// at returns a moment of the tests, exact to what travels.
func at(seconds int) *time.Time {
	moment := time.Date(2024, 2, 29, 23, 59, 59, 123_456_700, time.UTC).Add(time.Duration(seconds) * time.Second)
	return &moment
}

func peer(id zebus.PeerID, at *time.Time, subs ...zebus.Subscription) zebus.PeerDescriptor {
	return zebus.PeerDescriptor{
		Peer:          zebus.Peer{ID: id, Endpoint: "tcp://host:1", Up: true, Responding: true},
		Subscriptions: subs,
		Timestamp:     at,
	}
}

func sub(t zebus.MessageTypeID, parts ...string) zebus.Subscription {
	return zebus.Subscription{Type: t, Key: zebus.Key(parts...)}
}

func types(t zebus.MessageTypeID, keys ...zebus.BindingKey) zebus.SubscriptionsForType {
	return zebus.SubscriptionsForType{Type: t, Keys: keys}
}

// peers are the cases about descriptors.
//
//nolint:funlen // a table
func peers() map[string]func(*desk) {
	return map[string]func(*desk){
		"N01 a peer is read as it was stored": func(d *desk) {
			want := peer("P.0", at(0), sub(typeA), sub(typeB, "x", "*"))
			want.Persistent, want.Peer.Persistent, want.DebuggerAttached, want.Peer.Responding = true, true, true, false
			d.put(want)
			d.want(want)
		},
		"N02 an unknown peer has no record": func(d *desk) {
			d.put(peer("P.0", at(0)))
			if _, known := d.read("X.0"); known {
				d.Error("X.0 is known")
			}
		},
		"N03 whether a peer is persistent": func(d *desk) {
			for id, persistent := range map[zebus.PeerID]bool{"Persistent.0": true, "Transient.0": false} {
				p := peer(id, at(0))
				p.Persistent = persistent
				d.put(p)
				if got, _ := d.read(id); got.Persistent != persistent || got.Peer.Persistent != persistent {
					d.Errorf("%s: persistent %t", id, got.Persistent)
				}
			}
		},
		"N04 two peers are two records": func(d *desk) {
			d.put(peer("P.0", at(0)))
			d.put(peer("P.1", at(0)))
			if n := len(d.records()); n != 2 {
				d.Errorf("%d records, want 2", n)
			}
		},
		"N05 a newer descriptor replaces an older one, and not the other way round": func(d *desk) {
			d.put(peer("P.0", at(1), sub(typeA)))
			d.put(peer("P.0", at(2), sub(typeB)))
			d.put(peer("P.0", at(0), sub(typeA)))
			d.want(peer("P.0", at(2), sub(typeB)))
		},
		"N05 of two descriptors with one time the later stays": func(d *desk) {
			d.put(peer("P.0", at(1), sub(typeA)))
			d.put(peer("P.0", at(1), sub(typeB)))
			d.want(peer("P.0", at(1), sub(typeB)))
		},
		"N06 a removed peer is gone, and comes back without dynamic subscriptions": func(d *desk) {
			d.put(peer("P.0", at(0)))
			d.subscribe("P.0", at(1), types(typeA, zebus.BindingKey{}))
			d.remove("P.0")
			if _, known := d.read("P.0"); known {
				d.Error("P.0 is known")
			}
			d.put(peer("P.0", at(2)))
			d.wantSubscriptions("P.0")
		},
		"N07 a peer without time can be stored after a removal": func(d *desk) {
			d.put(peer("P.0", at(0)))
			d.remove("P.0")
			d.put(peer("P.0", nil))
			d.want(peer("P.0", nil))
		},
		"N17 a peer without subscriptions is a peer": func(d *desk) {
			d.put(peer("P.0", at(0)))
			d.want(peer("P.0", at(0)))
		},
		"N19 the flag of a peer changes with its time, and makes no peer": func(d *desk) {
			d.put(peer("P.0", at(0)))
			d.respond(false, at(1))
			want := peer("P.0", at(1))
			want.Peer.Responding = false
			d.want(want)
			d.respond(true, at(0))
			d.want(want)
			d.remove("P.0")
			d.respond(true, at(2))
			if _, known := d.read("P.0"); known {
				d.Error("P.0 is back")
			}
		},
	}
}

// subscriptions are the cases about static and dynamic subscriptions.
//
//nolint:funlen // a table
func subscriptions() map[string]func(*desk) {
	return map[string]func(*desk){
		"N08 static subscriptions come before dynamic ones, each once": func(d *desk) {
			d.put(peer("P.0", at(0), sub(typeA, "x"), sub(typeB), sub(typeA, "x")))
			d.subscribe("P.0", at(1), types(typeA, zebus.Key("y"), zebus.Key("x")))
			d.wantSubscriptions("P.0", sub(typeA, "x"), sub(typeB), sub(typeA, "y"))
		},
		"N09 static subscriptions are told apart": func(d *desk) {
			d.put(peer("P.0", at(0), sub(typeA)))
			d.subscribe("P.0", at(1), types(typeB, zebus.BindingKey{}))
			if want, got := peer("P.0", at(0), sub(typeA)), d.records()["P.0"].Static; !reflect.DeepEqual(want, got) {
				d.Errorf("static is\n%+v, want\n%+v", got, want)
			}
		},
		"N10 a dynamic removal of a type hides the static subscriptions of the type, and does not lose them": func(d *desk) {
			d.put(peer("P.0", at(0), sub(typeA), sub(typeB)))
			d.subscribe("P.0", at(1), types(typeA))
			d.wantSubscriptions("P.0", sub(typeB))
			d.forget("P.0", at(2))
			d.wantSubscriptions("P.0", sub(typeA), sub(typeB))
		},
		"N11 an empty key beside an empty key is one, beside another key two": func(d *desk) {
			d.put(peer("P.0", at(0), sub(typeA), sub(typeB, "x")))
			d.subscribe("P.0", at(1), types(typeA, zebus.BindingKey{}), types(typeB, zebus.BindingKey{}))
			d.wantSubscriptions("P.0", sub(typeA), sub(typeB, "x"), sub(typeB))
		},
		"N12 two keys of a type are two": func(d *desk) {
			d.put(peer("P.0", at(0), sub(typeA, "x"), sub(typeA, "x", "")))
			d.wantSubscriptions("P.0", sub(typeA, "x"), sub(typeA, "x", ""))
		},
		"N13 a change before the peer's time is ignored, one at its time is not": func(d *desk) {
			d.put(peer("P.0", at(10)))
			d.subscribe("P.0", at(9), types(typeA, zebus.BindingKey{}))
			d.wantSubscriptions("P.0")
			d.subscribe("P.0", at(10), types(typeA, zebus.BindingKey{}))
			d.wantSubscriptions("P.0", sub(typeA))
			d.subscribe("P.0", at(9), types(typeA))
			d.wantSubscriptions("P.0", sub(typeA))
			d.subscribe("P.0", at(10), types(typeA))
			d.wantSubscriptions("P.0")
		},
		"N13 of two changes of a type the one with the newer time stays": func(d *desk) {
			d.put(peer("P.0", at(0)))
			d.subscribe("P.0", at(2), types(typeA, zebus.Key("new")))
			d.subscribe("P.0", at(1), types(typeA, zebus.Key("old")), types(typeB))
			d.wantSubscriptions("P.0", sub(typeA, "new"))
		},
		"N14 forgetting the dynamic subscriptions of a peer goes by its time and leaves other peers": func(d *desk) {
			for _, id := range []zebus.PeerID{"P.0", "P.1"} {
				d.put(peer(id, at(0)))
				d.subscribe(id, at(1), types(typeA, zebus.BindingKey{}))
				d.subscribe(id, at(3), types(typeB, zebus.BindingKey{}))
			}
			d.forget("P.0", at(2))
			d.wantSubscriptions("P.0", sub(typeB))
			d.wantSubscriptions("P.1", sub(typeA), sub(typeB))
		},
		"N15 the clock of the machine decides nothing": func(d *desk) {
			past, later := time.Unix(0, 0).UTC(), time.Unix(1, 0).UTC()
			d.put(peer("P.0", &past))
			d.subscribe("P.0", &later, types(typeA, zebus.BindingKey{}))
			d.wantSubscriptions("P.0", sub(typeA))
		},
		"N16 the parts of a key keep their order": func(d *desk) {
			parts := make([]string, 100)
			for i := range parts {
				parts[i] = strconv.Itoa(i * 7 % 100)
			}
			d.put(peer("P.0", at(0), sub(typeA, parts...)))
			d.subscribe("P.0", at(1), types(typeB, zebus.Key(parts...)))
			d.wantSubscriptions("P.0", sub(typeA, parts...), sub(typeB, parts...))
		},
		"N18 a descriptor that is stored again keeps the dynamic subscriptions": func(d *desk) {
			d.put(peer("P.0", at(0)))
			d.subscribe("P.0", at(1), types(typeA, zebus.BindingKey{}))
			d.put(peer("P.0", at(2), sub(typeB)))
			d.wantSubscriptions("P.0", sub(typeB), sub(typeA))
		},
		"N20 changes without content change nothing": func(d *desk) {
			d.put(peer("P.0", at(0), sub(typeA)))
			d.subscribe("P.0", at(1))
			d.subscribe("X.0", at(1), types(typeA))
			d.forget("P.0", at(1))
			d.forget("X.0", at(1))
			d.remove("X.0")
			d.want(peer("P.0", at(0), sub(typeA)))
		},
	}
}

// contract has the cases about the store itself.
func contract() map[string]func(*desk) {
	return map[string]func(*desk){
		"a watcher is told before the update returns, in order, until it stops": watchers,
		"an update that changes nothing is told to nobody":                      silence,
		"updates of one peer from many sides are one after the other":           crowd,
		"an empty ID is refused": func(d *desk) {
			err := d.store.Update(d.Context(), "", func(r *directory.Record) *directory.Record { return r.Put(peer("", at(0))) })
			if err == nil {
				d.Error("it was taken")
			}
		},
	}
}

// watch returns what a watcher is told, as text.
func (d *desk) watch() (told func() []string, stop func()) {
	d.Helper()
	var mu sync.Mutex
	var lines []string
	stop, err := d.store.Watch(d.Context(), func(id zebus.PeerID, r *directory.Record) {
		mu.Lock()
		defer mu.Unlock()
		line := string(id) + " gone"
		if r != nil {
			line = fmt.Sprint(id, " ", r.Descriptor().Subscriptions)
		}
		lines = append(lines, line)
	})
	if err != nil {
		d.Fatalf("watch: %v", err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		taken := lines
		lines = nil
		return taken
	}, stop
}

func watchers(d *desk) {
	d.put(peer("P.0", at(0)))
	first, stopFirst := d.watch()
	second, stopSecond := d.watch()
	defer stopSecond()
	want := func(told func() []string, lines ...string) {
		d.Helper()
		if got := told(); !slices.Equal(got, lines) {
			d.Errorf("told %q, want %q", got, lines)
		}
	}
	want(first, "P.0 []")
	want(second, "P.0 []")
	d.subscribe("P.0", at(1), types(typeA, zebus.BindingKey{}))
	want(first, "P.0 [Test.A(#)]")
	d.put(peer("P.1", at(0)))
	d.remove("P.0")
	want(first, "P.1 []", "P.0 gone")
	stopFirst()
	stopFirst()
	d.remove("P.1")
	want(first)
	want(second, "P.0 [Test.A(#)]", "P.1 []", "P.0 gone", "P.1 gone")
}

func silence(d *desk) {
	d.put(peer("P.0", at(10)))
	told, stop := d.watch()
	defer stop()
	told()
	d.put(peer("P.0", at(9)))
	d.respond(false, at(9))
	d.remove("X.0")
	d.update("P.0", func(r *directory.Record) *directory.Record { return r })
	if got := told(); got != nil {
		d.Errorf("told %q", got)
	}
}

func crowd(d *desk) {
	const sides, each = 4, 25
	d.put(peer("P.0", at(0)))
	var wg sync.WaitGroup
	for range sides {
		wg.Go(func() {
			for range each {
				err := d.store.Update(d.Context(), "P.0", func(r *directory.Record) *directory.Record {
					next := r.Descriptor()
					next.Subscriptions = append(slices.Clone(next.Subscriptions), sub(typeA, strconv.Itoa(len(next.Subscriptions))))
					return r.Put(next)
				})
				if err != nil {
					d.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got, _ := d.read("P.0"); len(got.Subscriptions) != sides*each {
		d.Errorf("%d updates took effect, want %d", len(got.Subscriptions), sides*each)
	}
}
