package zebus_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

var errTooLate = errors.New("too late")

// goesOn does not wait for the handler of the first message once it has begun, and tells when each is handled as far as it is concerned.
func goesOn(begun <-chan struct{}, handled chan<- struct{}) zebus.Middleware {
	return func(next zebus.Handler) zebus.Handler {
		return next.Around(func(ctx context.Context, batch []zebus.Message, invoke zebus.Invoke) (zebus.Message, error) {
			defer func() { handled <- struct{}{} }()
			ended := make(chan error, 1)
			go func() {
				_, err := invoke(ctx, batch)
				ended <- err
			}()
			if n, _ := batch[0].(*interop.Note); n.Number == 0 {
				<-begun
				return nil, nil
			}
			return nil, <-ended
		})
	}
}

func TestMiddlewareThatDoesNotWait(t *testing.T) {
	number := func(m *zebus.TransportMessage) int32 {
		var n interop.Note
		if err := n.ZebusUnmarshal(m.Content); err != nil {
			t.Error(err)
		}
		return n.Number
	}
	gate, begun, handled := make(chan struct{}), make(chan struct{}), make(chan struct{})
	tried, buried := make(chan int32, 1), make(chan int32, 1)
	s := &stub{}
	bus, err := zebus.NewBuilder("Late.0").WithEnvironment("Bench").WithTransport(s).WithDirectory(&remote{}).
		WithMiddleware(1, goesOn(begun, handled)).
		WithObserver(zebus.Observer{TryFailed: func(f zebus.FailedTry) { tried <- number(f.Messages[0]) }}).
		WithDeadLetters(func(_ context.Context, l zebus.DeadLetter) { buried <- number(l.Message) }).
		WithHandlers(zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			if n.Number > 0 {
				return nil
			}
			select {
			case begun <- struct{}{}:
			case <-gate: // at the second try
			}
			<-gate
			return errTooLate
		}).Retry(zebus.RetryPolicy{Attempts: 1, First: time.Nanosecond})).Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = bus.Stop(context.Background()) }()
	for i := range int32(200) {
		s.in.Receive(received(t, &interop.Note{Number: i})[:1])
		if <-handled; i == 100 {
			close(gate)
		}
	}
	t.Run("a handler that it left behind fails on its own message, not on one that came later", func(t *testing.T) {
		if got := <-tried; got != 0 {
			t.Errorf("a try failed of message %d, want 0", got)
		}
		if got := <-buried; got != 0 {
			t.Errorf("the dead letter is message %d, want 0", got)
		}
	})
}

func TestMiddlewareThatReplacesTheContext(t *testing.T) {
	t.Run("what the handler fails on is told", func(t *testing.T) {
		failed := make(chan error, 1)
		s := &stub{}
		bus, err := zebus.NewBuilder("Other.0").WithEnvironment("Bench").WithTransport(s).WithDirectory(&remote{}).
			WithMiddleware(1, func(next zebus.Handler) zebus.Handler {
				return next.Around(func(_ context.Context, batch []zebus.Message, invoke zebus.Invoke) (zebus.Message, error) {
					return invoke(context.Background(), batch)
				})
			}).
			WithObserver(zebus.Observer{HandlerFailed: func(_ string, _ *zebus.TransportMessage, err error) { failed <- err }}).
			WithDeadLetters(func(context.Context, zebus.DeadLetter) {}).
			WithHandlers(zebus.HandleEvent(func(context.Context, *interop.Note) error { return errTooLate })).Build()
		if err != nil {
			t.Fatal(err)
		}
		if err := bus.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = bus.Stop(context.Background()) }()
		s.in.Receive(received(t, &interop.Note{})[:1])
		if err := <-failed; !errors.Is(err, errTooLate) {
			t.Errorf("it failed on %v, want %v", err, errTooLate)
		}
	})
}
