package zebus_test

import (
	"context"
	"errors"
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestContextOfAnotherHandler(t *testing.T) {
	inTown(t, "a middleware that gives a handler the context of another one, which has returned, makes it fail by nothing but its own error",
		func(t *testing.T, town *town) {
			var others []context.Context
			tries := 0
			b := town.builder("Svc.0",
				zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error { others = append(others, ctx); return nil }),
				zebus.HandleCommand(func(context.Context, *interop.Fail) error { return errors.New("no") }).
					Retry(zebus.RetryPolicy{Attempts: 1}))
			b.WithObserver(zebus.Observer{
				TryFailed: func(f zebus.FailedTry) {
					if tries++; len(f.Messages) != 0 {
						t.Errorf("a try of %d messages that nobody knows", len(f.Messages))
					}
				},
				HandlerFailed: func(_ string, _ *zebus.TransportMessage, err error) {
					if err.Error() != "tried 2 times: no" {
						t.Errorf("the handler failed by %v", err)
					}
				},
			})
			b.WithMiddleware(0, func(next zebus.Handler) zebus.Handler {
				if next.Type().Kind() == zebus.KindEvent {
					return next
				}
				return next.Around(func(_ context.Context, batch []zebus.Message, invoke zebus.Invoke) (zebus.Message, error) {
					return invoke(others[0], batch)
				})
			})
			bus := town.start(b)
			if err := bus.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
			wantCommandError(t, bus.Send(t.Context(), &interop.Fail{}), untold)
			if tries != 1 {
				t.Errorf("heard of %d tries that are followed by another one, want 1", tries)
			}
		})
}
