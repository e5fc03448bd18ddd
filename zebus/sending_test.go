package zebus_test

import (
	"context"
	"errors"
	"os/user"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// deliveries is a transport that notes what it is given to send.
type deliveries struct {
	zebus.Transport
	mu   sync.Mutex
	sent []zebus.Delivery
	ids  []zebus.Originator
}

func (d *deliveries) Send(one zebus.Delivery) error {
	d.mu.Lock()
	d.sent = append(d.sent, zebus.Delivery{To: slices.Clone(one.To)})
	d.ids = append(d.ids, one.Message.Originator)
	d.mu.Unlock()
	return d.Transport.Send(one)
}

func TestWhatATransportIsGiven(t *testing.T) {
	inTown(t, "F10 F13 F14 an event is one send to all its peers but this one", func(t *testing.T, town *town) {
		note := zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil })
		for n, want := range [][]zebus.PeerID{nil, {"A.0"}, {"A.0", "B.0"}, {"A.0", "B.0", "C.0"}} {
			if n > 0 {
				town.peer(want[n-1], note)
			}
			d := &deliveries{Transport: town.transport()}
			self := town.start(town.builder("Self.0", note).WithTransport(d))
			if err := self.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			switch {
			case n == 0 && len(d.sent) != 0:
				t.Errorf("nobody subscribed: sent %v", d.sent)
			case n > 0 && (len(d.sent) != 1 || !slices.Equal(names(d.sent[0].To), want)):
				t.Errorf("sent %v, want one delivery to %v", d.sent, want)
			}
			if err := self.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})
	inTown(t, "F01 a command is one send to one peer, with this one as originator", func(t *testing.T, town *town) {
		town.peer("Svc.0", zebus.HandleRequest(echo))
		d := &deliveries{Transport: town.transport()}
		self := town.start(town.builder("Self.0").WithTransport(d))
		if err := self.Send(t.Context(), &interop.Echo{}); err != nil {
			t.Fatal(err)
		}
		if len(d.sent) != 1 || !slices.Equal(names(d.sent[0].To), []zebus.PeerID{"Svc.0"}) || d.ids[0].SenderID != "Self.0" || d.ids[0].SenderEndpoint != self.Endpoint() {
			t.Errorf("sent %v by %v", d.sent, d.ids)
		}
	})
	inTown(t, "F09 a ping goes to a peer that does not respond", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleCommand(func(context.Context, *directory.PingPeerCommand) error { return nil }))
		silent := zebus.Peer{ID: "Svc.0", Endpoint: svc.Endpoint(), Up: true}
		if err := town.peer("Client.0").SendTo(t.Context(), &directory.PingPeerCommand{}, silent); err != nil {
			t.Errorf("SendTo() = %v", err)
		}
	})
	inTown(t, "G01 G02 a command is answered once, with its ID and code 0; an event is not", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleCommand(fail), zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }))
		client := town.peer("Client.0")
		var answers []zebus.MessageExecutionCompleted
		var command zebus.MessageID
		town.network.Tap(func(f memory.Frame) {
			m, err := transport.ReadMessage(f.Bytes)
			if err != nil {
				t.Error(err)
			}
			if f.From != svc.Endpoint() {
				command = m.ID
				return
			}
			var answer zebus.MessageExecutionCompleted
			if err := answer.ZebusUnmarshal(m.Content); err != nil || m.Type != answer.ZebusType().ID() || f.To != client.Endpoint() {
				t.Errorf("the service sent %s to %s: %v", m.Type, f.To, err)
			}
			answers = append(answers, answer)
		})
		if err := client.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := client.Send(t.Context(), &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
		if len(answers) != 1 || answers[0].SourceCommandID != command || answers[0].ErrorCode != 0 {
			t.Errorf("answers %+v to the command %s", answers, command)
		}
	})
}

func TestInlineHandlersDoNotWait(t *testing.T) {
	waits := map[string]func(ctx context.Context, bus *zebus.Bus) error{
		"Send": func(ctx context.Context, bus *zebus.Bus) error { return bus.Send(ctx, &interop.Echo{}) },
		"SendTo": func(ctx context.Context, bus *zebus.Bus) error {
			return bus.SendTo(ctx, &interop.Echo{}, zebus.Peer{ID: bus.ID(), Endpoint: bus.Endpoint(), Responding: true})
		},
		"Request": func(ctx context.Context, bus *zebus.Bus) error {
			_, err := zebus.Request(ctx, bus, &interop.Echo{})
			return err
		},
		"Gather": func(ctx context.Context, bus *zebus.Bus) (err error) {
			for g := range zebus.Gather(ctx, bus, &interop.Echo{}) {
				err = g.Err
			}
			return err
		},
		"Flush": func(ctx context.Context, bus *zebus.Bus) error { return bus.Flush(ctx) },
		"Subscribe": func(ctx context.Context, bus *zebus.Bus) error {
			_, err := bus.Subscribe(ctx, zebus.SubscribeTo(notesType))
			return err
		},
	}
	for name, wait := range waits {
		inTown(t, name+" in an inline handler is refused, before anything is sent", func(t *testing.T, town *town) {
			var self *zebus.Bus
			result := make(chan error, 1)
			executed := false
			self = town.peer("Self.0", zebus.HandleRequest(func(context.Context, *interop.Echo) (*interop.EchoReply, error) {
				executed = true
				return &interop.EchoReply{}, nil
			}), zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
				result <- wait(ctx, self)
				return nil
			}).Inline())
			if err := self.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
			wantError(t, <-result, zebus.ErrInlineWait)
			synctest.Wait()
			if executed {
				t.Error("the command was sent nevertheless")
			}
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

func TestPeersOfTheDirectory(t *testing.T) {
	inTown(t, "F11 F12 a peer is found by its name for messages to it alone, and one that is not known is not there", func(t *testing.T, town *town) {
		note := zebus.HandleEvent(heard)
		svc := town.peer("Svc.0", note)
		client := town.peer("Client.0")
		to, known := client.Peer("Svc.0")
		if !known || to.Endpoint != svc.Endpoint() {
			t.Errorf("Peer() = %+v, %t", to, known)
		}
		if err := client.PublishTo(t.Context(), &interop.Note{}, to); err != nil {
			t.Error(err)
		}
		if to, known := client.Peer("Nobody.0"); known {
			t.Errorf("Peer() = %+v", to)
		}
	})
}

func TestDefaultTimeoutTravels(t *testing.T) {
	inTown(t, "the handler's context ends when the default command timeout does", func(t *testing.T, town *town) {
		var left time.Duration
		town.peer("Svc.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			until, _ := ctx.Deadline()
			left = time.Until(until)
			return nil
		}))
		client := town.start(town.builder("Client.0").WithDefaultCommandTimeout(time.Minute))
		if err := client.Send(context.WithoutCancel(t.Context()), &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
		if left != time.Minute {
			t.Errorf("time left %v, want 1m", left)
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

func TestContextOfAMessage(t *testing.T) {
	inTown(t, "T14 sending, sending to a peer, publishing and replying work on the message that the context is of", func(t *testing.T, town *town) {
		var got []string
		hear := func(what string) func(ctx context.Context) {
			return func(ctx context.Context) {
				o, _ := zebus.OriginatorFrom(ctx)
				got = append(got, what+" by "+string(o.SenderID)+" for "+*o.InitiatorUserName)
			}
		}
		end := town.peer("End.0",
			zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error { hear("knock")(ctx); return nil }),
			zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error { hear("note")(ctx); return nil }))
		var relay *zebus.Bus
		relay = town.peer("Relay.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			to := zebus.Peer{ID: end.ID(), Endpoint: end.Endpoint(), Responding: true}
			return errors.Join(relay.Send(ctx, &interop.Knock{}), relay.SendTo(ctx, &interop.Knock{}, to),
				relay.Publish(ctx, &interop.Note{}), zebus.Reply(ctx, 7, "done"))
		}))
		err := town.peer("Client.0").Send(zebus.WithInitiator(t.Context(), "ann"), &interop.Fail{})
		wantCommandError(t, err, zebus.CommandError{Code: 7, Message: "done"})
		synctest.Wait()
		want := []string{"knock by Relay.0 for ann", "knock by Relay.0 for ann", "note by Relay.0 for ann"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
