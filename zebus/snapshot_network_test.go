package zebus_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// A source is a handler, and may wait like one.
func TestSnapshotSourcesThatWait(t *testing.T) {
	zebustest.Run(t, func(t *testing.T, network *zebustest.Network) {
		var source *zebus.Bus
		asked := errors.New("was not asked")
		source = network.Join(network.Builder("Src.0").WithHandlers(zebus.HandleRequest(echo)). // on the same queue
													WithSnapshots(zebus.Snapshot[interop.PriceChanged](
				func(ctx context.Context, _ zebus.PeerID, _ zebus.BindingKey) ([]zebus.Event, error) {
					ctx, cancel := context.WithTimeout(ctx, time.Minute)
					defer cancel()
					_, asked = zebus.Request(ctx, source, &interop.Echo{})
					return nil, asked
				})))
		network.Start("Sub.0", zebus.HandleEvent(func(context.Context, *interop.PriceChanged) error { return nil }).Mode(zebus.SubscribeAuto))
		network.WaitQuiet()
		if asked != nil {
			t.Errorf("the source's request: %v", asked)
		}
	})
}

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
				second := network.Join(network.Builder("Src.1").WithSnapshots(zebus.Snapshot[interop.PriceChanged](
					func(_ context.Context, who zebus.PeerID, key zebus.BindingKey) ([]zebus.Event, error) {
						asked = append(asked, "second: "+string(who)+" "+key.String())
						return nil, nil
					})))
				want("a source that starts when somebody has subscribed", "second: Src.0 #")
				if err := second.Stop(t.Context()); err != nil {
					t.Fatal(err)
				}
				want("that source stops")
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
