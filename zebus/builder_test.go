package zebus_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

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
