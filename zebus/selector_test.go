package zebus_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// An abyss is a transport in which everything disappears, whoever throws it in.
type abyss struct{ stub }

func (*abyss) Send(zebus.Delivery) error { return nil }

func TestSelectorAndAudience(t *testing.T) {
	ann, bob, eve := zebus.Peer{ID: "Ann.0", Responding: true}, zebus.Peer{ID: "Bob.0", Responding: true}, zebus.Peer{ID: "Eve.0", Responding: true}
	start := func(t *testing.T, selector func() zebus.Selector) *zebus.Bus {
		t.Helper()
		bus, err := zebus.NewBuilder("Bench.0").WithEnvironment("Bench").WithTransport(&abyss{}).
			WithDirectory(newVersionedCensus(eve, bob, ann)).WithSelector(selector).Build()
		if err != nil {
			t.Fatal(err)
		}
		if err := bus.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = bus.Stop(context.Background()) })
		return bus
	}
	t.Run("what a selector does to its candidates is not remembered", func(t *testing.T) {
		var seen [][3]zebus.PeerID
		bus := start(t, func() zebus.Selector {
			return func(_ zebus.Command, candidates []zebus.Peer) int {
				var ids [3]zebus.PeerID
				for i, p := range candidates {
					ids[i] = p.ID
				}
				seen = append(seen, ids)
				clear(candidates[1:])
				return 0
			}
		})
		for range 3 {
			bus.SendAsync(t.Context(), &interop.Echo{})
		}
		for i, ids := range seen {
			if ids != [3]zebus.PeerID{"Ann.0", "Bob.0", "Eve.0"} {
				t.Errorf("command %d: candidates %q", i, ids)
			}
		}
	})
	t.Run("many goroutines may send at the same moment", func(t *testing.T) {
		bus := start(t, zebus.RoundRobin)
		bus.SendAsync(t.Context(), &interop.Echo{}) // from now on the candidates are remembered
		var senders sync.WaitGroup
		for range 4 {
			senders.Go(func() {
				for range 100 {
					bus.SendAsync(t.Context(), &interop.Echo{})
				}
			})
		}
		senders.Wait()
	})
}

func TestRoundRobin(t *testing.T) {
	peers := []zebus.Peer{{ID: "1"}, {ID: "2"}, {ID: "3"}}
	t.Run("F16 each in its turn, for each type, and again from the start when there are fewer", func(t *testing.T) {
		next := zebus.RoundRobin()
		var got []int
		for range 4 {
			got = append(got, next(&interop.Echo{}, peers))
		}
		got = append(got, next(&interop.Fail{}, peers), next(&interop.Echo{}, peers), next(&interop.Echo{}, peers[:2]))
		if want := []int{0, 1, 2, 0, 0, 1, 0}; !slices.Equal(got, want) {
			t.Errorf("chose %v, want %v", got, want)
		}
	})
	inTown(t, "F16 a bus with a selector sends what several peers handle", func(t *testing.T, town *town) {
		for i := range 3 {
			town.peer(zebus.PeerID(fmt.Sprintf("Svc.%d", i)), answering(strconv.Itoa(i)))
		}
		client := town.start(town.builder("Client.0").WithSelector(zebus.RoundRobin))
		var got []string
		for range 4 {
			reply, err := zebus.Request(t.Context(), client, &interop.Echo{})
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, reply.Text)
		}
		if want := []string{"0", "1", "2", "0"}; !slices.Equal(got, want) {
			t.Errorf("answered by %v, want %v", got, want)
		}
	})
	inTown(t, "a selector that chooses nobody leaves the error", func(t *testing.T, town *town) {
		town.peer("Svc.0", answering("0"))
		town.peer("Svc.1", answering("1"))
		none := func() zebus.Selector { return func(zebus.Command, []zebus.Peer) int { return -1 } }
		client := town.start(town.builder("Client.0").WithSelector(none))
		wantError(t, client.Send(t.Context(), &interop.Echo{}), zebus.ErrManyPeers)
	})
}
