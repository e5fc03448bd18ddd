package zebus

import (
	"unsafe"

	"github.com/zebus-go/zebus/wire"
)

// A decoder makes messages of one type of their contents. It is used by one goroutine at a time, but for [decode].
type decoder func(content []byte) (Message, error)

// decode makes one message. Unlike other decoders it may be used by several goroutines.
func decode[M any, P messagePointer[M]](content []byte) (Message, error) {
	m := P(new(M))
	return m, m.ZebusUnmarshal(content)
}

// A giver makes what a handler is given for each message: the message, to be read, and memory for its context. It is used by
// one goroutine at a time.
type giver func() (Message, *messageContext)

// given is what a handler is given for one message.
type given[M any] struct {
	context messageContext
	message M
}

// mostTogether bounds the bytes of messages and contexts for which memory is asked for together. A handler that keeps one of
// them keeps that much alive.
const mostTogether = 1024

// newGiver returns a giver that asks for memory for several messages at once where they are small. What they hold beside that,
// as long texts, is their own.
func newGiver[M any, P messagePointer[M]]() giver {
	together := mostTogether / int(unsafe.Sizeof(given[M]{}))
	if together < 2 {
		return func() (Message, *messageContext) { return P(new(M)), new(messageContext) }
	}
	var block []given[M]
	used := together
	return func() (Message, *messageContext) {
		if used == together {
			block, used = make([]given[M], together), 0
		}
		next := &block[used]
		used++
		return P(&next.message), &next.context
	}
}

// newDecoder returns a decoder for messages that are read one after the other: small ones and their short texts share memory.
func newDecoder[M any, P messagePointer[M]]() decoder {
	together := max(1, mostTogether/max(1, int(unsafe.Sizeof(*new(M)))))
	together = min(together, blockSize)
	var block []M
	var r wire.Reader
	used := together
	return func(content []byte) (Message, error) {
		if used == together {
			block, used = make([]M, together), 0
		}
		m := P(&block[used])
		used++
		r.Reset(content)
		m.ZebusRead(&r)
		return m, r.Err()
	}
}
