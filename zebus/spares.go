package zebus

import (
	"sync"
	"sync/atomic"
)

// spares are incoming messages whose memory waits for the next ones. Those that have been handled are put back by the
// goroutines of the queues, one at a time, and taken by the receiving one all together: so a compare-and-swap is all it
// takes, and cannot mistake one state of the list for another.
type spares struct {
	top atomic.Pointer[incoming]
}

// mostSpares bounds what a burst leaves behind.
const mostSpares = 4096

// put adds an incoming message that nobody knows any more.
func (s *spares) put(in *incoming) {
	for {
		top := s.top.Load()
		in.next, in.below = top, 0
		if top != nil {
			in.below = top.below + 1
		}
		if in.below >= mostSpares || s.top.CompareAndSwap(top, in) {
			return
		}
	}
}

// takeAll returns all of them, linked by next.
func (s *spares) takeAll() *incoming { return s.top.Swap(nil) }

// blockSize is for how many messages memory is asked for at once.
const blockSize = 16

// newBlock returns new messages, linked by next.
func newBlock() *incoming {
	block := make([]incoming, blockSize)
	for i := range block[1:] {
		block[i].next = &block[i+1]
	}
	return &block[0]
}

// contexts gives out contexts of handlers, for which memory is asked for in blocks too. It is used by one goroutine at a
// time: that with the turn of a queue.
type contexts struct {
	block []messageContext
}

func (c *contexts) next() *messageContext {
	if len(c.block) == 0 {
		c.block = make([]messageContext, blockSize)
	}
	next := &c.block[0]
	c.block = c.block[1:]
	return next
}

// sharedContexts are contexts for an inline handler. Mostly that runs on the receiving goroutine alone, or on one that sends to
// this peer itself; when it runs on several at a moment, one of them does not wait for the others' block.
type sharedContexts struct {
	mu       sync.Mutex
	contexts contexts
}

func (c *sharedContexts) next() *messageContext {
	if !c.mu.TryLock() {
		return &messageContext{}
	}
	defer c.mu.Unlock()
	return c.contexts.next()
}
