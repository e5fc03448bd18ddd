// Package zmq carries messages over libzmq, as every Zebus peer does: one PULL socket in, one PUSH socket per peer out.
//
// A [Transport] is made from a [Config] by [New] and fulfils [zebus.Transport]. It needs cgo and libzmq 4; built
// without cgo, New says so.
//
// # Sending
//
// Whoever calls Send writes the socket of the peer itself, without waiting. A socket that takes no more gets a queue,
// and a goroutine that empties it and knows no other peer; so a slow, dead or hung peer delays nobody but itself.
// Messages to one peer leave in the order of Send. A queue that makes no progress for a while puts its peer in the
// closed state, where messages fail at once.
//
// While events leave faster than 200,000 a second, up to 64 of them wait for each other in such a queue, about a
// millisecond at most, and are given to libzmq with one call. Whatever else is sent to the peer takes them along, and so
// do Flush and Stop. docs/adr/0007 has the reasons.
//
// # What becomes of messages
//
// A socket lives as long as its one connection. While the connection is being made, the messages in it are known by
// ID, and each is reported when the peer cannot be reached. Once it stands, libzmq and two kernels hold messages that
// nobody can name; when the connection dies, [zebus.Inbound.SendUncertain] says how many may be lost. Nothing is
// kept for a later connection but what this package had queued itself. docs/adr/0005 has the reasons.
//
// # Receiving
//
// One goroutine at a time reads all frames that are there and hands them up as a batch. It never waits for anything
// else, and runs no code of users but handlers that ask for it. On Linux the goroutines take turns: one that has read all
// there is, and is left with handlers to run, lets the next one read the socket and runs them itself, and somebody who
// waits for a reply reads the socket meanwhile, so that neither has to be woken. docs/adr/0006 has the reasons. Frames that are no messages are
// logged, told to the bus as a [zebus.RejectionListener], and forgotten.
package zmq
