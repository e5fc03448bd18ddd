package zebus

import (
	"bytes"
	"sync/atomic"
)

// blockSize is how many messages share a block.
const blockSize = 16

// A block is memory for incoming messages that follow each other, and for their contents. When all of them have been
// handled it is used again for others. Its messages lie side by side, so that the goroutine that reads what another one
// has written finds the next ones in its cache; and it is given back once for all of them.
//
// What is before the messages makes what is written anew for each of them a cache line of 64 bytes, together with the 8 bytes that
// Go's allocator has before it. The rest of a message is mostly read only, and stays in the caches of both processors.
type block struct {
	home
	messages [blockSize]incoming

	left     atomic.Int32 // messages that are not over, those not yet given out included
	spares   *spares      // where it goes when none is left
	contents []byte       // of those messages, unless they are large

	specials     *[blockSize]special // nil before one was needed
	usedSpecials int                 // specials[:usedSpecials] are given out

	next  *block       // while it waits for the next messages, and of those
	below atomic.Int32 // how many follow, about
}

func newBlock(spares *spares) *block {
	k := new(block)
	k.block, k.spares = k, spares
	for i := range k.messages {
		k.messages[i].home = &k.home
	}
	return k
}

// renew prepares a block for messages to come, in a run.
func (k *block) renew(r *run) {
	k.run, k.next = r, nil
	k.left.Store(blockSize)
	k.contents = k.contents[:0]
	k.usedSpecials = 0
}

// special returns what one of the messages has beyond others, which is the zero value and its own until it is over. All
// commands whose senders have a deadline are special.
func (k *block) special() *special {
	if k.specials == nil {
		k.specials = new([blockSize]special)
	}
	k.usedSpecials++
	return &k.specials[k.usedSpecials-1]
}

// copyOf returns a copy of a content that lasts as long as its message.
func (k *block) copyOf(content []byte) []byte {
	if len(content) > mostShared {
		return bytes.Clone(content)
	}
	return k.added(append(k.room(len(content)), content...))
}

// encode returns the content of a message, which lasts as long as what it becomes the content of.
func (k *block) encode(m Message) []byte {
	size := m.ZebusSize()
	if size > mostShared {
		return m.ZebusAppend(make([]byte, 0, size))
	}
	return k.added(m.ZebusAppend(k.room(size)))
}

// room returns the contents, behind which there is room for so many bytes. What is there already stays where it is. It is never
// nil: a content of no bytes is not the same as none where the message is written as part of another one.
func (k *block) room(size int) []byte {
	if k.contents == nil || len(k.contents)+size > cap(k.contents) {
		room := max(2*cap(k.contents), blockSize*size, leastShared)
		k.contents = make([]byte, 0, min(room, blockSize*mostShared))
	}
	return k.contents
}

// added returns what the contents have more than before.
func (k *block) added(contents []byte) []byte {
	from, to := len(k.contents), len(contents)
	k.contents = contents
	return contents[from:to:to]
}

// mostShared is the size in bytes of the largest content that shares memory with others: a block keeps room for as many as
// it has messages. leastShared is the smallest such memory.
const (
	mostShared  = 1024
	leastShared = 64 * blockSize
)

// giveBack says that so many of the messages are over. When none is left, others may come.
func (k *block) giveBack(n int) {
	if k.left.Add(int32(-n)) == 0 {
		k.spares.put(k)
	}
}

// spares are blocks whose memory waits for the next messages. They are put back one at a time, mostly by the goroutines of the
// queues, and taken all together by who needs some: so a compare-and-swap is all it takes, and cannot mistake one state of the
// list for another.
type spares struct {
	top atomic.Pointer[block]
}

// mostSpares bounds what a burst leaves behind.
const mostSpares = 4096 / blockSize

// put adds a block that nobody knows any more.
func (s *spares) put(k *block) {
	for {
		top := s.top.Load()
		k.next = top
		below := int32(0)
		if top != nil {
			below = top.below.Load() + 1 // top may be in use by now, and even be back
		}
		k.below.Store(below)
		if below >= mostSpares {
			k.next = nil // a context that somebody keeps must not keep them all
			return
		}
		if s.top.CompareAndSwap(top, k) {
			return
		}
	}
}

// takeAll returns all of them, linked by next.
func (s *spares) takeAll() *block { return s.top.Swap(nil) }

// A supply gives out memory for messages. It is used by one goroutine at a time.
type supply struct {
	spares  *spares // where blocks come from, and go back to
	current *block  // nil before the first message
	used    int     // current.messages[:used] are given out
	free    *block  // for the messages after those, linked by next
}

// next returns memory for a message, in a run.
func (s *supply) next(r *run) *incoming {
	if k := s.current; k == nil || s.used == blockSize || k.run != r {
		s.nextBlock(r)
	}
	in := &s.current.messages[s.used]
	s.used++
	return in
}

func (s *supply) nextBlock(r *run) {
	if k := s.current; k != nil && s.used < blockSize { // it was begun in an earlier run
		k.giveBack(blockSize - s.used)
	}
	k := s.free
	if k == nil {
		if k = s.spares.takeAll(); k == nil {
			k = newBlock(s.spares)
		}
	}
	s.free = k.next
	k.renew(r)
	s.current, s.used = k, 0
}
