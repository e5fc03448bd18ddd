package zebus

import "unsafe"

// A decoder makes messages of one type of their contents. It is used by one goroutine at a time.
type decoder func(content []byte) (Message, error)

// mostTogether bounds the bytes of small messages for which memory is asked for together. A handler that keeps one of them
// keeps that much alive.
const mostTogether = 1024

// newDecoder returns a decoder that asks for the memory of several small messages at once. What they hold beside that, as
// texts, is their own.
func newDecoder[M any, P messagePointer[M]]() decoder {
	together := mostTogether / max(1, int(unsafe.Sizeof(*new(M))))
	if together < 2 {
		return decode[M, P]
	}
	var free []M
	return func(content []byte) (Message, error) {
		if len(free) == 0 {
			free = make([]M, min(together, blockSize))
		}
		m := P(&free[0])
		free = free[1:]
		return m, m.ZebusUnmarshal(content)
	}
}

// decode makes one message. Unlike a decoder it may be used by several goroutines.
func decode[M any, P messagePointer[M]](content []byte) (Message, error) {
	m := P(new(M))
	return m, m.ZebusUnmarshal(content)
}
