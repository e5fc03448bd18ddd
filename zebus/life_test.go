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

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
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

func TestBuilderRefuses(t *testing.T) {
	handler := zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }).Named("Shop.OnNote")
	for name, c := range map[string]struct {
		change func(*zebus.Builder)
		want   string
	}{
		"a limit below zero": {func(b *zebus.Builder) {
			b.WithDispatch(dispatch.Config{Queues: map[string]dispatch.QueueConfig{"orders": {MaxMessages: -1}}})
		}, `queue "orders": max messages -1`},
		"a handler of nothing":                   {func(b *zebus.Builder) { b.WithHandlers(zebus.Handler{}) }, "zero Handler"},
		"a queue for a handler that runs inline": {func(b *zebus.Builder) { b.WithHandlers(handler.OnQueue("orders").Inline()) }, "queue of Shop.OnNote"},
		"retries that run inline":                {func(b *zebus.Builder) { b.WithHandlers(handler.Retry(zebus.RetryPolicy{Attempts: 1}).Inline()) }, "retries of Shop.OnNote"},
		"lanes that run inline": {func(b *zebus.Builder) {
			b.WithHandlers(handler.Concurrency(2, func(zebus.Message) string { return "" }).Inline())
		}, "concurrency of Shop.OnNote"},
		"handlers of a queue that disagree": {func(b *zebus.Builder) {
			key := func(zebus.Message) string { return "" }
			b.WithHandlers(handler.OnQueue("notes").Concurrency(2, key), handler.OnQueue("Notes").Concurrency(3, key).Named("Shop.OnOther"))
		}, "2 of Shop.OnNote, and 3 of Shop.OnOther"},
		"a batch for a function that takes one message": {func(b *zebus.Builder) { b.WithHandlers(handler.Batch(2)) }, "batch of Shop.OnNote"},
		"middleware of nothing":                         {func(b *zebus.Builder) { b.WithMiddleware(1, nil).WithSelector(nil) }, "nil was given to WithMiddleware"},
		"a timeout below zero":                          {func(b *zebus.Builder) { b.WithDefaultCommandTimeout(-1) }, "default command timeout"},
		"a function that is nil": {func(b *zebus.Builder) {
			b.WithHandlers(zebus.HandleCommand[interop.Fail](nil).Named("Shop.Fail"))
		}, "Shop.Fail: its function is nil"},
		"nil around a handler": {func(b *zebus.Builder) { b.WithHandlers(handler.Around(nil)) }, "Shop.OnNote: nil was given to Around"},
		"retries below zero, and all else that is wrong with them": {func(b *zebus.Builder) {
			b.WithHandlers(handler.Retry(zebus.RetryPolicy{Attempts: -1}).Batch(-1).Mode(77))
		}, "-1 attempts, waits of 0s to 0s: want 0 or more of each\nzebus: batch of Shop.OnNote: -1 messages: want 0 or more\nzebus: mode of Shop.OnNote: 77 is none"},
		"a message without a type": {func(b *zebus.Builder) { b.WithMessages(nil) }, "nil was given to WithMessages"},
		"a snapshot of nothing":    {func(b *zebus.Builder) { b.WithSnapshots(zebus.SnapshotSource{}) }, "zero SnapshotSource"},
		"a snapshot by nobody":     {func(b *zebus.Builder) { b.WithSnapshots(zebus.Snapshot[interop.Note](nil)) }, "Note: no function"},
		"middleware that loses the handler": {func(b *zebus.Builder) {
			b.WithHandlers(handler).WithMiddleware(1, func(zebus.Handler) zebus.Handler { return zebus.Handler{} })
		}, "middleware of Shop.OnNote: it returned a zero Handler"},
		"middleware that changes the type": {func(b *zebus.Builder) {
			b.WithHandlers(handler).WithMiddleware(1, func(zebus.Handler) zebus.Handler { return zebus.HandleCommand(fail) })
		}, "it returned a handler of Interop.Messages.Fail, want one of Interop.Messages.Note"},
		"middleware that asks for what cannot be": {func(b *zebus.Builder) {
			b.WithHandlers(handler.Inline()).WithMiddleware(1, func(next zebus.Handler) zebus.Handler {
				return next.Retry(zebus.RetryPolicy{Attempts: 1})
			})
		}, "retries of Shop.OnNote"},
		"middleware that is switched by nobody": {func(b *zebus.Builder) {
			b.WithMiddleware(1, zebus.When(nil, func(next zebus.Handler) zebus.Handler { return next }))
		}, "nil was given to WithMiddleware"},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			b := town.builder("A.0")
			c.change(b)
			if _, err := b.Build(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Build() = %v, want %q in it", err, c.want)
			}
		})
	}
	inTown(t, "and warns of limits for a queue that no handler is on", func(t *testing.T, town *town) {
		var log strings.Builder
		limits := dispatch.Config{Queues: map[string]dispatch.QueueConfig{"Orders": {MaxMessages: 1}, "ordres": {MaxMessages: 1}, "": {MaxMessages: 1}}}
		handler := zebus.HandleCommand(func(context.Context, *interop.Knock) error { return nil }).OnQueue("orders")
		town.start(town.builder("A.0", handler).WithDispatch(limits).WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		if strings.Count(log.String(), "level=WARN") != 1 || !strings.Contains(log.String(), "peer=A.0 queue=ordres") {
			t.Errorf("logged %s, want a warning of ordres alone", &log)
		}
	})
	inTown(t, "but takes nil for a logger", func(t *testing.T, town *town) {
		svc := town.start(town.builder("A.0", zebus.HandleCommand(fail)).WithLogger(nil))
		wantCommandError(t, svc.Send(t.Context(), &interop.Fail{Code: 1}), untold)
	})
}

func TestSeveralBusesInOneProcess(t *testing.T) {
	inTown(t, "each has a life of its own", func(t *testing.T, town *town) {
		elsewhere := &town2{town}
		here := town.peer("Svc.0", answering("here"))
		there := elsewhere.peer(t, "Svc.0", answering("there"))
		for _, c := range []struct {
			bus  *zebus.Bus
			want string
		}{{here, "here"}, {there, "there"}} {
			reply, err := zebus.Request(t.Context(), c.bus, &interop.Echo{})
			if err != nil || reply.Text != c.want {
				t.Errorf("reply %v, error %v, want %s", reply, err, c.want)
			}
		}
		if err := here.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := there.Send(t.Context(), &interop.Echo{}); err != nil {
			t.Errorf("the other bus, after one has stopped: %v", err)
		}
	})
}

// town2 makes towns beside a town.
type town2 struct{ beside *town }

func (*town2) peer(t *testing.T, id zebus.PeerID, handlers ...zebus.Handler) *zebus.Bus {
	t.Helper()
	return (&town{t: t, network: memory.NewNetwork()}).peer(id, handlers...)
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

func TestPurgeAndLimits(t *testing.T) {
	inTown(t, "J22 a purge drops what waits: commands are answered, events told, and the counts are seen", func(t *testing.T, town *town) {
		release := make(chan struct{})
		var dropped []error
		s := &stepped{Transport: town.transport()}
		svc := town.start(town.builder("Svc.0",
			zebus.HandleCommand(func(context.Context, *interop.Fail) error { <-release; return nil }).OnQueue("slow"),
			zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }).OnQueue("slow"),
		).WithTransport(s).
			WithDispatch(dispatch.Config{MemoryLimit: 1 << 20, Queues: map[string]dispatch.QueueConfig{"SLOW": {MaxMessages: 7}}, Ages: true}).
			WithObserver(zebus.Observer{Dropped: func(_ *zebus.TransportMessage, err error) { dropped = append(dropped, err) }}))
		client := town.peer("Client.0")
		first, second := client.SendAsync(t.Context(), &interop.Fail{}), client.SendAsync(t.Context(), &interop.Fail{})
		if err := client.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		<-time.After(3 * time.Second)
		stats := svc.Stats().Dispatch
		slow := stats.Queues[slices.IndexFunc(stats.Queues, func(q dispatch.QueueStats) bool { return q.Name == "slow" })]
		if slow.Length != 2 || slow.Oldest != 3*time.Second || slow.Limits.MaxMessages != 7 || stats.Limit != 1<<20 {
			t.Errorf("stats %+v of %+v", slow, stats)
		}
		if n := svc.Purge(); n != 2 {
			t.Errorf("Purge() = %d, want 2", n)
		}
		if e, _ := errors.AsType[*zebus.CommandError](second.Wait(t.Context())); e == nil || !strings.Contains(e.Message, "purged") {
			t.Errorf("the command that was purged: %v", second.Wait(t.Context()))
		}
		close(release)
		if err := first.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if len(dropped) != 2 || !errors.Is(dropped[1], dispatch.ErrPurged) {
			t.Errorf("dropped %v", dropped)
		}
		if len(s.acked) != 2 {
			t.Errorf("%d messages were acknowledged, want the two commands: an event that was not handled may come again", len(s.acked))
		}
	})
}
