package zebus_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// lostError is an error with what it wraps, as users write them: no method of its nil pointer returns.
type lostError struct{ cause error }

func (e *lostError) Error() string { return e.cause.Error() }
func (e *lostError) Unwrap() error { return e.cause }

func TestErrorsThatCannotBeRead(t *testing.T) {
	cases := map[string]struct {
		returned error
		want     string // part of what observers are told; "" for anything
	}{
		"a nil pointer to an error of the service": {(*lostError)(nil), "*zebus_test.lostError"},
		"an error whose text panics":               {&lostError{}, "*zebus_test.lostError"},
		"a nil pointer to an answer":               {(*zebus.CommandError)(nil), "*zebus.CommandError"},
		"such a one, wrapped":                      {fmt.Errorf("wrapped: %w", (*zebus.CommandError)(nil)), "wrapped"},
		"such a one, joined with others":           {errors.Join(errors.New("one"), (*lostError)(nil)), "*errors.joinError"},
	}
	for name, c := range cases {
		for _, where := range []string{"elsewhere", "here"} {
			inTown(t, "G04 G12 the command ends: "+name+", "+where, func(t *testing.T, town *town) {
				var told error
				var letters, published int
				town.peer("News.0", zebus.HandleEvent(func(context.Context, *zebus.MessageProcessingFailed) error { published++; return nil }))
				sender := town.start(town.builder("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error { return c.returned })).
					WithErrorPublication(true).
					WithObserver(zebus.Observer{HandlerFailed: func(_ string, _ *zebus.TransportMessage, err error) { told = err }}).
					WithDeadLetters(func(context.Context, zebus.DeadLetter) { letters++ }))
				if where == "elsewhere" {
					sender = town.peer("Client.0")
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				wantCommandError(t, sender.Send(ctx, &interop.Fail{}), untold)
				synctest.Wait()
				if told == nil || !strings.Contains(told.Error(), c.want) || letters != 1 || published != 1 {
					t.Errorf("told %v, %d dead letters, published %d times; want %q, 1, 1", told, letters, published, c.want)
				}
			})
		}
	}
	inTown(t, "it is tried again like any other", func(t *testing.T, town *town) {
		tries := 0
		svc := town.peer("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			if tries++; tries == 1 {
				return (*lostError)(nil)
			}
			return nil
		}).Retry(zebus.RetryPolicy{Attempts: 3}))
		if err := svc.Send(t.Context(), &interop.Fail{}); err != nil || tries != 2 {
			t.Errorf("Send() = %v after %d tries, want success at the second", err, tries)
		}
	})
	inTown(t, "one of middleware is an error too", func(t *testing.T, town *town) {
		svc := town.start(town.builder("Svc.0", zebus.HandleRequest(echo)).WithMiddleware(0, func(next zebus.Handler) zebus.Handler {
			return next.Around(func(context.Context, []zebus.Message, zebus.Invoke) (zebus.Message, error) {
				return nil, (*lostError)(nil)
			})
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		wantCommandError(t, svc.Send(ctx, &interop.Echo{}), untold)
	})
	inTown(t, "one of a periodic action does not end the program", func(t *testing.T, town *town) {
		var news []*zebus.CustomProcessingFailed
		town.peer("News.0", zebus.HandleEvent(func(_ context.Context, e *zebus.CustomProcessingFailed) error {
			news = append(news, e)
			return nil
		}))
		town.start(town.builder("Svc.0").WithErrorPublication(true).WithPeriodic(zebus.Periodic{
			Name: "lost", Every: time.Minute, Do: func(context.Context) error { return (*lostError)(nil) },
		}))
		<-time.After(time.Minute)
		synctest.Wait()
		if len(news) != 1 || !strings.Contains(news[0].ExceptionMessage, "*zebus_test.lostError") {
			t.Errorf("published %+v", news)
		}
	})
}

func TestCodesThatDoNotTravel(t *testing.T) {
	const large = 1 << 32 // its lower 32 bits say success
	cases := map[string]func(ctx context.Context) error{
		"of Fail":             func(context.Context) error { return zebus.Fail(large, "no") },
		"of an error made so": func(context.Context) error { return &zebus.CommandError{Code: large, Message: "no"} },
		"of Reply":            func(ctx context.Context) error { return zebus.Reply(ctx, large, "no") },
	}
	for name, handle := range cases {
		for _, where := range []string{"elsewhere", "here"} {
			inTown(t, "G13 a code beyond 32 bits says failure: "+name+", "+where, func(t *testing.T, town *town) {
				sender := town.peer("Svc.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error { return handle(ctx) }))
				if where == "elsewhere" {
					sender = town.peer("Client.0")
				}
				wantCommandError(t, sender.Send(t.Context(), &interop.Fail{}), zebus.CommandError{Code: zebus.CodeUnknown, Message: "no"})
			})
		}
	}
}

func TestAnswersThatAreTooLarge(t *testing.T) {
	cases := map[string]func(context.Context, *interop.Echo) (*interop.EchoReply, error){
		"a reply": func(context.Context, *interop.Echo) (*interop.EchoReply, error) {
			return &interop.EchoReply{Text: strings.Repeat("x", 2000)}, nil
		},
		"the text of an error": func(context.Context, *interop.Echo) (*interop.EchoReply, error) {
			return nil, zebus.Fail(7, "%s", strings.Repeat("x", 2000))
		},
	}
	for name, handle := range cases {
		inTown(t, "the sender learns of it: "+name, func(t *testing.T, town *town) {
			small, err := town.network.NewTransport(memory.Config{MaxMessageSize: 1000})
			if err != nil {
				t.Fatal(err)
			}
			var told error
			town.start(town.builder("Svc.0", zebus.HandleRequest(handle)).WithTransport(small).WithObserver(zebus.Observer{
				SendFailed: func(_ zebus.PeerID, _ zebus.MessageID, err error) { told = err },
			}))
			client := town.peer("Client.0")
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err = zebus.Request(ctx, client, &interop.Echo{})
			if got, ok := errors.AsType[*zebus.CommandError](err); !ok || got.Code != zebus.CodeUnknown || !strings.Contains(got.Message, "too large") {
				t.Errorf("Request() = %v, want an error of code 1 that says too large", err)
			}
			synctest.Wait()
			wantError(t, told, zebus.ErrTooLarge)
		})
	}
}

func TestDeadLettersThatPanic(t *testing.T) {
	inTown(t, "why the handler failed is not lost, and every message of a batch has its letter", func(t *testing.T, town *town) {
		letters := 0
		var told []error
		svc := town.start(town.builder("Svc.0", zebus.HandleEvents(func(context.Context, []*interop.Note) error { return errors.New("out of ink") })).
			WithObserver(zebus.Observer{HandlerFailed: func(_ string, _ *zebus.TransportMessage, err error) { told = append(told, err) }}).
			WithDeadLetters(func(context.Context, zebus.DeadLetter) {
				letters++
				panic("no room for letters")
			}))
		for range 3 {
			if err := svc.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if letters != 3 || len(told) != 3 {
			t.Fatalf("%d letters, told of %d failures; want 3 of each", letters, len(told))
		}
		for _, err := range told {
			if text := err.Error(); !strings.Contains(text, "out of ink") || !strings.Contains(text, "no room for letters") {
				t.Errorf("told %q, want both errors", text)
			}
		}
	})
}

func TestObserversThatPanic(t *testing.T) {
	for _, where := range []string{"elsewhere", "here"} {
		inTown(t, "the sender of a command has its answer all the same, and the queue goes on: "+where, func(t *testing.T, town *town) {
			finished := 0
			sender := town.start(town.builder("Svc.0", zebus.HandleRequest(echo)).WithObserver(zebus.Observer{
				Handled:  func(*zebus.MessageType, *zebus.TransportMessage, zebus.Message, error) { panic("not today") },
				Finished: func(*zebus.TransportMessage) { finished++ },
			}))
			if where == "elsewhere" {
				sender = town.peer("Client.0")
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			for range 3 {
				if err := sender.Send(ctx, &interop.Echo{}); err != nil {
					t.Errorf("Send() = %v", err)
				}
			}
			synctest.Wait()
			if finished != 3 {
				t.Errorf("told of the end of %d messages, want 3", finished)
			}
		})
	}
}

func TestAStopWithoutTimeSaysWhatIsTrue(t *testing.T) {
	inTown(t, "nothing runs in the background, and nothing is said of it", func(t *testing.T, town *town) {
		var log bytes.Buffer
		svc := town.start(town.builder("Svc.0").WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_ = svc.Stop(ctx) // whether it has time enough for the rest is not what this is about
		if strings.Contains(log.String(), "background") {
			t.Errorf("logged %s", log.String())
		}
		if svc.IsRunning() {
			if err := svc.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}
