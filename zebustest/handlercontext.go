package zebustest

import (
	"context"

	"github.com/zebus-go/zebus/zebus"
)

// HandlerContext returns the context with which a bus would call a handler of the message, for handlers that look at it
// ([zebus.OriginatorFrom], [zebus.MessageIDFrom]) or answer by it ([zebus.Reply]), and are tested without a bus. answer
// returns what Reply has set so far. The message is mostly made by [Envelope], and changed where a test is about that.
//
//	cmd := &PlaceOrder{Item: "tea"}
//	ctx, answer := zebustest.HandlerContext(t.Context(), zebustest.Envelope("Acme.Client.0", cmd))
//	receipt, err := shop.PlaceOrder(ctx, cmd)
//	code, text := answer()
func HandlerContext(parent context.Context, m zebus.TransportMessage) (ctx context.Context, answer func() (code int, text string)) {
	return zebus.HandlerContext(parent, m)
}
