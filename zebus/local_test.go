package zebus_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
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
