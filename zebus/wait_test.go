package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestHandlersThatWait(t *testing.T) {
	const patience = time.Hour // fake: a deadlock ends the test at once
	inTown(t, "J11 a handler sends a command to its own peer and awaits the reply, on one queue", func(t *testing.T, town *town) {
		var self *zebus.Bus
		self = town.peer("Self.0", zebus.HandleRequest(echo), zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			_, err := zebus.Request(ctx, self, &interop.Echo{})
			return err
		}))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := self.Send(ctx, &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
	})
	inTown(t, "A asks B, which asks A, all on default queues", func(t *testing.T, town *town) {
		var b *zebus.Bus
		a := town.peer("A.0", zebus.HandleRequest(echo))
		b = town.peer("B.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			_, err := zebus.Request(ctx, b, &interop.Echo{})
			return err
		}))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := a.Send(ctx, &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
	})
	inTown(t, "a handler publishes what it handles itself", func(t *testing.T, town *town) {
		var self *zebus.Bus
		seen := 0
		self = town.peer("Self.0", zebus.HandleEvent(func(ctx context.Context, n *interop.Note) error {
			seen++
			if n.Number == 0 {
				return nil
			}
			return self.Publish(ctx, &interop.Note{Number: n.Number - 1})
		}))
		if err := self.Publish(t.Context(), &interop.Note{Number: 9}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if seen != 10 {
			t.Errorf("handled %d times, want 10", seen)
		}
	})
	inTown(t, "a wait in an inline handler is refused", func(t *testing.T, town *town) {
		var self *zebus.Bus
		result := make(chan error, 1)
		self = town.peer("Self.0", zebus.HandleRequest(echo), zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
			result <- self.Send(ctx, &interop.Echo{})
			return nil
		}).Inline())
		if err := self.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		wantError(t, <-result, zebus.ErrInlineWait)
	})
	inTown(t, "a serial handler keeps its queue: a cycle ends by its context", func(t *testing.T, town *town) {
		var self *zebus.Bus
		self = town.peer("Self.0", zebus.HandleRequest(echo), zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			err := self.Send(ctx, &interop.Echo{})
			if !errors.Is(err, context.DeadlineExceeded) {
				return fmt.Errorf("got %w", err)
			}
			return zebus.Fail(7, "as expected")
		}).Serial())
		err := self.Send(t.Context(), &interop.Fail{})
		if ce, _ := errors.AsType[*zebus.CommandError](err); ce == nil || ce.Code != 7 {
			t.Errorf("Send() = %v, want code 7", err)
		}
	})
}

func TestHandlersThatWaitForThemselves(t *testing.T) {
	inTown(t, "a handler cannot stop its own bus and wait for that", func(t *testing.T, town *town) {
		var svc *zebus.Bus
		svc = town.peer("Svc.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			wantError(t, svc.Stop(ctx), zebus.ErrWaitsForItself, "Svc.0")
			return nil
		}))
		if err := svc.Send(t.Context(), &interop.Fail{}); err != nil {
			t.Error(err)
		}
	})
	inTown(t, "nor its own subscription, which ends nevertheless", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0")
		stopped := make(chan error, 1)
		var sub *zebus.ActiveSubscription
		sub, err := zebus.Subscribe(t.Context(), svc, zebus.Key(), func(ctx context.Context, _ *interop.Note) error {
			stopped <- sub.Stop(ctx)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := svc.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		wantError(t, <-stopped, zebus.ErrWaitsForItself)
		<-sub.Done()
	})
	inTown(t, "but that of a handler behind it on the same queue", func(t *testing.T, town *town) {
		var sub *zebus.ActiveSubscription
		svc := town.peer("Svc.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			return sub.Stop(ctx)
		}))
		seen := 0
		sub, err := zebus.Subscribe(t.Context(), svc, zebus.Key(), func(context.Context, *interop.Note) error { seen++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		p := svc.SendAsync(t.Context(), &interop.Fail{})
		if err := svc.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		if err := p.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		<-sub.Done()
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

// A patientStub tells which messages may wait.
type patientStub struct {
	stub

	mayWait map[zebus.MessageTypeID]bool
}

func (s *patientStub) Send(d zebus.Delivery) error {
	s.mayWait[d.Message.Type] = d.MayWait
	return s.stub.Send(d)
}

func TestOnlyEventsMayWait(t *testing.T) {
	t.Parallel()
	s := &patientStub{mayWait: map[zebus.MessageTypeID]bool{}}
	bus, err := zebus.NewBuilder("Bench.0").WithEnvironment("Bench").WithTransport(s).WithDirectory(&remote{}).Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = bus.Stop(context.Background()) }()
	if err := bus.Publish(t.Context(), &interop.PriceChanged{Market: "EU"}); err != nil {
		t.Fatal(err)
	}
	bus.SendAsync(t.Context(), &interop.Echo{})
	if id := (*interop.PriceChanged)(nil).ZebusType().ID(); !s.mayWait[id] {
		t.Errorf("the event must not wait: %v", s.mayWait)
	}
	if wait, sent := s.mayWait[(*interop.Echo)(nil).ZebusType().ID()]; wait || !sent {
		t.Errorf("the command may wait, or was not sent: %v", s.mayWait)
	}
}
