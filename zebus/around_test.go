package zebus_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// noting is middleware that notes a name before each handler.
func noting(calls *[]string, name string) zebus.Middleware {
	return func(next zebus.Handler) zebus.Handler {
		return next.Around(func(ctx context.Context, batch []zebus.Message, invoke zebus.Invoke) (zebus.Message, error) {
			*calls = append(*calls, name)
			return invoke(ctx, batch)
		})
	}
}

func TestMiddlewareIsAroundEverything(t *testing.T) {
	inTown(t, "a handler that is subscribed later has it too, and dead letters", func(t *testing.T, town *town) {
		var calls []string
		var dead []zebus.DeadLetter
		svc := town.start(town.builder("Svc.0").WithMiddleware(1, noting(&calls, "inner")).WithMiddleware(2, noting(&calls, "outer")).
			WithDeadLetters(func(_ context.Context, l zebus.DeadLetter) { dead = append(dead, l) }))
		for range 2 { // each brings its own
			sub, err := zebus.Subscribe(t.Context(), svc, zebus.Key(), func(context.Context, *interop.Note) error { return errors.New("boom") })
			if err != nil {
				t.Fatal(err)
			}
			if err := svc.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
			if err := sub.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if want := []string{"outer", "inner", "outer", "inner"}; !slices.Equal(calls, want) || len(dead) != 2 {
			t.Errorf("calls %q, want %q; %d dead letters, want 2", calls, want, len(dead))
		}
	})
	inTown(t, "J35 it is switched on and off while the bus runs", func(t *testing.T, town *town) {
		var calls []string
		var on atomic.Bool
		svc := town.start(town.builder("Svc.0", zebus.HandleCommand(fail)).
			WithMiddleware(2, zebus.When(on.Load, noting(&calls, "switched"))).WithMiddleware(1, noting(&calls, "always")))
		for _, state := range []bool{false, true, false} {
			on.Store(state)
			if err := svc.Send(t.Context(), &interop.Fail{}); err != nil {
				t.Fatal(err)
			}
		}
		if want := []string{"always", "switched", "always", "always"}; !slices.Equal(calls, want) {
			t.Errorf("calls %q, want %q", calls, want)
		}
	})
	inTown(t, "J34 it sees a panic of a handler that is retried as an error", func(t *testing.T, town *town) {
		var seen error
		svc := town.start(town.builder("Svc.0", zebus.HandleCommand(fail).Retry(zebus.RetryPolicy{Attempts: 1})).
			WithMiddleware(0, func(next zebus.Handler) zebus.Handler {
				return next.Around(func(ctx context.Context, batch []zebus.Message, invoke zebus.Invoke) (zebus.Message, error) {
					reply, err := invoke(ctx, batch)
					seen = err
					return reply, err
				})
			}))
		wantCommandError(t, svc.Send(t.Context(), &interop.Fail{Code: 2, Text: "boom"}), untold)
		wantError(t, seen, dispatch.ErrPanic, "boom")
	})
}

func TestPanicsAreFailures(t *testing.T) {
	inTown(t, "a panic is tried again, and buried when it stays", func(t *testing.T, town *town) {
		tries := 0
		var dead []zebus.DeadLetter
		svc := town.start(town.builder("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			tries++
			panic("boom")
		}).Retry(zebus.RetryPolicy{Attempts: 2, First: time.Second}).Named("Svc.Fail")).
			WithDeadLetters(func(_ context.Context, l zebus.DeadLetter) { dead = append(dead, l) }))
		wantCommandError(t, svc.Send(t.Context(), &interop.Fail{}), untold)
		if tries != 3 || len(dead) != 1 {
			t.Fatalf("%d tries, %d dead letters, want 3 and 1", tries, len(dead))
		}
		wantError(t, dead[0].Err, dispatch.ErrPanic, "boom", "3 times")
		if e, _ := errors.AsType[*dispatch.PanicError](dead[0].Err); e == nil || !strings.Contains(string(e.Stack), "around_test.go") {
			t.Errorf("the error does not say where: %v", e)
		}
	})
	inTown(t, "a panic is buried without retries too, and told like any other", func(t *testing.T, town *town) {
		var dead, failed int
		svc := town.start(town.builder("Svc.0", zebus.HandleCommand(fail)).
			WithDeadLetters(func(context.Context, zebus.DeadLetter) { dead++ }).
			WithObserver(zebus.Observer{HandlerFailed: func(_ string, _ *zebus.TransportMessage, err error) {
				failed++
				wantError(t, err, dispatch.ErrPanic)
			}}))
		wantCommandError(t, svc.Send(t.Context(), &interop.Fail{Code: 2, Text: "boom"}), untold)
		if dead != 1 || failed != 1 {
			t.Errorf("%d dead letters, %d failures, want 1 and 1", dead, failed)
		}
	})
	inTown(t, "every message of a batch is buried", func(t *testing.T, town *town) {
		release := make(chan struct{})
		var dead []string
		svc := town.start(town.builder("Svc.0",
			zebus.HandleCommand(func(context.Context, *interop.Fail) error { <-release; return nil }),
			zebus.HandleEvents(func(context.Context, []*interop.Note) error { return errors.New("boom") }),
		).WithDeadLetters(func(_ context.Context, l zebus.DeadLetter) {
			var n interop.Note
			_ = n.ZebusUnmarshal(l.Message.Content)
			dead = append(dead, n.Text)
		}))
		p := svc.SendAsync(t.Context(), &interop.Fail{})
		for _, text := range []string{"a", "b"} {
			if err := svc.Publish(t.Context(), &interop.Note{Text: text}); err != nil {
				t.Fatal(err)
			}
		}
		close(release)
		if err := p.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if want := []string{"a", "b"}; !slices.Equal(dead, want) {
			t.Errorf("dead letters %q, want %q", dead, want)
		}
	})
}

func TestFailuresOfFailures(t *testing.T) {
	inTown(t, "who fails on the news of a failure publishes none about that", func(t *testing.T, town *town) {
		heard := 0
		svc := town.start(town.builder("Svc.0", zebus.HandleCommand(fail), zebus.HandleEvent(
			func(context.Context, *zebus.MessageProcessingFailed) error {
				heard++
				return errors.New("and again")
			})).WithErrorPublication(true))
		wantCommandError(t, svc.Send(t.Context(), &interop.Fail{Code: 1, Text: "boom"}), untold)
		synctest.Wait()
		if heard != 1 {
			t.Errorf("heard of %d failures, want 1", heard)
		}
	})
	inTown(t, "H08 a failing event is published with the names and texts of all handlers that failed", func(t *testing.T, town *town) {
		var got []*zebus.MessageProcessingFailed
		town.peer("News.0", newspaper(&got))
		failing := func(text string) zebus.Handler {
			return zebus.HandleEvent(func(context.Context, *interop.Note) error { return errors.New(text) }).Named("Svc." + text)
		}
		svc := town.start(town.builder("Svc.0", failing("one"), failing("two")).WithErrorPublication(true))
		client := town.peer("Client.0")
		if err := client.Publish(t.Context(), &interop.Note{Text: "x", Number: 3}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if len(got) != 1 {
			t.Fatalf("published %d failures, want 1", len(got))
		}
		f := got[0]
		if f.ExceptionMessage != "one\n\ntwo" || !slices.Equal(f.FailingHandlerNames, []string{"Svc.one", "Svc.two"}) ||
			f.FailingMessageJSON != `{"Text":"x","Number":3}` || f.FailingMessage.Originator.SenderID != client.ID() ||
			f.FailingMessage.Type != notesType || !f.ExceptionTime.Equal(time.Now()) || f.FailingMessage.ID.IsZero() {
			t.Errorf("published by %s: %+v", svc.ID(), f)
		}
	})
}

func TestOldSubscriptions(t *testing.T) {
	inTown(t, "I20 one of an earlier run that ends in a later one says nothing, and takes nothing away", func(t *testing.T, town *town) {
		s := town.subscriber("A.0")
		old := s.to(prices("EU", "*"))
		s.want("subscribed", "PriceChanged: EU.*")
		if err := errors.Join(s.Stop(t.Context()), s.Start(t.Context())); err != nil {
			t.Fatal(err)
		}
		again := s.to(prices("EU", "*"))
		s.want("subscribed again", "PriceChanged: EU.*")
		s.stop(old)
		s.want("the old one ends", "")
		s.stop(again)
		s.want("the new one ends", "PriceChanged:")
	})
}

func TestHandlerContext(t *testing.T) {
	ann := "ann"
	m := zebus.TransportMessage{ID: zebus.MessageID{7}, Originator: zebus.Originator{SenderID: "Client.0", InitiatorUserName: &ann}}
	ctx, answer := zebus.HandlerContext(t.Context(), m)
	if o, ok := zebus.OriginatorFrom(ctx); !ok || o.SenderID != "Client.0" {
		t.Errorf("originator %v, %t", o, ok)
	}
	if id, ok := zebus.MessageIDFrom(ctx); !ok || id != m.ID {
		t.Errorf("ID %v, %t", id, ok)
	}
	if err := fail(ctx, &interop.Fail{Code: 3, Text: "Test"}); err != nil {
		t.Error(err)
	}
	if code, text := answer(); code != 456 || text != "Test" {
		t.Errorf("answered %d %q, want 456 Test", code, text)
	}
	inTown(t, "a bus sends with it on behalf of the message's user", func(t *testing.T, town *town) {
		var users []string
		self := town.peer("Self.0", zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
			o, _ := zebus.OriginatorFrom(ctx)
			users = append(users, *o.InitiatorUserName)
			return nil
		}), zebus.HandleRequest(echo))
		ctx, _ := zebus.HandlerContext(t.Context(), m)
		if err := errors.Join(self.Publish(ctx, &interop.Note{}), self.Send(ctx, &interop.Echo{}), self.Flush(ctx)); err != nil {
			t.Error(err)
		}
		if !slices.Equal(users, []string{"ann"}) {
			t.Errorf("users %q", users)
		}
	})
}

func TestDeadLettersCanBeReplayed(t *testing.T) {
	for name, inline := range map[string]bool{"on a queue": false, "inline": true} {
		inTown(t, "a letter about a message of this peer itself, handled "+name+", has all of it, and may be kept", func(t *testing.T, town *town) {
			handler := zebus.HandleCommand(fail)
			if inline {
				handler = handler.Inline()
			}
			var dead []zebus.DeadLetter
			svc := town.start(town.builder("Svc.0", handler).
				WithDeadLetters(func(_ context.Context, l zebus.DeadLetter) { dead = append(dead, l) }))
			for _, text := range []string{"first", "second"} {
				wantCommandError(t, svc.Send(t.Context(), &interop.Fail{Code: 1, Text: text}), untold)
			}
			for i, want := range []string{"first", "second"} {
				var got interop.Fail
				if err := got.ZebusUnmarshal(dead[i].Message.Content); err != nil || got.Text != want {
					t.Errorf("letter %d has %+v, %v, want %q", i, got, err, want)
				}
				if m := dead[i].Message; m.ID.IsZero() || m.Type != got.ZebusType().ID() || m.Originator.SenderID != "Svc.0" {
					t.Errorf("letter %d is about %+v", i, m)
				}
			}
			if dead[0].Message.ID == dead[1].Message.ID {
				t.Error("both letters have one ID")
			}
		})
	}
}
