package zebustest_test

import (
	"fmt"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// A sample has something in every field; a test sets what it is about.
func ExampleSample() {
	test(func(t zebustest.TB) {
		evt := zebustest.Sample[*interop.PriceChanged](t)
		evt.Market = "Paris"
		fmt.Println(evt.Market, evt.ID, evt.Price, evt.At, evt.Amount)
	})
	// Output: Paris 1 2.5 2001-02-03 04:05:03 +0000 UTC 4.25
}

// All messages that a service takes are read as they were written, whatever fields they get.
func ExampleSampleOf() {
	handlers := []zebus.Handler{zebus.HandleRequest(echo)} // those of the service
	test(func(t zebustest.TB) {
		for _, h := range handlers {
			m := zebustest.SampleOf(t, h.Type())
			zebustest.ExpectRoundTrip(t, m)
			fmt.Printf("%s %+v\n", h.Type().ID().Name(), m)
		}
	})
	// Output: Echo &{Text:Text Number:1}
}

// An envelope is a message as it travels, to be changed where the test is about that.
func ExampleEnvelope() {
	msg := zebustest.Envelope("Acme.Client.0", &interop.Note{Text: "tea"})
	msg.Content = append(msg.Content, 0xff) // cut off in the middle of a field

	err := new(interop.Note).ZebusUnmarshal(msg.Content)
	fmt.Println(msg.Type, "of", msg.Originator.SenderID, "in", *msg.Environment, "can be read:", err == nil)
	// Output: Interop.Messages.Note of Acme.Client.0 in Test can be read: false
}
