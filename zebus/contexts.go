package zebus

import (
	"sync"

	"github.com/zebus-go/zebus/dispatch"
)

// contextBases finds what the context of a message has in common with others. It is used by one goroutine at a time.
type contextBases struct {
	last *contextBase // nil before the first message
}

// of returns the base for the context of a message: that of the message before, where it is right for this one too.
func (bs *contextBases) of(in *incoming, lease *dispatch.Lease) *contextBase {
	if b := bs.last; b != nil && b.run == in.run && b.lease == lease && in.special == nil && b.lateID == in.idIsLate() {
		return b
	}
	b := in.contextBase(lease)
	if b.extra == nil { // otherwise it is of this message alone
		bs.last = b
	}
	return b
}

// contexts gives out contexts of handlers, for which memory is asked for in blocks: a handler may keep its context, so that
// it cannot be used again. It is used by one goroutine at a time.
type contexts struct {
	bases contextBases
	block *[blockSize]messageContext
	used  int // block[:used] are given out
}

// of returns the context of a handler of a message.
func (c *contexts) of(in *incoming, turn dispatch.Turn) *messageContext {
	if c.block == nil || c.used == blockSize {
		c.block, c.used = new([blockSize]messageContext), 0
	}
	next := &c.block[c.used]
	c.used++
	return next.show(c.bases.of(in, turn.Lease()), in, turn)
}

// sharedContexts are contexts for an inline handler. Mostly that runs on the receiving goroutine alone, or on one that sends to
// this peer itself; when it runs on several at a moment, one of them does not wait for the others' block.
type sharedContexts struct {
	mu       sync.Mutex
	contexts contexts
}

func (c *sharedContexts) of(in *incoming, turn dispatch.Turn) *messageContext {
	if !c.mu.TryLock() {
		return newContext(in, turn)
	}
	defer c.mu.Unlock()
	return c.contexts.of(in, turn)
}
