package zebus_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// TestNoDeadlock lets twenty buses send, await, publish and subscribe from every queue, without any deadline. Every
// command ends; a time in which none does fails the test, with the stacks.
func TestNoDeadlock(t *testing.T) {
	crowd := newCrowd(t)
	ctx, cancel := context.WithTimeout(t.Context(), stressTime)
	defer cancel()
	var drivers sync.WaitGroup
	for i := range crowd.buses {
		drivers.Go(func() { crowd.drive(ctx, i) })
	}
	crowd.watch(&drivers)
	for _, b := range crowd.buses {
		if n := b.PendingCommands(); n != 0 {
			t.Errorf("%s has %d commands left", b.ID(), n)
		}
	}
	t.Logf("%d commands ended in %v", crowd.ended.Load(), stressTime)
}

const crowdSize = 20

// crowd is a town of buses that keep each other busy.
type crowd struct {
	t     *testing.T
	buses []*zebus.Bus
	ended atomic.Int64 // commands, of handlers and drivers
}

func newCrowd(t *testing.T) *crowd {
	t.Helper()
	c := &crowd{t: t}
	w := &town{t: t, network: memory.NewNetwork()}
	for i := range crowdSize {
		note := zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }).OnQueue("notes")
		price := zebus.HandleEvent(func(context.Context, *interop.PriceChanged) error { return nil })
		c.buses = append(c.buses, w.start(w.builder(zebus.PeerID(fmt.Sprintf("Crowd.%d", i)),
			zebus.HandleRequest(c.handler(i)).OnQueue("echo"), zebus.HandleCommand(c.relay(i)), note, price)))
	}
	return c
}

func (c *crowd) peer(i int) zebus.Peer {
	b := c.buses[i]
	return zebus.Peer{ID: b.ID(), Endpoint: b.Endpoint(), Up: true, Responding: true}
}

// handler does something at random, as often as the number says, and replies.
func (c *crowd) handler(i int) func(context.Context, *interop.Echo) (*interop.EchoReply, error) {
	return func(ctx context.Context, cmd *interop.Echo) (*interop.EchoReply, error) {
		if cmd.Number > 0 {
			if err := c.act(ctx, i, cmd.Number-1); err != nil {
				return nil, err
			}
		}
		return &interop.EchoReply{Text: cmd.Text}, nil
	}
}

// relay is the same on the default queue.
func (c *crowd) relay(i int) func(context.Context, *interop.Fail) error {
	return func(ctx context.Context, cmd *interop.Fail) error {
		if cmd.Code == 0 {
			return nil
		}
		return c.act(ctx, i, cmd.Code-1)
	}
}

// act is one thing that a handler does in the name of its bus.
func (c *crowd) act(ctx context.Context, i int, hops int32) error {
	self, other := c.buses[i], c.peer(rand.IntN(crowdSize))
	defer c.ended.Add(1)
	switch rand.IntN(7) {
	case 0:
		return self.Publish(ctx, &interop.Note{Number: hops})
	case 1:
		sub, err := self.Subscribe(ctx, prices(strconv.Itoa(rand.IntN(3))))
		if err != nil {
			return err
		}
		return sub.Stop(ctx)
	case 2:
		return self.SendTo(ctx, &interop.Fail{Code: hops}, other)
	case 3:
		a, b := self.SendToAsync(ctx, &interop.Echo{Number: hops}, other), self.SendToAsync(ctx, &interop.Fail{Code: hops}, c.peer(i))
		if err := a.Wait(ctx); err != nil {
			return err
		}
		return b.Wait(ctx)
	case 4:
		return c.listen(ctx, i, hops)
	default:
		_, err := zebus.RequestTo(ctx, self, &interop.Echo{Number: hops}, other)
		return err
	}
}

// listen subscribes with a handler of its own, which acts on, and stops that.
func (c *crowd) listen(ctx context.Context, i int, hops int32) error {
	key := strconv.Itoa(rand.IntN(1000))
	sub, err := zebus.Subscribe(ctx, c.buses[i], zebus.Key(key), func(ctx context.Context, _ *interop.PriceChanged) error {
		return c.buses[i].SendTo(ctx, &interop.Fail{Code: max(hops-1, 0)}, c.peer(rand.IntN(crowdSize)))
	})
	if err != nil {
		return err
	}
	if err := c.buses[i].Publish(ctx, &interop.PriceChanged{Market: key}); err != nil {
		return err
	}
	return sub.Stop(ctx)
}

// drive keeps one bus busy until ctx ends. What it sends has no deadline.
func (c *crowd) drive(ctx context.Context, i int) {
	const mostHops = 5
	for ctx.Err() == nil {
		if err := c.act(context.Background(), i, rand.Int32N(mostHops)); err != nil {
			c.t.Errorf("bus %d: %v", i, err)
			return
		}
	}
}

// watch waits for the drivers, and fails the test when nothing happens for too long.
func (c *crowd) watch(drivers *sync.WaitGroup) {
	c.t.Helper()
	const patience = 5 * time.Second
	done := make(chan struct{})
	go func() { drivers.Wait(); close(done) }()
	ticker := time.NewTicker(patience)
	defer ticker.Stop()
	for last := int64(-1); ; {
		select {
		case <-done:
			return
		case <-ticker.C:
			now := c.ended.Load()
			if now == last {
				var stacks strings.Builder
				_ = pprof.Lookup("goroutine").WriteTo(&stacks, 2)
				c.t.Fatalf("no progress for %v after %d commands\n%s", patience, now, stacks.String())
			}
			last = now
		}
	}
}
