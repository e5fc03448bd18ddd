package zebus_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestDynamicHandlers(t *testing.T) {
	inTown(t, "I13 H13 X23 each sees what it asked for, and declining is no answer", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		publisher := town.peer("B.0")
		got := map[string][]int32{}
		on := func(name string, key ...string) zebus.SubscriptionRequest {
			return zebus.On(zebus.Key(key...), func(_ context.Context, e *interop.PriceChanged) error {
				got[name] = append(got[name], e.ID)
				return nil
			})
		}
		made, err := s.SubscribeAll(t.Context(), on("EU", "EU", "*"), on("seven", "*", "7"))
		if err != nil {
			t.Fatal(err)
		}
		send := func(market string, id int32) {
			if err := publisher.Publish(t.Context(), &interop.PriceChanged{Market: market, ID: id}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		send("EU", 1)
		send("EU", 7)
		send("US", 7)
		send("US", 8)
		s.stop(made[0])
		send("EU", 2)
		send("EU", 7)
		if want := []int32{1, 7}; !slices.Equal(got["EU"], want) {
			t.Errorf("EU saw %v, want %v", got["EU"], want)
		}
		if want := []int32{7, 7, 7}; !slices.Equal(got["seven"], want) {
			t.Errorf("seven saw %v, want %v", got["seven"], want)
		}
		made[1].Close()
		<-made[1].Done()
	})
	inTown(t, "H13 one handler for two keys accepts what either wants, once, and declines the rest", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		publisher := town.peer("B.0")
		var got []string
		made, err := s.SubscribeAll(t.Context(), zebus.On(zebus.Key("EU", "*"), func(_ context.Context, e *interop.PriceChanged) error {
			got = append(got, e.Market+" "+strconv.Itoa(int(e.ID)))
			return nil
		}).Also(zebus.Key("*", "7"), zebus.Key("US", "1")))
		if err != nil {
			t.Fatal(err)
		}
		s.want("subscribed", "PriceChanged: *.7 EU.* US.1")
		for _, e := range []*interop.PriceChanged{{Market: "EU", ID: 7}, {Market: "US", ID: 7}, {Market: "US", ID: 1}, {Market: "US", ID: 2}, {Market: "EU", ID: 2}} {
			if err := publisher.PublishTo(t.Context(), e, zebus.Peer{ID: s.ID(), Endpoint: s.Endpoint()}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if want := []string{"EU 7", "US 7", "US 1", "EU 2"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		s.stop(made[0])
		s.want("ended", "PriceChanged:")
	})
	inTown(t, "a binding of another type, or none, is refused", func(t *testing.T, town *town) {
		svc := town.peer("A.0")
		note := func(context.Context, *interop.Note) error { return nil }
		for want, request := range map[string]zebus.SubscriptionRequest{
			"binding is one for Interop.Messages.PriceChanged": zebus.On(interop.PriceChangedBinding{}, note),
			"Interop.Messages.Note: no binding":                zebus.On(nil, note),
			"made by On":                                       zebus.To(prices("EU")).Also(zebus.Key("US")),
			"its function is nil":                              zebus.On[interop.Note](zebus.Key(), nil),
		} {
			if _, err := svc.SubscribeAll(t.Context(), request); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q in it", err, want)
			}
		}
	})
	inTown(t, "of several requests none is served when middleware spoils the handler of one", func(t *testing.T, town *town) {
		s, seen := town.stopped("A.0"), 0
		spoiled, err := town.builder("B.0").WithMiddleware(0, func(next zebus.Handler) zebus.Handler {
			if next.Type() == (*interop.PriceChanged)(nil).ZebusType() {
				return zebus.Handler{}
			}
			return next
		}).Build()
		if err != nil {
			t.Fatal(err)
		}
		_, err = spoiled.SubscribeAll(t.Context(),
			zebus.On(zebus.Key(), func(context.Context, *interop.Note) error { seen++; return nil }),
			zebus.On(interop.PriceChangedBinding{}, func(context.Context, *interop.PriceChanged) error { return nil }))
		if err == nil || !strings.Contains(err.Error(), "subscribe to Interop.Messages.PriceChanged: zebus: middleware of") {
			t.Errorf("SubscribeAll() = %v, want an error that names the type and the middleware", err)
		}
		for _, bus := range []*zebus.Bus{s.Bus, spoiled} {
			if err := bus.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = bus.Stop(context.Background()) }()
		}
		if err := s.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if seen != 0 {
			t.Errorf("the handler of the first request ran %d times", seen)
		}
	})
	inTown(t, "I24 one made while stopped works in every run", func(t *testing.T, town *town) {
		s := town.stopped("A.0")
		publisher := town.peer("B.0")
		seen := 0
		sub, err := zebus.Subscribe(t.Context(), s.Bus, zebus.Key(), func(context.Context, *interop.Note) error {
			seen++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := publisher.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait() // what arrives during a stop is refused
			if err := s.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s.stop(sub)
		if seen != 2 {
			t.Errorf("seen %d, want 2", seen)
		}
	})
	for name, c := range map[string]struct {
		end  func(*zebus.ActiveSubscription)
		want int
	}{
		"Stop finishes what is in hand": {func(a *zebus.ActiveSubscription) { _ = a.Stop(context.Background()) }, 3},
		"Close drops it":                {func(a *zebus.ActiveSubscription) { a.Close() }, 1},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			s := town.subscriber("A.0")
			publisher := town.peer("B.0")
			release := make(chan struct{})
			seen := 0
			sub, err := zebus.Subscribe(t.Context(), s.Bus, zebus.Key(), func(context.Context, *interop.Note) error {
				seen++
				<-release
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if err := publisher.Publish(t.Context(), &interop.Note{}); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
			go c.end(sub)
			synctest.Wait()
			select {
			case <-sub.Done():
				t.Error("done while its handler runs")
			default:
			}
			close(release)
			<-sub.Done()
			if seen != c.want {
				t.Errorf("seen %d, want %d", seen, c.want)
			}
		})
	}
}
