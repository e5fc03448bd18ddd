package zebus_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// An alarm is an event that is handled on the spot, whatever its handlers say.
type alarm struct{ interop.Note }

var alarmType = zebus.NewMessageType(zebus.MessageTypeConfig{
	ID: "Test.Alarm", Kind: zebus.KindEvent, Infrastructure: true, New: func() zebus.Message { return new(alarm) },
})

func (*alarm) ZebusType() *zebus.MessageType { return alarmType }

func TestMessagesToItself(t *testing.T) {
	inTown(t, "one of infrastructure comes whole", func(t *testing.T, town *town) {
		var got []string
		bus := town.peer("A.0", zebus.HandleEvent(func(_ context.Context, a *alarm) error {
			got = append(got, a.Text)
			return nil
		}))
		if err := bus.Publish(t.Context(), &alarm{interop.Note{Text: "fire"}}); err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got[0] != "fire" {
			t.Errorf("handler got %q", got)
		}
	})
	inTown(t, "one comes whole to a handler on a queue that is added while it is on its way", func(t *testing.T, town *town) {
		var bus *zebus.Bus
		var got []string
		subscribe := func() {
			_, err := zebus.Subscribe(t.Context(), bus, zebus.BindingKey{}, func(_ context.Context, n *interop.Note) error {
				got = append(got, n.Text)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
		accepted := 0
		bus = town.start(town.builder("A.0", zebus.HandleEvent(heard).Inline()).
			WithObserver(zebus.Observer{Accepted: func(m *zebus.TransportMessage) {
				if accepted++; accepted == 1 && m.Type == notesType { // the bus has found inline handlers only
					subscribe()
				}
			}}))
		if err := bus.Publish(t.Context(), &interop.Note{Text: "all of it"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if len(got) != 1 || got[0] != "all of it" {
			t.Errorf("handler got %q", got)
		}
	})
}

func TestLocalDispatchScope(t *testing.T) {
	inTown(t, "F15 J28 a context turns local dispatch off for what is sent with it, and for nothing else", func(t *testing.T, town *town) {
		frames := make(chan memory.Frame, 10)
		town.network.Tap(func(f memory.Frame) { frames <- f })
		var self *zebus.Bus
		self = town.peer("Self.0", answering("self"), zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			return self.Send(ctx, &interop.Echo{}) // a context of its own: not turned off
		}))
		if err := self.Send(zebus.WithoutLocalDispatch(t.Context()), &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := len(frames); n != 2 {
			t.Errorf("%d frames, want the command and its answer", n)
		}
	})
}

func TestLocalObjects(t *testing.T) {
	for name, c := range map[string]struct {
		inline bool
		same   bool
	}{
		"A17 J17 a handler on a queue gets an equal copy": {inline: false, same: false},
		"J17 an inline handler gets the object itself":    {inline: true, same: true},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			var got *interop.Note
			h := zebus.HandleEvent(func(_ context.Context, n *interop.Note) error { got = n; return nil })
			if c.inline {
				h = h.Inline()
			}
			sent := &interop.Note{Text: "x", Number: 7}
			if err := town.peer("Self.0", h).Publish(t.Context(), sent); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if *got != *sent || (got == sent) != c.same {
				t.Errorf("got %p %+v, sent %p %+v", got, got, sent, sent)
			}
		})
	}
}
