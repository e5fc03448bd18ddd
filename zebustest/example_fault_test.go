package zebustest_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// A handler that must stand a message that comes twice.
func ExampleNetwork_Duplicate() {
	test(func(t zebustest.TB) {
		network := zebustest.NewNetwork(t)
		seen := map[zebus.MessageID]int{}
		network.Start("Acme.Ledger.0", zebus.HandleEvent(func(ctx context.Context, _ *interop.Note) error {
			id, _ := zebus.MessageIDFrom(ctx)
			seen[id]++
			return nil
		}))
		shop := network.Start("Acme.Shop.0")
		stop := network.Duplicate(zebustest.Traffic{To: "Acme.Ledger.0", Type: zebustest.TypeID[*interop.Note]()})
		_ = shop.Publish(t.Context(), &interop.Note{})
		network.WaitQuiet()
		stop()
		_ = shop.Publish(t.Context(), &interop.Note{})
		network.WaitQuiet()

		for id, times := range seen {
			fmt.Println(times, id.IsZero())
		}
	})
	// Unordered output:
	// 2 false
	// 1 false
}

// What cannot reach its peer is told: to the sender of a command, and for events to the observer.
func ExampleNetwork_Cut() {
	test(func(t zebustest.TB) {
		network := zebustest.NewNetwork(t)
		network.Start("Acme.Press.0", zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }))
		shop := network.Start("Acme.Shop.0")
		network.Cut(zebustest.Traffic{To: "Acme.Press.0"})
		_ = shop.Publish(t.Context(), &interop.Note{})
		network.WaitQuiet()
		for _, problem := range network.Problems() {
			fmt.Println(problem.Peer, problem.What, errors.Is(problem.Err, zebus.ErrPeerUnreachable))
		}
	})
	// Output: Acme.Shop.0 a message did not reach Acme.Press.0 true
}

// What is sent to a peer that hangs waits, and is there when the peer goes on.
func ExampleNetwork_Hang() {
	test(func(t zebustest.TB) {
		network := zebustest.NewNetwork(t)
		network.Script("Acme.Echo.0", zebustest.Reply(func(cmd *interop.Echo) (*interop.EchoReply, error) {
			return &interop.EchoReply{Text: cmd.Text}, nil
		}))
		client := network.Start("Acme.Client.0")
		resume := network.Hang("Acme.Echo.0")
		pending := client.SendAsync(t.Context(), &interop.Echo{Text: "anybody there?"})
		fmt.Println(client.PendingCommands(), "waits")
		resume()
		var reply interop.EchoReply
		fmt.Println(pending.Reply(t.Context(), &reply), reply.Text)
	})
	// Output:
	// 1 waits
	// <nil> anybody there?
}

// Messages by their types, and in their order.
func ExampleExpectOrder() {
	test(func(t zebustest.TB) {
		rec := zebustest.NewRecorder()
		_ = rec.Publish(t.Context(), &interop.Note{Text: "tea"})
		_ = rec.Send(t.Context(), &interop.Knock{})
		_ = rec.Publish(t.Context(), &interop.PriceChanged{Market: "Paris"})

		fmt.Println(zebustest.One[*interop.PriceChanged](t, rec).Market)
		zebustest.ExpectOrder(t, rec, &interop.Note{Text: "tea"}, &interop.PriceChanged{Market: "Paris"})
		zebustest.ExpectOrder(t, rec, &interop.Knock{}, &interop.Note{Text: "tea"})
	})
	// Output:
	// Paris
	// FAIL: message 2 of 2 was not sent in this order: Note{Text: "tea"}
	// 	recorded:
	// 		1. published Note{Text: "tea"}
	// 		2. sent Knock{}
	// 		3. published PriceChanged{Market: "Paris"}
}
