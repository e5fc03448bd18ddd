package zebus_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestStopThatGoesOn(t *testing.T) {
	inTown(t, "E07 hooks hear once of a stop that takes two calls", func(t *testing.T, town *town) {
		var calls []string
		release := make(chan struct{})
		svc := town.start(town.builder("Svc.0", zebus.HandleCommand(func(context.Context, *interop.Fail) error {
			<-release
			return nil
		})).WithHooks(zebus.Hooks{
			Stopping: func(context.Context) error { calls = append(calls, "stopping"); return nil },
			Stopped:  func(context.Context) { calls = append(calls, "stopped") },
		}))
		_ = svc.SendAsync(t.Context(), &interop.Fail{})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantError(t, svc.Stop(ctx), context.DeadlineExceeded)
		close(release)
		if err := svc.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want := []string{"stopping", "stopped"}; !slices.Equal(calls, want) {
			t.Errorf("calls %q, want %q", calls, want)
		}
		if err := errors.Join(svc.Start(t.Context()), svc.Stop(t.Context())); err != nil {
			t.Fatal(err)
		}
		if want := []string{"stopping", "stopped", "stopping", "stopped"}; !slices.Equal(calls, want) {
			t.Errorf("after another run: calls %q, want %q", calls, want)
		}
	})
}

func TestHooksThatStopAndStart(t *testing.T) {
	inTown(t, "E07 a bus can be stopped when it has just started, and started when it has just stopped", func(t *testing.T, town *town) {
		var bus *zebus.Bus
		var calls []string
		start, stop := error(nil), error(nil)
		again := true
		bus, err := town.builder("A.0").WithHooks(zebus.Hooks{
			Started: func(context.Context) {
				if calls = append(calls, "started"); again {
					stop = bus.Stop(context.Background())
				}
			},
			Stopped: func(context.Context) {
				if calls = append(calls, "stopped"); again {
					again = false
					start = bus.Start(context.Background())
				}
			},
		}).Build()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(bus.Start(t.Context()), start, stop); err != nil {
			t.Error(err)
		}
		if !bus.IsRunning() {
			t.Error("does not run")
		}
		if err := bus.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if want := []string{"started", "stopped", "started", "stopped"}; !slices.Equal(calls, want) {
			t.Errorf("calls %q, want %q", calls, want)
		}
	})
	inTown(t, "a stop that comes when the start is as good as done stops the bus", func(t *testing.T, town *town) {
		registered := &lateStop{Transport: town.transport(), stopped: make(chan error, 1)}
		bus, err := town.builder("A.0").WithTransport(registered).Build()
		if err != nil {
			t.Fatal(err)
		}
		registered.bus = bus
		_ = bus.Start(t.Context())
		if err := <-registered.stopped; err != nil {
			t.Errorf("Stop() = %v", err)
		}
		if bus.IsRunning() {
			t.Error("still runs")
		}
	})
}

// lateStop is a transport that has its bus stopped at the last step of a start.
type lateStop struct {
	zebus.Transport
	bus     *zebus.Bus
	stopped chan error
}

func (l *lateStop) Registered() {
	go func() { l.stopped <- l.bus.Stop(context.Background()) }()
	synctest.Wait()
	l.Transport.Registered()
}

func TestPanicsBesideHandlers(t *testing.T) {
	inTown(t, "an observer that panics is logged, and the queue goes on", func(t *testing.T, town *town) {
		var log bytes.Buffer
		svc := town.start(town.builder("Svc.0", zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil })).
			WithLogger(slog.New(slog.NewTextHandler(&log, nil))).
			WithObserver(zebus.Observer{Finished: func(*zebus.TransportMessage) { panic("observer") }}))
		for range 2 {
			if err := svc.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if n := strings.Count(log.String(), "observer"); n != 2 {
			t.Errorf("%d lines about two panics:\n%s", n, &log)
		}
	})
}
