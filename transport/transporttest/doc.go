// Package transporttest is the contract of [zebus.Transport] as a test suite. An implementation runs it from a test of
// its own:
//
//	func TestTransport(t *testing.T) {
//		features := transporttest.Features{EndOfStream: true, Listen: listen, Inject: inject}
//		transporttest.Run(t, features, func(tb testing.TB, o transporttest.Options) zebus.Transport {
//			…
//		})
//	}
//
// All transports of one Run can reach each other. The suite stops every transport that it starts, waits for events,
// lets time pass only where a timeout is what it checks, and skips the cases that need what [Features] does not announce.
//
// [Inbound] stands in for the bus, in the suite and in other tests of transports.
package transporttest
