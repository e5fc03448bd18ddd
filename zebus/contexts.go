package zebus

import "sync"

// contexts gives out contexts of handlers, for which memory is asked for in blocks: a handler may keep its context, so that
// it cannot be used again. It is used by one goroutine at a time: that with the turn of a queue.
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
