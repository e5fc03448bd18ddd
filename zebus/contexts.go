package zebus

import (
	"sync"

	"github.com/zebus-go/zebus/dispatch"
)

// contextBases finds what the context of a message has in common with others. It is used by one goroutine at a time.
type contextBases struct {
	last     *contextBase                 // nil before the first message
	bySender map[*Originator]*contextBase // for when several senders send at a time
}

// mostBases bounds what is remembered of senders that are long gone.
const mostBases = 64

// of returns the base for the context of a message: that of the message before, where it is right for this one too.
func (bs *contextBases) of(in *incoming, lease *dispatch.Lease) *contextBase {
	if in.special != nil {
		return in.contextBase(lease) // of this message alone
	}
	if b := bs.last; b == nil || !b.suits(in, lease) {
		bs.last = bs.find(in, lease)
	}
	return bs.last
}

// find is of for a message of another sender than the one before, mostly.
func (bs *contextBases) find(in *incoming, lease *dispatch.Lease) *contextBase {
	if b := bs.bySender[in.originator]; b != nil && b.suits(in, lease) {
		return b
	}
	if bs.bySender == nil || len(bs.bySender) >= mostBases {
		bs.bySender = map[*Originator]*contextBase{}
	}
	b := in.contextBase(lease)
	bs.bySender[in.originator] = b
	return b
}

// suits says whether the base is right for a message that is not special.
func (b *contextBase) suits(in *incoming, lease *dispatch.Lease) bool {
	return b.originator == in.originator && b.lease == lease && b.run == in.run && b.lateID == in.idIsLate()
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
