package zebus_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestTypesWithoutHandlers(t *testing.T) {
	inTown(t, "X22 a command of a known type that nobody handles is answered as done, and acknowledged", func(t *testing.T, town *town) {
		s := &stepped{Transport: town.transport()}
		var dropped []zebus.MessageTypeID
		svc := town.start(town.builder("Svc.0").WithTransport(s).WithMessages((*interop.Echo)(nil), (*interop.Note)(nil)).
			WithObserver(zebus.Observer{Dropped: func(m *zebus.TransportMessage, _ error) { dropped = append(dropped, m.Type) }}))
		client := town.peer("Client.0")
		to := zebus.Peer{ID: svc.ID(), Endpoint: svc.Endpoint(), Responding: true}
		if err := client.SendTo(t.Context(), &interop.Echo{}, to); err != nil {
			t.Errorf("SendTo() = %v", err)
		}
		if err := client.PublishTo(t.Context(), &interop.Note{}, to); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if len(s.acked) != 2 || dropped != nil {
			t.Errorf("acknowledged %v, dropped %v", s.acked, dropped)
		}
	})
	inTown(t, "I25 a type whose last handler has gone is refused", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0")
		sub, err := zebus.Subscribe(t.Context(), svc, zebus.Key(), func(context.Context, *interop.Note) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		if err := sub.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err = svc.Subscribe(t.Context(), zebus.SubscribeTo(notesType))
		wantError(t, err, zebus.ErrUnknownType, "Note")
	})
	inTown(t, "I25 a subscription may say that it needs no handler", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		echoes := zebus.SubscribeTo((*interop.Echo)(nil).ZebusType().ID())
		made, err := s.SubscribeAll(t.Context(), zebus.To(echoes).Unhandled())
		if err != nil {
			t.Fatal(err)
		}
		s.want("subscribed", "Echo: #")
		s.stop(made[0])
		s.want("ended", "Echo:")
	})
	inTown(t, "I25 I21 nor does one that is made while the bus is stopped", func(t *testing.T, town *town) {
		book := &phoneBook{town: town}
		bus, err := town.builder("A.0").WithDirectory(book).Build()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bus.Subscribe(t.Context(), prices("EU")); err != nil {
			t.Fatal(err)
		}
		if err := bus.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(book.subs, prices("EU").Equal) {
			t.Errorf("registered %v", book.subs)
		}
		if err := bus.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
