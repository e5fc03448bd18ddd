package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/zebus-go/zebus/dispatch"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// A subscription with a handler of its own sees what its binding lets through, until it ends.
func ExampleSubscribe() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		market := network.Start("Acme.Market.0")
		screen := network.Start("Acme.Screen.0")
		paris, err := zebus.Subscribe(ctx, screen, interop.PriceChangedBinding{Market: zebus.Is("Paris")},
			func(_ context.Context, p *interop.PriceChanged) error {
				fmt.Println(p.Market, p.ID)
				return nil
			})
		if err != nil {
			fmt.Println(err)
			return
		}
		_ = market.Publish(ctx, &interop.PriceChanged{Market: "Paris", ID: 1})
		_ = market.Publish(ctx, &interop.PriceChanged{Market: "Oslo", ID: 2})
		network.WaitQuiet()
		fmt.Println(paris.Stop(ctx)) // Close would drop what has arrived
		<-paris.Done()
		_ = market.Publish(ctx, &interop.PriceChanged{Market: "Paris", ID: 3})
		network.WaitQuiet()
	})
	// Output:
	// Paris 1
	// <nil>
}

// Subscriptions made together are one update of the directory.
func ExampleBus_SubscribeAll() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		market := network.Start("Acme.Market.0")
		screen := network.Start("Acme.Screen.0", zebus.HandleEvent(func(_ context.Context, p *interop.PriceChanged) error {
			fmt.Println(p.Market)
			return nil
		}))
		_, err := screen.SubscribeAll(ctx,
			zebus.To(zebus.Where(interop.PriceChangedBinding{Market: zebus.Is("Paris")})),
			zebus.To(zebus.Where(interop.PriceChangedBinding{Market: zebus.Is("Oslo"), ID: zebus.Is[int32](7)})))
		for _, p := range []*interop.PriceChanged{{Market: "Paris"}, {Market: "Oslo"}, {Market: "Oslo", ID: 7}} {
			_ = market.Publish(ctx, p)
		}
		network.WaitQuiet()
		fmt.Println(err)
	})
	// Output:
	// Paris
	// Oslo
	// <nil>
}

// What a handler subscribes to at the start may depend on the peer.
func ExampleHandler_Startup() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		network.Start("Acme.Screen.0", zebus.HandleEvent(func(_ context.Context, p *interop.PriceChanged) error {
			fmt.Println(p.Market)
			return nil
		}).Startup(func(zebus.PeerID) []zebus.BindingKey { return []zebus.BindingKey{zebus.Key("Paris", zebus.Star)} }))
		market := network.Start("Acme.Market.0")
		_ = market.Publish(ctx, &interop.PriceChanged{Market: "Oslo"})
		_ = market.Publish(ctx, &interop.PriceChanged{Market: "Paris"})
		network.WaitQuiet()
	})
	// Output: Paris
}

// A batch handler gets what waits, at most so many, in order.
func ExampleHandleEvents() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		busy, free := make(chan struct{}), make(chan struct{})
		shop := network.Start("Acme.Shop.0",
			zebus.HandleCommand(func(context.Context, *interop.Knock) error {
				close(busy)
				<-free
				return nil
			}),
			zebus.HandleEvents(func(_ context.Context, notes []*interop.Note) error {
				fmt.Println(len(notes), "notes")
				return nil
			}).Batch(3))
		shop.SendAsync(ctx, &interop.Knock{}) // keeps the queue, so that notes gather behind it
		<-busy
		for range 4 {
			_ = shop.Publish(ctx, &interop.Note{})
		}
		close(free)
		network.WaitQuiet()
	})
	// Output:
	// 3 notes
	// 1 notes
}

// Messages of one key stay in order; those of others run beside them.
func ExampleHandler_Concurrency() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		second := make(chan struct{})
		shop := network.Start("Acme.Shop.0", zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			if n.Text == "tea" && n.Number == 1 {
				<-second // one that hangs holds up its own key only
			}
			fmt.Println(n.Text, n.Number)
			if n.Text == "milk" {
				close(second)
			}
			return nil
		}).Concurrency(64, func(m zebus.Message) string { return m.(*interop.Note).Text }))
		for _, n := range []*interop.Note{{Text: "tea", Number: 1}, {Text: "tea", Number: 2}, {Text: "milk", Number: 1}} {
			_ = shop.Publish(ctx, n)
		}
		network.WaitQuiet()
	})
	// Output:
	// milk 1
	// tea 1
	// tea 2
}

// Limits of queues: what is beyond them is refused, and a command is answered by that.
func ExampleBuilder_WithDispatch() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		running, finish := make(chan struct{}), make(chan struct{})
		shop := network.Join(network.Builder("Acme.Shop.0").
			WithDispatch(dispatch.Config{
				MemoryLimit: 64 << 20,
				Queues:      map[string]dispatch.QueueConfig{"orders": {MaxMessages: 1, MaxBytes: 1 << 20, Policy: dispatch.Reject}},
			}).
			WithHandlers(zebus.HandleCommand(func(context.Context, *interop.Fail) error {
				running <- struct{}{}
				<-finish
				return nil
			}).OnQueue("orders")))
		first := shop.SendAsync(ctx, &interop.Fail{})
		<-running
		second := shop.SendAsync(ctx, &interop.Fail{})
		fmt.Println(shop.Send(ctx, &interop.Fail{}))
		for _, q := range shop.Stats().Dispatch.Queues {
			if q.Name == "orders" {
				fmt.Println(q.Length, "of", q.Limits.MaxMessages, "waits")
			}
		}
		fmt.Println(shop.Purge(), "dropped:", second.Wait(ctx))
		close(finish)
		fmt.Println(first.Wait(ctx))
	})
	// Output:
	// Acme.Shop.0 does not take Interop.Messages.Fail: dispatch: queue orders is full: limit of 1 messages (code 1)
	// 1 of 1 waits
	// 1 dropped: Acme.Shop.0 does not take Interop.Messages.Fail: dispatch: queue was purged (code 1)
	// <nil>
}

// Middleware does something around every handler; the highest priority is outermost.
func ExampleMiddleware() {
	shouting := func(next zebus.Handler) zebus.Handler {
		return next.Around(func(ctx context.Context, batch []zebus.Message, invoke zebus.Invoke) (zebus.Message, error) {
			reply, err := invoke(ctx, batch)
			if echo, ok := reply.(*interop.EchoReply); ok {
				echo.Text = strings.ToUpper(echo.Text)
			}
			return reply, err
		})
	}
	var loud atomic.Bool
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		shop := network.Join(network.Builder("Acme.Shop.0").WithHandlers(zebus.HandleRequest(echoes)).
			WithMiddleware(10, zebus.When(loud.Load, shouting)))
		for _, on := range []bool{true, false} {
			loud.Store(on)
			reply, err := zebus.Request(ctx, shop, &interop.Echo{Text: "tea"})
			fmt.Println(reply.Text, err)
		}
	})
	// Output:
	// TEA <nil>
	// tea <nil>
}

// A handler that fails is tried again, and what it gives up on is taken care of.
func ExampleHandler_Retry() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		tries := 0
		shop := network.Join(network.Builder("Acme.Shop.0").
			WithHandlers(zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
				tries++
				if n.Text == "" {
					return zebus.Permanent(errors.New("nothing to write"))
				}
				return errors.New("the pen is dry")
			}).Named("Shop.Write").Retry(zebus.RetryPolicy{Attempts: 2, First: time.Millisecond, Factor: 2})).
			WithDeadLetters(func(_ context.Context, letter zebus.DeadLetter) {
				fmt.Printf("%s gave up after %d: %v\n", letter.Handler, tries, letter.Err)
				tries = 0
			}))
		_ = shop.Publish(ctx, &interop.Note{Text: "tea"})
		_ = shop.Publish(ctx, &interop.Note{})
		network.WaitQuiet()
	})
	// Output:
	// Shop.Write gave up after 3: tried 3 times: the pen is dry
	// Shop.Write gave up after 1: nothing to write
}

// A reply with a code and a text that is no error of the handler's.
func ExampleReply() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		shop := network.Start("Acme.Shop.0", zebus.HandleCommand(func(ctx context.Context, _ *interop.Fail) error {
			return zebus.Reply(ctx, 202, "later")
		}))
		fmt.Println(shop.Send(ctx, &interop.Fail{}))
	})
	// Output: later (code 202)
}

// Errors of handlers are published for whoever watches the network, who may ask to have a message handled once more.
func ExampleBuilder_WithErrorPublication() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		dry := true
		shop := network.Join(network.Builder("Acme.Shop.0").WithErrorPublication(true).
			WithHandlers(zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
				if dry {
					return errors.New("the pen is dry")
				}
				fmt.Println("wrote", n.Text)
				return nil
			}).Named("Shop.Write")))
		failed := make(chan *zebus.MessageProcessingFailed, 1)
		watcher := network.Start("Acme.Watch.0", zebus.HandleEvent(func(_ context.Context, f *zebus.MessageProcessingFailed) error {
			failed <- f
			return nil
		}))
		_ = shop.Publish(ctx, &interop.Note{Text: "tea"})
		f := <-failed
		fmt.Println(f.FailingHandlerNames, f.ExceptionMessage, f.FailingMessageJSON)

		network.WaitQuiet()
		dry = false
		peer, _ := network.Peer("Acme.Shop.0")
		fmt.Println(watcher.SendTo(ctx, &zebus.ReplayMessageCommand{
			MessageToReplay: f.FailingMessage, HandlerTypes: f.FailingHandlerNames,
		}, peer))
		network.WaitQuiet()
	})
	// Unordered output:
	// [Shop.Write] the pen is dry {"Text":"tea","Number":0}
	// <nil>
	// wrote tea
}

// Who subscribes late gets what it has missed.
func ExampleSnapshot() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		network.Join(network.Builder("Acme.Market.0").WithSnapshots(zebus.Snapshot[interop.PriceChanged](
			func(_ context.Context, _ zebus.PeerID, key zebus.BindingKey) ([]zebus.Event, error) {
				market, _ := key.Part(0)
				return []zebus.Event{&interop.PriceChanged{Market: market, ID: 7}}, nil
			})))
		screen := network.Start("Acme.Screen.0")
		_, err := zebus.Subscribe(ctx, screen, interop.PriceChangedBinding{Market: zebus.Is("Paris")},
			func(_ context.Context, p *interop.PriceChanged) error {
				fmt.Println(p.Market, p.ID)
				return nil
			})
		network.WaitQuiet()
		fmt.Println(err)
	})
	// Output:
	// Paris 7
	// <nil>
}

// What a peer does again and again while it runs.
func ExamplePeriodic() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		swept := make(chan int)
		runs := 0
		shop := network.Join(network.Builder("Acme.Shop.0").WithPeriodic(zebus.Periodic{
			Name: "sweep", Every: time.Millisecond,
			Do: func(ctx context.Context) error {
				runs++
				select {
				case swept <- runs:
				case <-ctx.Done():
				case <-time.After(time.Second): // nobody looks any more
				}
				return nil
			},
		}))
		fmt.Println(<-swept, <-swept)
		_ = shop
	})
	// Output: 1 2
}

// An observer hears of what has no caller to be returned to.
func ExampleBuilder_WithObserver() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		shop := network.Join(network.Builder("Acme.Shop.0").
			WithLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError + 1}))).
			WithHandlers(zebus.HandleCommand(fail).Named("Shop.Fail")).
			WithObserver(zebus.Observer{HandlerFailed: func(handler string, m *zebus.TransportMessage, err error) {
				fmt.Println(handler, "failed on", m.Type.Name()+":", err)
			}}))
		_ = shop.Send(ctx, &interop.Fail{Code: 1, Text: "no tea"})
	})
	// Output: Shop.Fail failed on Fail: no tea
}

// A peer answers commands that it knows and does not handle, as one of Zebus (.NET) does.
func ExampleBuilder_WithMessages() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		network.Join(network.Builder("Acme.Shop.0").WithMessages((*interop.Knock)(nil)))
		client := network.Start("Acme.Client.0")
		peer, _ := network.Peer("Acme.Shop.0")
		fmt.Println(client.SendTo(ctx, &interop.Knock{}, peer))
	})
	// Output: <nil>
}

// A handler is tested without a bus: its context has the message, and tells what it answered.
func ExampleHandlerContext() {
	cmd := &interop.Fail{Code: 3, Text: "later"}
	ctx, answer := zebus.HandlerContext(context.Background(), zebustest.Envelope("Acme.Client.0", cmd))
	from, _ := zebus.OriginatorFrom(ctx)
	err := fail(ctx, cmd)
	code, text := answer()
	fmt.Println(from.SenderID, err, code, text)
	// Output: Acme.Client.0 <nil> 456 later
}
