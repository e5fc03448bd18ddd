// Package transport is the envelope: the wire form of a [zebus.TransportMessage], shared by whatever carries or stores
// it. One message is one frame.
//
// Writing is append-style. [AppendMessage] writes any message in the order of Zebus (.NET). A [Writer] does the same
// for the peer it was made for, with its own identity encoded once; its frames end with the byte that says whether the
// message was stored, so that [SetWasPersisted] turns the frame of one target into that of the next and
// [AsPersistRequest] into that for the persistence.
//
//	frame = w.Append(frame[:0], msg)
//	for _, peer := range targets {
//		transport.SetWasPersisted(frame, stored(peer))
//		send(peer, frame)
//	}
//
// Reading is stricter than protobuf, because the reader of .NET is: numbers have at most four bytes, an unknown number
// makes a frame invalid, unknown fields of other wire types are passed over. [ReadMessage] reads one frame. A [Reader]
// reads many, keeps the words it has seen, and allocates nothing for a message made of known ones. Neither panics,
// whatever the bytes; what they refuse wraps [ErrFrame]. [Check] then says whether a message may go up to the bus.
//
// A message that was read shares the memory of its frame: the content is a part of it.
package transport
