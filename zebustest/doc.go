// Package zebustest tests services on the bus: in one process, without ports, and without sleeping.
//
// A [Network] holds any number of buses. They know each other, talk through the real wire form, and are stopped when
// the test ends, which fails when something is left over.
//
//	func TestOrder(t *testing.T) {
//		network := zebustest.NewNetwork(t)
//		network.Start("Acme.Shop.0", shop.Handlers()...)
//		client := network.Start("Acme.Client.0")
//
//		reply, err := zebus.Request(t.Context(), client, &PlaceOrder{Item: "tea"})
//		…
//		network.WaitQuiet() // no message is under way anywhere
//		zebustest.ExpectPublished(t, network.From("Acme.Shop.0"), &OrderPlaced{Item: "tea"})
//	}
//
// The network records what its peers send, publish and answer, events that nobody subscribed to included. [Sent],
// [Published], [Replied] and [One] look at the records by type; the Expect functions compare them with what the test
// wants, field by field and as the wire carries them, and say what was there instead.
//
// [Sample] makes a message with something in every field, for tests that are about one of them, and [Envelope] the message around
// it as it travels, for [HandlerContext] and [Network.Deliver].
//
// Peers that are not under test are played by scripts: [Network.Script]. Code that only sends is tested with a
// [Recorder], which is no bus at all.
//
// [Run] does the same in a bubble of testing/synctest, where time is fake: a minute passes at once, and a goroutine left
// behind fails the test.
//
// Networks break on request: [Network.Drop], [Network.Delay], [Network.Duplicate], [Network.Cut], [Network.Partition] and
// [Network.Hang] say between whom, and [Network.Heal] makes it good again.
package zebustest
