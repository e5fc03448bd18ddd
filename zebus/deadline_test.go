package zebus_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestDeadlineOfTheSender(t *testing.T) {
	inTown(t, "the context of a handler ends when the sender stops waiting", func(t *testing.T, town *town) {
		for _, where := range []zebus.PeerID{"Svc.0", "Client.0"} {
			left := make(chan time.Duration, 1)
			ended := make(chan error, 1)
			svc := town.peer(where, zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
				until, _ := ctx.Deadline()
				left <- time.Until(until)
				<-ctx.Done()
				ended <- ctx.Err()
				return ctx.Err()
			}))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := svc.Send(ctx, &interop.Fail{}); err == nil { // both give up at the same moment, and either may be first
				t.Error("Send() succeeded")
			}
			if got := <-left; got != time.Minute {
				t.Errorf("time left %v, want 1m", got)
			}
			wantError(t, <-ended, context.DeadlineExceeded)
			if err := svc.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	inTown(t, "with the deadline the context ends when the handler returns; what outlives it takes one that does not", func(t *testing.T, town *town) {
		var svc *zebus.Bus
		returned, sent := make(chan struct{}), make(chan error, 2)
		svc = town.peer("Svc.0", zebus.HandleRequest(echo), zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			go func() {
				<-returned
				sent <- svc.Send(ctx, &interop.Echo{})
				sent <- svc.Send(context.WithoutCancel(ctx), &interop.Echo{})
			}()
			return nil
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := svc.Send(ctx, &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
		close(returned)
		wantError(t, <-sent, context.Canceled)
		if err := <-sent; err != nil {
			t.Errorf("with a context of its own: %v", err)
		}
	})
	inTown(t, "a sender without a deadline sets none", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			if until, ok := ctx.Deadline(); ok {
				return fmt.Errorf("deadline %v", until)
			}
			return nil
		}))
		if err := svc.Send(context.WithoutCancel(t.Context()), &interop.Fail{}); err != nil {
			t.Error(err)
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
