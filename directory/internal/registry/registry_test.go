package registry_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/zebus-go/zebus/directory/internal/registry"
	"github.com/zebus-go/zebus/zebus"
)

const measured zebus.MessageTypeID = "Weather.Measured"

func descriptor(id zebus.PeerID, at int, keys ...string) zebus.PeerDescriptor {
	clock := moment(at)
	d := zebus.PeerDescriptor{
		Peer:      zebus.Peer{ID: id, Endpoint: "tcp://host:1", Up: true, Responding: true},
		Timestamp: &clock,
	}
	for _, key := range keys {
		d.Subscriptions = append(d.Subscriptions, zebus.Subscription{Type: measured, Key: zebus.ParseBindingKey(key)})
	}
	return d
}

func moment(seconds int) time.Time { return time.Unix(int64(1_700_000_000+seconds), 0).UTC() }

func found(r *registry.Registry, values ...string) []string {
	content := make(zebus.RoutingContent, len(values))
	for i, v := range values {
		content[i] = zebus.RoutingText(v)
	}
	peers := r.AppendPeers(nil, measured, content)
	names := make([]string, len(peers))
	for i, p := range peers {
		names[i] = string(p.ID)
	}
	slices.Sort(names)
	return names
}

func TestLookupFindsEachPeerOnce(t *testing.T) {
	r := registry.New()
	for i := range 100 {
		r.Start(descriptor(zebus.PeerID(fmt.Sprintf("P.%02d", i)), 0, "#", "*.*", "EU.*", "*.12", "EU.12", "EU.#", "EU.#.x"))
	}
	got := found(r, "EU", "12")
	if len(got) != 100 || len(slices.Compact(got)) != 100 {
		t.Errorf("%d peers found, want 100 distinct ones", len(got))
	}
}

func TestLookupAppends(t *testing.T) {
	r := registry.New()
	r.Start(descriptor("P.0", 0, "EU"))
	before := zebus.Peer{ID: "before"}
	got := r.AppendPeers([]zebus.Peer{before}, measured, zebus.RoutingContent{zebus.RoutingText("EU")})
	if len(got) != 2 || got[0] != before || got[1].ID != "P.0" {
		t.Errorf("AppendPeers = %v, want what was there and P.0", got)
	}
}

func TestLookupAllocatesNothing(t *testing.T) {
	r := registry.New()
	for i := range 4 {
		r.Start(descriptor(zebus.PeerID(fmt.Sprintf("P.%02d", i)), 0, "#", "EU.*", "EU.12", "EU.#"))
	}
	content := zebus.RoutingContent{zebus.RoutingText("EU"), zebus.RoutingText("12")}
	dst := r.AppendPeers(nil, measured, content)
	if n := testing.AllocsPerRun(100, func() { dst = r.AppendPeers(dst[:0], measured, content) }); n > 0 {
		t.Errorf("%v allocations a lookup, want none", n)
	}
}

func TestOutcomes(t *testing.T) {
	clock := moment(0)
	old := moment(-1)
	r := registry.New()
	r.Start(descriptor("P.0", 0, "EU"))
	tests := map[string]struct {
		update func() (zebus.Peer, registry.Outcome)
		want   registry.Outcome
	}{
		"stop of a stranger":             {func() (zebus.Peer, registry.Outcome) { return r.Stop("X", &clock, clock) }, registry.Unknown},
		"removal of a stranger":          {func() (zebus.Peer, registry.Outcome) { return r.Remove("X") }, registry.Unknown},
		"subscriptions of a stranger":    {func() (zebus.Peer, registry.Outcome) { return r.SetSubscriptions("X", nil, &clock, clock) }, registry.Unknown},
		"subscriptions before the start": {func() (zebus.Peer, registry.Outcome) { return r.SetSubscriptions("P.0", nil, &old, clock) }, registry.Outdated},
		"types before the start":         {func() (zebus.Peer, registry.Outcome) { return r.SetSubscriptionsForTypes("P.0", nil, old) }, registry.Outdated},
		"types without time":             {func() (zebus.Peer, registry.Outcome) { return r.SetSubscriptionsForTypes("P.0", nil, time.Time{}) }, registry.Outdated},
		"types at the time of the start": {func() (zebus.Peer, registry.Outcome) { return r.SetSubscriptionsForTypes("P.0", nil, clock) }, registry.Applied},
		"stop before the start":          {func() (zebus.Peer, registry.Outcome) { return r.Stop("P.0", &old, clock) }, registry.Outdated},
		"silence, which bears no time":   {func() (zebus.Peer, registry.Outcome) { return r.SetResponding("P.0", false) }, registry.Applied},
		"silence of a stranger":          {func() (zebus.Peer, registry.Outcome) { return r.SetResponding("X", false) }, registry.Unknown},
		"types of a stranger":            {func() (zebus.Peer, registry.Outcome) { return r.SetSubscriptionsForTypes("X", nil, clock) }, registry.Unknown},
		"subscriptions without any time": {func() (zebus.Peer, registry.Outcome) { return r.SetSubscriptions("P.0", nil, nil, clock) }, registry.Applied},
		"stop at the time of the start":  {func() (zebus.Peer, registry.Outcome) { return r.Stop("P.0", &clock, clock) }, registry.Applied},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if _, got := tc.update(); got != tc.want {
				t.Errorf("outcome %d, want %d", got, tc.want)
			}
		})
	}
}

func TestReplaceForgetsTimes(t *testing.T) {
	r := registry.New()
	r.Replace(descriptor("P.0", 10, "EU"))
	r.Replace(descriptor("P.0", 0, "US"))
	if got := found(r, "EU"); len(got) != 0 {
		t.Errorf("EU finds %q after the replacement", got)
	}
	if got := found(r, "US"); !slices.Equal(got, []string{"P.0"}) {
		t.Errorf("US finds %q, want P.0", got)
	}
}

func TestForgottenPeersLeaveNothing(t *testing.T) {
	r := registry.New()
	for range 3 {
		r.Start(descriptor("P.0", 0, "EU", "", "a.#.b"), descriptor("P.1", 0, "EU"))
		r.Remove("P.0")
		if got := found(r); !slices.Equal(got, []string{"P.1"}) {
			t.Fatalf("found %q, want P.1", got)
		}
		r.Remove("P.1")
	}
	if got := found(r); len(got) != 0 || len(r.Descriptors()) != 0 {
		t.Errorf("found %q among %v, want nobody", got, r.Descriptors())
	}
}

// TestLookupsDuringUpdates changes the keys of a peer while lookups go on: each must see it under one of its keys,
// because an update shows the old subscriptions or the new ones.
func TestLookupsDuringUpdates(t *testing.T) {
	r := registry.New()
	r.Start(descriptor("P.0", 0, "a"), descriptor("P.1", 0, "#", "*"))
	either := zebus.RoutingContent{zebus.RoutingSet(zebus.RoutingText("a"), zebus.RoutingText("b"))}
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			var dst []zebus.Peer
			for {
				dst = r.AppendPeers(dst[:0], measured, either)
				if len(dst) != 2 {
					t.Errorf("found %v, want both peers", dst)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i := range 2000 {
		key := []string{"a", "b"}[i%2]
		r.SetSubscriptionsForTypes("P.0", []zebus.SubscriptionsForType{{Type: measured, Keys: []zebus.BindingKey{zebus.Key(key)}}}, moment(i))
	}
	close(done)
	wg.Wait()
}
