package zebus_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// A watchedContext counts who waits for its end.
type watchedContext struct {
	context.Context //nolint:containedctx // it is a context

	mu       sync.Mutex
	now, all int // watches, and how many there have been
}

// AfterFunc is what [context.AfterFunc] uses where a context has it.
func (c *watchedContext) AfterFunc(f func()) (stop func() bool) {
	c.count(1)
	inner := context.AfterFunc(c.Context, f)
	return func() bool {
		c.count(-1)
		return inner()
	}
}

// Value keeps package context from finding the one inside.
func (*watchedContext) Value(any) any { return nil }

func (c *watchedContext) count(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.all = c.now+n, c.all+max(n, 0)
}

// wantWatches checks how many watches there are now, and have been in all.
func wantWatches(t *testing.T, c *watchedContext, now, all int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now != now || c.all != all {
		t.Errorf("%d watches of %d, want %d of %d", c.now, c.all, now, all)
	}
}

func watchable(t *testing.T) (*watchedContext, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	return &watchedContext{Context: ctx}, cancel
}

// sendAll sends a command with each of the contexts, in turn.
func sendAll(bus *zebus.Bus, contexts ...context.Context) (sent []*zebus.Pending) {
	for _, ctx := range contexts {
		sent = append(sent, bus.SendAsync(ctx, &interop.Echo{}))
	}
	return sent
}

func TestCommandsShareTheWatchOverTheirContext(t *testing.T) {
	answer := func(t *testing.T, s *stub, ids ...zebus.MessageID) {
		t.Helper()
		var batch []zebus.TransportMessage
		for _, id := range ids {
			batch = append(batch, received(t, &zebus.MessageExecutionCompleted{SourceCommandID: id})[0])
		}
		s.in.Receive(batch)
	}
	start := func(t *testing.T) (bus *zebus.Bus, s *stub, ids *[]zebus.MessageID) {
		t.Helper()
		bus, s = benchBus(t)
		ids = new([]zebus.MessageID)
		s.sent = func(m *zebus.TransportMessage) { *ids = append(*ids, m.ID) }
		return bus, s, ids
	}
	t.Run("one watch for all, until the last of them has been answered", func(t *testing.T) {
		bus, s, ids := start(t)
		ctx, cancel := watchable(t)
		defer cancel()
		sendAll(bus, ctx, ctx, ctx)
		wantWatches(t, ctx, 1, 1)
		answer(t, s, (*ids)[1], (*ids)[0])
		wantWatches(t, ctx, 1, 1)
		answer(t, s, (*ids)[2])
		wantWatches(t, ctx, 0, 1)
		sendAll(bus, ctx)
		wantWatches(t, ctx, 1, 2)
	})
	t.Run("the end of a context ends its commands, and no others", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			bus, s, ids := start(t)
			one, cancelOne := watchable(t)
			two, cancelTwo := watchable(t)
			defer cancelTwo()
			sent := sendAll(bus, one, one, two, one, t.Context(), two)
			answer(t, s, (*ids)[1])
			cancelOne()
			for _, of := range []int{0, 3} {
				if err := sent[of].Wait(t.Context()); !errors.Is(err, context.Canceled) {
					t.Errorf("command %d: %v", of, err)
				}
			}
			synctest.Wait()
			if n := bus.PendingCommands(); n != 3 {
				t.Errorf("%d commands are under way, want 3", n)
			}
			cancelTwo()
			synctest.Wait()
			if n := bus.PendingCommands(); n != 1 {
				t.Errorf("%d commands are under way, want 1", n)
			}
		})
	})
	t.Run("none is left when the bus stops, or does not run", func(t *testing.T) {
		bus, _, _ := start(t)
		one, cancelOne := watchable(t)
		defer cancelOne()
		two, cancelTwo := watchable(t)
		defer cancelTwo()
		sendAll(bus, one, two, one)
		if err := bus.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		sendAll(bus, one)
		for _, ctx := range []*watchedContext{one, two} {
			ctx.mu.Lock()
			if ctx.now != 0 {
				t.Errorf("%d watches are left", ctx.now)
			}
			ctx.mu.Unlock()
		}
	})
}

func TestAnswersOfABatch(t *testing.T) {
	t.Run("are known to who waits for them before an inline handler behind them runs", func(t *testing.T) {
		known := make(chan struct{})
		bus, s := benchBus(t, zebus.HandleEvent(func(context.Context, *interop.Note) error {
			<-known
			return nil
		}).Inline())
		var command zebus.MessageID
		s.sent = func(m *zebus.TransportMessage) { command = m.ID }
		p := bus.SendAsync(t.Context(), &interop.Echo{})
		done := p.Done()
		go func() {
			<-done
			close(known)
		}()
		batch := received(t, &zebus.MessageExecutionCompleted{SourceCommandID: command})[:1]
		s.in.Receive(append(batch, received(t, &interop.Note{})[0]))
	})
	t.Run("wake everybody who waits", func(t *testing.T) {
		bus, s := benchBus(t)
		var batch []zebus.TransportMessage
		s.sent = func(m *zebus.TransportMessage) {
			batch = append(batch, received(t, &zebus.MessageExecutionCompleted{SourceCommandID: m.ID})[0])
		}
		sent := sendAll(bus, t.Context(), t.Context(), t.Context())
		first, third := sent[0].Done(), sent[2].Done()
		s.in.Receive(batch)
		<-first
		<-third
		<-sent[1].Done()
	})
}
