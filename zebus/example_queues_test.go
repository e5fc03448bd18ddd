package zebus_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// Handlers of one queue run one at a time; those of another run beside them.
func ExampleHandler_OnQueue() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		baked := make(chan struct{})
		shop := network.Start("Acme.Shop.0",
			zebus.HandleCommand(func(context.Context, *interop.Knock) error { <-baked; return nil }).OnQueue("oven"),
			zebus.HandleRequest(echoes).OnQueue("counter"))
		slow := shop.SendAsync(ctx, &interop.Knock{})
		fmt.Println(shop.Send(ctx, &interop.Echo{}))
		close(baked)
		fmt.Println(slow.Wait(ctx))
	})
	// Output:
	// <nil>
	// <nil>
}

// A handler that waits lends its queue to the next message. A serial one keeps it: here the note comes after the order.
func ExampleHandler_Serial() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		asked, answer := make(chan struct{}), make(chan struct{})
		network.Start("Acme.Stock.0", zebus.HandleRequest(func(context.Context, *interop.Echo) (*interop.EchoReply, error) {
			close(asked)
			<-answer
			return &interop.EchoReply{}, nil
		}))
		var calls []string // by handlers of one queue: it needs no lock
		var shop *zebus.Bus
		shop = network.Start("Acme.Shop.0",
			zebus.HandleCommand(func(ctx context.Context, _ *interop.Knock) error {
				err := shop.Send(ctx, &interop.Echo{})
				calls = append(calls, "served")
				return err
			}).Serial(),
			zebus.HandleEvent(func(context.Context, *interop.Note) error { calls = append(calls, "noted"); return nil }))
		order := shop.SendAsync(ctx, &interop.Knock{})
		<-asked
		_ = shop.Publish(ctx, &interop.Note{})
		close(answer)
		err := order.Wait(ctx)
		network.WaitQuiet()
		fmt.Println(calls, err)
	})
	// Output: [served noted] <nil>
}

// An inline handler runs on the goroutine that receives, or sends, and must not wait.
func ExampleHandler_Inline() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		var shop *zebus.Bus
		shop = network.Start("Acme.Shop.0", zebus.HandleRequest(echoes),
			zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
				fmt.Println(errors.Is(shop.Send(ctx, &interop.Echo{}), zebus.ErrInlineWait))
				return nil
			}).Inline())
		_ = shop.Publish(ctx, &interop.Note{})
		fmt.Println("published") // after its handler has run
	})
	// Output:
	// true
	// published
}

// What a handler subscribes to at the start: nothing by itself when it is manual, everything when it is automatic.
func ExampleHandler_Mode() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		screen := network.Start("Acme.Screen.0", zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			fmt.Println(n.Text)
			return nil
		}).Mode(zebus.SubscribeManual))
		shop := network.Start("Acme.Shop.0")
		_ = shop.Publish(ctx, &interop.Note{Text: "not heard"})
		sub, _ := screen.Subscribe(ctx, zebus.SubscribeTo((*interop.Note)(nil).ZebusType().ID()))
		_ = shop.Publish(ctx, &interop.Note{Text: "heard"})
		network.WaitQuiet()
		fmt.Println(sub.Stop(ctx))
	})
	// Output:
	// heard
	// <nil>
}

// One handler for what several bindings match.
func ExampleSubscriptionRequest_Also() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		market, screen := network.Start("Acme.Market.0"), network.Start("Acme.Screen.0")
		_, err := screen.SubscribeAll(ctx, zebus.On(interop.PriceChangedBinding{Market: zebus.Is("Paris")},
			func(_ context.Context, p *interop.PriceChanged) error {
				fmt.Println(p.Market, p.ID)
				return nil
			}).Also(interop.PriceChangedBinding{ID: zebus.Is[int32](7)}))
		for _, p := range []*interop.PriceChanged{{Market: "Paris", ID: 7}, {Market: "Oslo", ID: 7}, {Market: "Oslo", ID: 8}} {
			_ = market.Publish(ctx, p)
		}
		network.WaitQuiet()
		fmt.Println(err)
	})
	// Output:
	// Paris 7
	// Oslo 7
	// <nil>
}

// Messages to peers of the caller's choice.
func ExampleBus_PublishTo() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		for _, id := range []zebus.PeerID{"Acme.Press.0", "Acme.Press.1"} {
			network.Start(id, zebus.HandleEvent(func(context.Context, *interop.Note) error { fmt.Println("at", id); return nil }))
		}
		shop := network.Start("Acme.Shop.0")
		if to, known := shop.Peer("Acme.Press.1"); known {
			fmt.Println(shop.PublishTo(ctx, &interop.Note{}, to))
		}
		network.WaitQuiet()
	})
	// Unordered output:
	// <nil>
	// at Acme.Press.1
}

// Whoever publishes faster than the slowest peer reads waits for room.
func ExampleBus_Flush() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		heard := 0
		network.Start("Acme.Press.0", zebus.HandleEvent(func(context.Context, *interop.Note) error { heard++; return nil }))
		shop := network.Start("Acme.Shop.0")
		for range 1000 {
			err := shop.Publish(ctx, &interop.Note{})
			for errors.Is(err, zebus.ErrPeerBusy) {
				_ = shop.Flush(ctx)
				err = shop.Publish(ctx, &interop.Note{})
			}
		}
		network.WaitQuiet()
		fmt.Println(heard)
	})
	// Output: 1000
}

// A message that nobody can read is kept in a file.
func ExampleBuilder_WithDumpFolder() {
	folder, _ := os.MkdirTemp("", "dumps")
	defer func() { _ = os.RemoveAll(folder) }()
	onNetwork(func(_ context.Context, network *zebustest.Network) {
		network.Join(network.Builder("Acme.Press.0").WithDumpFolder(folder).
			WithHandlers(zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil })))
		m := zebustest.Envelope("Acme.Shop.0", &interop.Note{})
		m.Content = []byte{0xff}
		network.Deliver("Acme.Press.0", m)
		network.WaitQuiet()
		files, _ := filepath.Glob(filepath.Join(folder, "*", "*_Interop.Messages.Note"))
		fmt.Println(len(files), network.Problems()[0].Err)
	})
	// Output: 1 zebus: message cannot be read: Interop.Messages.Note: field 0 at byte 0: wire: truncated
}

// A command without a deadline of its own waits no longer than this.
func ExampleBuilder_WithDefaultCommandTimeout() {
	onNetwork(func(ctx context.Context, network *zebustest.Network) {
		network.Start("Acme.Echo.0", zebus.HandleRequest(echoes))
		client := network.Join(network.Builder("Acme.Client.0").WithDefaultCommandTimeout(time.Millisecond))
		network.Drop(zebustest.Traffic{From: "Acme.Client.0"})
		fmt.Println(client.Send(ctx, &interop.Echo{}))
	})
	// Output: Interop.Messages.Echo to Acme.Echo.0: zebus: no answer within the default command timeout of 1ms
}
