package zebus_test

import (
	"context"
	"slices"
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// What a directory says of subscriptions reaches the sources of snapshots.
func TestSnapshotsOnANetwork(t *testing.T) {
	for name, withDirectory := range map[string]bool{"that knows everybody": false, "with a directory server": true} {
		t.Run("T01 T03 a network "+name, func(t *testing.T) {
			zebustest.Run(t, func(t *testing.T, network *zebustest.Network) {
				if withDirectory {
					network.StartDirectory()
				}
				var asked []string
				price := func(context.Context, *interop.PriceChanged) error { return nil }
				source := network.Join(network.Builder("Src.0").
					WithHandlers(zebus.HandleEvent(price).Mode(zebus.SubscribeAuto)). // it is never asked for itself
					WithSnapshots(zebus.Snapshot[interop.PriceChanged](
						func(_ context.Context, who zebus.PeerID, key zebus.BindingKey) ([]zebus.Event, error) {
							asked = append(asked, string(who)+" "+key.String())
							return nil, nil
						})))
				want := func(step string, calls ...string) {
					t.Helper()
					network.WaitQuiet()
					if !slices.Equal(asked, calls) {
						t.Errorf("%s: asked %q, want %q", step, asked, calls)
					}
					asked = nil
				}
				want("its own start")
				late := network.Start("Late.0", zebus.HandleEvent(price).Mode(zebus.SubscribeAuto))
				want("a peer that starts with it", "Late.0 #")
				other := network.Start("Other.0", zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }), zebus.HandleEvent(price))
				want("a peer that starts with another type")
				eu, err := other.Subscribe(t.Context(), prices("EU", "*"), prices("US", "7"))
				if err != nil {
					t.Fatal(err)
				}
				want("a peer that subscribes", "Other.0 EU.*", "Other.0 US.7")
				if err := eu.Stop(t.Context()); err != nil {
					t.Fatal(err)
				}
				want("a peer that ends its subscription")
				if err := late.Stop(t.Context()); err != nil {
					t.Fatal(err)
				}
				want("a peer that stops")
				own, err := source.Subscribe(t.Context(), prices("EU", "*"))
				if err != nil {
					t.Fatal(err)
				}
				want("the source itself")
				if err := own.Stop(t.Context()); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}
