package zebus_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

func TestEvents(t *testing.T) {
	inTown(t, "F10 F13 F14 G02 every subscriber gets an event once, this peer too", func(t *testing.T, town *town) {
		got := make(chan string, 10)
		note := func(who string) zebus.Handler {
			return zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
				got <- who + " " + n.Text
				return nil
			})
		}
		town.peer("A.0", note("A"))
		town.peer("B.0", note("B"))
		town.peer("C.0")
		self := town.peer("Self.0", note("Self"))
		if err := self.Publish(t.Context(), &interop.Note{Text: "hi"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		close(got)
		var heard []string
		for s := range got {
			heard = append(heard, s)
		}
		slices.Sort(heard)
		if want := []string{"A hi", "B hi", "Self hi"}; !slices.Equal(heard, want) {
			t.Errorf("heard %q, want %q", heard, want)
		}
	})
	inTown(t, "K15 events of one sender are handled in order", func(t *testing.T, town *town) {
		var got []int32
		town.peer("A.0", zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			got = append(got, n.Number)
			return nil
		}))
		self := town.peer("Self.0")
		for i := range 1000 {
			if err := self.Publish(t.Context(), &interop.Note{Number: int32(i)}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if len(got) != 1000 || !slices.IsSorted(got) {
			t.Errorf("%d events, sorted %t", len(got), slices.IsSorted(got))
		}
	})
	inTown(t, "a batch handler gets what waits, in order and with the context of the first", func(t *testing.T, town *town) {
		release := make(chan struct{})
		var sizes []int
		var numbers []int32
		town.peer("A.0",
			zebus.HandleCommand(func(context.Context, *interop.Fail) error { <-release; return nil }),
			zebus.HandleEvents(func(_ context.Context, batch []*interop.Note) error {
				sizes = append(sizes, len(batch))
				for _, n := range batch {
					numbers = append(numbers, n.Number)
				}
				return nil
			}).Batch(4))
		self := town.peer("Self.0")
		blocked := self.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait() // the queue is busy now
		for i := range 10 {
			if err := self.Publish(t.Context(), &interop.Note{Number: int32(i)}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		close(release)
		if err := blocked.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !slices.Equal(sizes, []int{4, 4, 2}) || !slices.IsSorted(numbers) {
			t.Errorf("batches of %v with %v", sizes, numbers)
		}
	})
	for name, c := range map[string]struct{ size, want int }{
		"a batch handler that names no number gets what the bus allows": {200, 200},
		"or what it allows where nothing is said":                       {0, 100},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			release := make(chan struct{})
			most := 0
			svc := town.start(town.builder("Svc.0",
				zebus.HandleCommand(func(context.Context, *interop.Fail) error { <-release; return nil }),
				zebus.HandleEvents(func(_ context.Context, batch []*interop.Note) error { most = max(most, len(batch)); return nil }),
			).WithDispatch(dispatch.Config{BatchSize: c.size}))
			blocked := svc.SendAsync(t.Context(), &interop.Fail{})
			for range 1000 {
				if err := svc.Publish(t.Context(), &interop.Note{}); err != nil {
					t.Fatal(err)
				}
			}
			close(release)
			if err := blocked.Wait(t.Context()); err != nil {
				t.Error(err)
			}
			synctest.Wait()
			if most != c.want {
				t.Errorf("%d at once, want %d", most, c.want)
			}
		})
	}
	inTown(t, "F15 without local dispatch an event for this peer takes the wire", func(t *testing.T, town *town) {
		got := make(chan struct{}, 1)
		self := town.start(town.builder("Self.0", zebus.HandleEvent(func(context.Context, *interop.Note) error {
			got <- struct{}{}
			return nil
		})).WithoutLocalDispatch())
		frames := 0
		town.network.Tap(func(memory.Frame) { frames++ })
		if err := self.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		<-got
		if frames != 1 {
			t.Errorf("%d frames, want 1", frames)
		}
	})
}
