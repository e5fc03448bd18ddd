package zebus_test

import (
	"context"
	"os/user"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestInitiator(t *testing.T) {
	inTown(t, "E15 E16 the user at the start of a chain goes with every message of it", func(t *testing.T, town *town) {
		users := make(chan string, 2)
		note := func(ctx context.Context, _ *interop.Note) error {
			o, _ := zebus.OriginatorFrom(ctx)
			users <- *o.InitiatorUserName
			return nil
		}
		var relay *zebus.Bus
		relay = town.peer("Relay.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			return relay.Publish(ctx, &interop.Note{})
		}))
		town.peer("End.0", zebus.HandleEvent(note))
		client := town.peer("Client.0")
		ctx := zebus.WithInitiator(t.Context(), "ann")
		if err := client.Send(ctx, &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
		if got := <-users; got != "ann" {
			t.Errorf("user = %q, want ann", got)
		}
	})
}

func TestInitiatorOfAChain(t *testing.T) {
	me, err := user.Current()
	if err != nil {
		t.Skip(err)
	}
	inTown(t, "E15 T14 the user of the process, or the one named, or that of the message; each ends with its context", func(t *testing.T, town *town) {
		var users []string
		town.peer("End.0", zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
			o, _ := zebus.OriginatorFrom(ctx)
			users = append(users, *o.InitiatorUserName)
			return nil
		}))
		var relay *zebus.Bus
		publish := func(ctx context.Context) {
			if err := relay.Publish(ctx, &interop.Note{}); err != nil {
				t.Error(err)
			}
		}
		relay = town.peer("Relay.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			publish(ctx)
			publish(zebus.WithInitiator(ctx, "eve"))
			publish(ctx)
			return nil
		}))
		publish(t.Context())
		publish(zebus.WithInitiator(t.Context(), "ann"))
		publish(t.Context())
		if err := relay.Send(zebus.WithInitiator(t.Context(), "bob"), &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if want := []string{me.Username, "ann", me.Username, "bob", "eve", "bob"}; !slices.Equal(users, want) {
			t.Errorf("users %q, want %q", users, want)
		}
	})
}
