package zebustest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// A handler that looks at its context and answers by it, without a bus.
func ExampleHandlerContext() {
	handler := func(ctx context.Context, cmd *interop.Fail) error {
		from, _ := zebus.OriginatorFrom(ctx)
		return zebus.Reply(ctx, 403, fmt.Sprintf("not for %s, %s", from.SenderID, cmd.Text))
	}
	cmd := &interop.Fail{Text: "sorry"}
	ctx, answer := zebustest.HandlerContext(context.Background(), zebustest.Envelope("Acme.Client.0", cmd))
	err := handler(ctx, cmd)
	code, text := answer()
	fmt.Println(err, code, text)
	// Output: <nil> 403 not for Acme.Client.0, sorry
}

// Messages arrive later, or twice.
func ExampleNetwork_Delay() {
	test(func(t zebustest.TB) {
		network := zebustest.NewNetwork(t)
		network.Start("Acme.Press.0", zebus.HandleEvent(func(_ context.Context, n *interop.Note) error {
			fmt.Println(n.Text)
			return nil
		}))
		shop := network.Start("Acme.Shop.0")
		network.Delay(zebustest.Traffic{To: "Acme.Press.0"}, 20*time.Millisecond)
		network.Duplicate(zebustest.Traffic{Type: zebustest.TypeID[*interop.Note](), First: 1})

		_ = shop.Publish(t.Context(), &interop.Note{Text: "tea"})
		fmt.Println("published")
		network.WaitQuiet()
	})
	// Output:
	// published
	// tea
	// tea
}
