package registry_test

import (
	"slices"
	"testing"

	"github.com/zebus-go/zebus/directory/internal/registry"
	"github.com/zebus-go/zebus/zebus"
)

// What a lookup finds may be kept for as long as the version stays: so every update must change it.
func TestVersion(t *testing.T) {
	t.Parallel()
	later := moment(9)
	updates := map[string]func(*registry.Registry){
		"a peer starts":                 func(r *registry.Registry) { r.Start(descriptor("New.0", 0, "#")) },
		"a peer starts elsewhere":       func(r *registry.Registry) { r.Start(movedDescriptor()) },
		"a peer is replaced":            func(r *registry.Registry) { r.Replace(movedDescriptor()) },
		"a peer stops":                  func(r *registry.Registry) { r.Stop("P.0", &later, later) },
		"a peer is removed":             func(r *registry.Registry) { r.Remove("P.0") },
		"a peer does not answer":        func(r *registry.Registry) { r.SetResponding("P.0", false) },
		"a peer wants nothing any more": func(r *registry.Registry) { r.SetSubscriptions("P.0", nil, &later, later) },
		"a peer wants less": func(r *registry.Registry) {
			r.SetSubscriptionsForTypes("P.0", []zebus.SubscriptionsForType{{Type: measured}}, later)
		},
		"everything is forgotten": func(r *registry.Registry) { r.Reset() },
	}
	for name, update := range updates {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := registry.New()
			r.Start(descriptor("P.0", 0, "#"))
			version, before := r.Version(), r.AppendPeers(nil, measured, nil)
			if version != r.Version() {
				t.Error("a lookup changes the version")
			}
			update(r)
			if after := r.AppendPeers(nil, measured, nil); slices.Equal(before, after) {
				t.Errorf("found %v before and after", after)
			}
			if r.Version() == version {
				t.Error("the version is the same")
			}
		})
	}
}

func movedDescriptor() zebus.PeerDescriptor {
	d := descriptor("P.0", 1, "#")
	d.Peer.Endpoint = "tcp://host:2"
	return d
}
