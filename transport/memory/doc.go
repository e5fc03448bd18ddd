// Package memory carries messages between the buses of one process, through the real wire form: each message is
// written to a frame, checked and read again, exactly as if it had crossed a network. It is made for tests and demos.
//
//	network := memory.NewNetwork()
//	a, err := network.NewTransport(memory.Config{})
//	b, err := network.NewTransport(memory.Config{Endpoint: "tcp://localhost:41000"})
//
// A [Network] is the wire. Peers on it find each other by endpoint. A test can listen at an endpoint itself
// ([Network.Listen]), put frames on the wire ([Network.Inject]), watch what passes ([Network.Tap]), and break things:
// a peer that hangs ([Network.Hang]) or is cut off ([Network.Partition]), frames that are lost, late or there twice
// ([Network.Interfere]). [Network.Account] tells when nothing is under way.
//
// What a [Transport] accepts arrives in order, or is reported, each message exactly once: with a [*zebus.SendError] by
// Send where the queue of a peer is full, by SendFailed where nobody listens at its endpoint, where it stops first, or
// where this transport stops first. Only a [Fate] of a test's own choice makes it otherwise. There is no end-of-stream
// handshake, because nothing can be under way unseen.
//
// Each transport has one goroutine, which waits in ways that a testing/synctest bubble understands.
package memory
