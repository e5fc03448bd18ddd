package zebus

import (
	"sync"

	"github.com/zebus-go/zebus/dispatch"
)

// contextBases finds what the context of a message has in common with others. It is used by one goroutine at a time.
type contextBases struct {
	last     *senderShare                 // nil before the first message
	bySender map[*Originator]*senderShare // for when several senders send at a time
	rests    []contextRest                // memory for those of which each context has its own
}

// senderShare is what contexts of a sender's messages share: the base all of them, the rest those that know no more.
type senderShare struct {
	base  contextBase
	rest  contextRest // where the ID is of the same source as that of the first message, as nearly always
	other halfID      // source of the last one where it was not
}

// mostBases bounds what is remembered of senders that are long gone.
const mostBases = 64

// of returns what contexts of the sender of a message have in common: mostly the same as for the message before.
func (bs *contextBases) of(in *incoming, lease *dispatch.Lease) *senderShare {
	if s := bs.last; s == nil || !s.base.suits(in, lease) {
		bs.last = bs.find(in, lease)
	}
	return bs.last
}

// find is of for a message of another sender than the one before, mostly.
func (bs *contextBases) find(in *incoming, lease *dispatch.Lease) *senderShare {
	if s := bs.bySender[in.originator]; s != nil && s.base.suits(in, lease) {
		return s
	}
	return bs.add(in, lease)
}

func (bs *contextBases) add(in *incoming, lease *dispatch.Lease) *senderShare {
	if bs.bySender == nil || len(bs.bySender) >= mostBases {
		bs.bySender = map[*Originator]*senderShare{}
	}
	s := new(senderShare)
	s.base.be(in, lease)
	s.rest.contextBase, s.rest.source = &s.base, sourceOfID(&in.id)
	bs.bySender[in.originator] = s
	return s
}

// restOf returns all that the context of a message shares.
func (bs *contextBases) restOf(in *incoming, lease *dispatch.Lease) *contextRest {
	s := bs.of(in, lease)
	if s.rest.source == sourceOfID(&in.id) {
		return &s.rest
	}
	return bs.restOfOther(s, in, lease)
}

// restOfOther is restOf for a message whose ID is not of the source that is remembered. Its sender has been started anew, or its IDs
// have nothing in common, as those of zebus-rs.
func (bs *contextBases) restOfOther(s *senderShare, in *incoming, lease *dispatch.Lease) *contextRest {
	source := sourceOfID(&in.id)
	if s.other == source {
		bs.last = bs.add(in, lease)
		return &bs.last.rest
	}
	s.other = source
	if len(bs.rests) == 0 {
		bs.rests = make([]contextRest, 2*blockSize)
	}
	r := &bs.rests[0]
	bs.rests = bs.rests[1:]
	r.contextBase, r.source = &s.base, source
	return r
}

// be makes b the base for the context of a message, and of others that it suits.
func (b *contextBase) be(in *incoming, lease *dispatch.Lease) {
	b.run, b.lease, b.originator, b.lateID = in.run, lease, in.originator, in.idIsLate()
}

// suits says whether the base is right for a message.
func (b *contextBase) suits(in *incoming, lease *dispatch.Lease) bool {
	return b.originator == in.originator && b.lease == lease && b.run == in.run && b.lateID == in.idIsLate()
}

// ownContext is a context that knows its message, and shares its base alone.
type ownContext struct {
	messageContext

	rest contextRest
}

// loneContext is a context that shares nothing.
type loneContext struct {
	ownContext

	base contextBase
}

// specialContext is the context of a special message.
type specialContext struct {
	loneContext

	extra contextExtra
}

// newContext returns the context of a handler of a message, where no other is at hand that it could share something with.
func newContext(in *incoming, turn dispatch.Turn) *messageContext {
	if in.special != nil {
		return new(specialContext).show(in, turn)
	}
	return new(loneContext).show(in, turn)
}

// show makes c the context of a handler of the message.
func (c *specialContext) show(in *incoming, turn dispatch.Turn) *messageContext {
	c.extra.hands, c.extra.limit.until = in.special.hands, in.special.deadline
	c.base.extra = &c.extra
	return c.loneContext.show(in, turn)
}

// show makes c the context of a handler of the message.
func (c *loneContext) show(in *incoming, turn dispatch.Turn) *messageContext {
	c.base.be(in, turn.Lease())
	return c.ownContext.show(&c.base, in, turn)
}

// show makes c the context of a handler of the message.
func (c *ownContext) show(base *contextBase, in *incoming, turn dispatch.Turn) *messageContext {
	c.rest.contextBase, c.rest.incoming, c.rest.source = base, in, sourceOfID(&in.id)
	c.messageContext.show(&c.rest, in, turn)
	if base.lateID {
		in.local.showID(&c.messageContext)
	}
	return &c.messageContext
}

// show makes c the context of a handler of the message, which has an ID: only those of inline handlers are made late. It is small
// enough to be inlined.
func (c *messageContext) show(rest *contextRest, in *incoming, turn dispatch.Turn) {
	c.contextRest, c.time, c.epoch, c.turnNumber = rest, timeOfID(&in.id), in.epoch, turn.Number()
}

// contexts gives out contexts that know their message, for which memory is asked for in blocks: a handler may keep its context, so
// that it cannot be used again. They are for inline handlers, and for those with somebody around them, who asks for the message
// every time. It is used by one goroutine at a time.
type contexts struct {
	bases contextBases
	block *[blockSize]ownContext
	used  int // block[:used] are given out
}

// of returns the context of a handler of a message.
func (c *contexts) of(in *incoming, turn dispatch.Turn) *messageContext {
	if in.special != nil {
		return newContext(in, turn)
	}
	base := &c.bases.of(in, turn.Lease()).base
	if c.block == nil || c.used == blockSize {
		c.block, c.used = new([blockSize]ownContext), 0
	}
	next := &c.block[c.used]
	c.used++
	return next.show(base, in, turn)
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
