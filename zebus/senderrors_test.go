package zebus_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

func TestSendErrorsSayWhatHappened(t *testing.T) {
	inTown(t, "F06 a peer that is down is sent to all the same, and its absence comes back", func(t *testing.T, town *town) {
		err := town.peer("Client.0").SendTo(t.Context(), &interop.Echo{}, zebus.Peer{ID: "Gone.0", Endpoint: "tcp://nowhere:1", Responding: true})
		wantError(t, err, zebus.ErrPeerUnreachable, "Gone.0", "Interop.Messages.Echo")
		if e, ok := errors.AsType[*zebus.SendError](err); !ok || e.To != "Gone.0" {
			t.Errorf("%v is no SendError to Gone.0", err)
		}
	})
	inTown(t, "F11 an event to peers of the caller's choice reaches these alone", func(t *testing.T, town *town) {
		heard := map[zebus.PeerID]int{}
		note := func(id zebus.PeerID) zebus.Handler {
			return zebus.HandleEvent(func(context.Context, *interop.Note) error { heard[id]++; return nil })
		}
		a := town.peer("A.0", note("A.0"))
		town.peer("B.0", note("B.0"))
		self := town.peer("Self.0")
		if err := self.PublishTo(t.Context(), &interop.Note{}, zebus.Peer{ID: "A.0", Endpoint: a.Endpoint()}); err != nil {
			t.Fatal(err)
		}
		if err := self.PublishTo(t.Context(), &interop.Note{}); err != nil {
			t.Errorf("to nobody: %v", err)
		}
		synctest.Wait()
		if heard["A.0"] != 1 || heard["B.0"] != 0 {
			t.Errorf("heard %v", heard)
		}
	})
}

func TestSendingWhatCannotBeEncoded(t *testing.T) {
	for _, where := range []string{"elsewhere", "here"} {
		inTown(t, "a panic goes on to the sender, and no command is left that nobody ends: "+where, func(t *testing.T, town *town) {
			sender := town.peer("Svc.0", zebus.HandleCommand(fail))
			if where == "elsewhere" {
				sender = town.peer("Client.0")
			}
			defer func() {
				if recover() == nil {
					t.Error("a nil pointer was sent")
				}
				if n := sender.PendingCommands(); n != 0 {
					t.Errorf("%d commands wait", n)
				}
			}()
			_ = sender.Send(t.Context(), (*interop.Fail)(nil))
		})
	}
}

func TestContextsThatHaveEnded(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	inTown(t, "nothing is sent with them", func(t *testing.T, town *town) {
		seen := 0
		town.peer("Svc.0", zebus.HandleRequest(echo), zebus.HandleEvent(func(context.Context, *interop.Note) error { seen++; return nil }))
		client := town.peer("Client.0")
		town.network.Tap(func(memory.Frame) { t.Error("a frame was sent") })
		wantError(t, client.Publish(ended, &interop.Note{}), context.Canceled, "Interop.Messages.Note")
		wantError(t, client.Send(ended, &interop.Echo{}), context.Canceled, "Interop.Messages.Echo")
		wantError(t, client.SendAsync(ended, &interop.Echo{}).Wait(t.Context()), context.Canceled)
		for g := range zebus.Gather(ended, client, &interop.Echo{}) {
			wantError(t, g.Err, context.Canceled)
		}
	})
	inTown(t, "a bus does not start with them, and nothing is left", func(t *testing.T, town *town) {
		bus, err := town.builder("A.0").Build()
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, bus.Start(ended), context.Canceled, "A.0")
		if bus.IsRunning() {
			t.Error("it runs")
		}
	})
}

func TestErrorsNameTheFacts(t *testing.T) {
	inTown(t, "of a bus that does not run", func(t *testing.T, town *town) {
		bus, err := town.builder("Acme.Shop.0").Build()
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, bus.Send(t.Context(), &interop.Echo{}), zebus.ErrNotRunning, "Acme.Shop.0", "Interop.Messages.Echo")
		wantError(t, bus.Publish(t.Context(), &interop.Note{}), zebus.ErrNotRunning, "Acme.Shop.0", "Interop.Messages.Note")
		wantError(t, bus.Flush(t.Context()), zebus.ErrNotRunning, "Acme.Shop.0")
		wantError(t, bus.Stop(t.Context()), zebus.ErrNotRunning, "Acme.Shop.0")
		for g := range zebus.Gather(t.Context(), bus, &interop.Echo{}) {
			wantError(t, g.Err, zebus.ErrNotRunning, "Acme.Shop.0", "Interop.Messages.Echo")
		}
	})
	inTown(t, "of a bus that runs already", func(t *testing.T, town *town) {
		wantError(t, town.peer("Acme.Shop.0").Start(t.Context()), zebus.ErrAlreadyRunning, "Acme.Shop.0")
	})
	inTown(t, "of a command that nobody handles with these values", func(t *testing.T, town *town) {
		client := town.peer("Client.0")
		cmd := &routedKnock{market: "EU", id: 7}
		wantError(t, client.Send(t.Context(), cmd), zebus.ErrNoPeer, "Interop.Messages.Knock", "EU.7")
	})
	inTown(t, "of a command that was not answered in time", func(t *testing.T, town *town) {
		town.peer("Svc.0", stubborn(t))
		client := town.start(town.builder("Client.0").WithDefaultCommandTimeout(7 * time.Second))
		wantError(t, client.Send(context.WithoutCancel(t.Context()), &interop.Fail{}), zebus.ErrCommandTimeout, "Interop.Messages.Fail", "Svc.0", "7s")
	})
	inTown(t, "of messages that are too large", func(t *testing.T, town *town) {
		note := zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil })
		town.peer("Svc.0", zebus.HandleRequest(echo), note)
		small, err := town.network.NewTransport(memory.Config{MaxMessageSize: 1000})
		if err != nil {
			t.Fatal(err)
		}
		client := town.start(town.builder("Client.0").WithTransport(small))
		long := strings.Repeat("x", 2000)
		wantError(t, client.Send(t.Context(), &interop.Echo{Text: long}), zebus.ErrTooLarge, "Interop.Messages.Echo", "limit 1000", "2101 bytes")
		wantError(t, client.Publish(t.Context(), &interop.Note{Text: long}), zebus.ErrTooLarge, "Interop.Messages.Note", "1000")
	})
	inTown(t, "of a Reply outside of a handler", func(t *testing.T, _ *town) {
		wantError(t, zebus.Reply(t.Context(), 1, "x"), zebus.ErrNoContext)
	})
}

// routedKnock is a Knock with routing members.
type routedKnock struct {
	interop.Knock

	market string
	id     int64
}

func (k *routedKnock) ZebusRouting(dst zebus.RoutingContent) zebus.RoutingContent {
	return append(dst, zebus.RoutingText(k.market), zebus.RoutingInt(k.id))
}
