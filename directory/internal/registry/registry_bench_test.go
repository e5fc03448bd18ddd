package registry_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/zebus-go/zebus/directory/internal/registry"
	"github.com/zebus-go/zebus/zebus"
)

// A field is a registry in which a hundred peers share bindings of two parts, and the texts of those parts.
type field struct {
	*registry.Registry

	first, second []string
}

func grown(tb testing.TB, n int) field {
	tb.Helper()
	const peers = 100
	side := int(math.Sqrt(float64(n)))
	f := field{registry.New(), texts("market", side), texts("", n/side)}
	ds := make([]zebus.PeerDescriptor, peers)
	for i := range ds {
		ds[i] = descriptor(zebus.PeerID(fmt.Sprint("P.", i)), 0)
	}
	for i := range n {
		d := &ds[i%peers]
		key := zebus.Key(f.first[i%len(f.first)], f.second[i/len(f.first)%len(f.second)])
		d.Subscriptions = append(d.Subscriptions, zebus.Subscription{Type: measured, Key: key})
	}
	f.Start(ds...)
	return f
}

func texts(prefix string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = prefix + strconv.Itoa(i)
	}
	return list
}

// content returns the routing content of the binding with the given numbers. It is made of few texts, as a publisher
// makes it, so that it costs the benchmark nothing.
func (f field) content(room *[2]zebus.RoutingValue, a, b uint64) zebus.RoutingContent {
	room[0] = zebus.RoutingText(f.first[a%uint64(len(f.first))])
	room[1] = zebus.RoutingText(f.second[b%uint64(len(f.second))])
	return room[:]
}

func BenchmarkLookup(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		f := grown(b, n)
		rnd := rand.NewPCG(1, 2)
		for _, spread := range []uint64{1, 30, 1000} {
			if spread*spread > uint64(n) {
				continue
			}
			b.Run(fmt.Sprintf("%d bindings, %d used", n, spread*spread), func(b *testing.B) {
				b.ReportAllocs()
				dst := make([]zebus.Peer, 0, 16)
				var room [2]zebus.RoutingValue
				for b.Loop() {
					x := rnd.Uint64()
					dst = f.AppendPeers(dst[:0], measured, f.content(&room, (x>>32)%spread, x%spread))
				}
				if len(dst) != 1 {
					b.Fatalf("found %d peers, want 1", len(dst))
				}
			})
		}
	}
}

func BenchmarkLookupOverlap(b *testing.B) {
	for _, n := range []int{1, 4, 1000} {
		r := registry.New()
		for i := range n {
			r.Start(descriptor(zebus.PeerID(fmt.Sprint("P.", i)), 0, "#", "EU.*", "*.12", "EU.12", "EU.#"))
		}
		b.Run(fmt.Sprint(n, " peers by five keys each"), func(b *testing.B) {
			b.ReportAllocs()
			content := zebus.RoutingContent{zebus.RoutingText("EU"), zebus.RoutingText("12")}
			dst := make([]zebus.Peer, 0, n)
			for b.Loop() {
				dst = r.AppendPeers(dst[:0], measured, content)
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(n, " bindings"), func(b *testing.B) {
			ds := grown(b, n).Descriptors()
			b.ReportAllocs()
			for b.Loop() {
				registry.New().Start(ds...)
			}
		})
	}
}

// BenchmarkUpdate adds and removes one binding among many.
func BenchmarkUpdate(b *testing.B) {
	r := grown(b, 1_000_000)
	r.Start(descriptor("P.own", 0))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		keys := []zebus.BindingKey{zebus.Key("market1", "own")}[:i%2]
		r.SetSubscriptionsForTypes("P.own", []zebus.SubscriptionsForType{{Type: measured, Keys: keys}}, moment(i))
		i++
	}
}

func BenchmarkStart(b *testing.B) {
	ds := make([]zebus.PeerDescriptor, 5000)
	for i := range ds {
		ds[i] = descriptor(zebus.PeerID(fmt.Sprint("P.", i)), 0)
		for t := range 30 {
			ds[i].Subscriptions = append(ds[i].Subscriptions, zebus.SubscribeTo(zebus.MessageTypeID(fmt.Sprint("Type.", (i+t)%200))))
		}
	}
	b.Run("5000 peers at once", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			registry.New().Start(ds...)
		}
	})
	b.Run("5000 peers one by one", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := registry.New()
			for i := range ds {
				r.Start(ds[i])
			}
		}
	})
}
