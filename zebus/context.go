package zebus

import (
	"context"
	"os"
	"os/user"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// messageContext is the context of a handler: that of the run, plus what is known of the message being handled and the
// turn of the queue. It is all that a handler sees of the message's way through the bus, and may be kept for ever; so there is
// one for each message, and what it shows does not change when the incoming message is used again for another one. It is small,
// for with the message itself it is what the collector has to do for each.
type messageContext struct {
	*contextRest

	time       halfID // see lateIDs
	epoch      uint32 // of the incoming message
	turnNumber uint32
}

// contextRest is what a context says beside that. Most contexts share it with others of the same sender, and find their message by
// the turn of the handler. Some have one of their own, which knows the message; that alone is changed, by who made it.
type contextRest struct {
	*contextBase

	incoming *incoming // for as long as its epoch is that of the context; nil where it is shared
	source   halfID    // of the ID
}

// contextBase is what contexts of messages of one sender have in common, or again one has for itself.
type contextBase struct {
	run        *run
	lease      *dispatch.Lease // of the turns
	originator *Originator
	lateID     bool          // they are made when somebody asks
	extra      *contextExtra // nil for nearly all
}

// contextExtra is what few handlers' contexts have.
type contextExtra struct {
	parent context.Context //nolint:containedctx // instead of that of the run; nil nearly always
	batch  []*incoming     // of a batch handler: all it got, of which incoming is the first
	limit  limit           // zero when the sender did not say how long it waits

	hands []*ActiveSubscription // that took the message
	over  atomic.Bool           // the handler has returned
}

// message returns the one that is being handled. When the handler has returned it is nil, or may be used for another one: see
// epoch.
func (c *messageContext) message() *incoming {
	if c.incoming != nil {
		return c.incoming
	}
	if e := c.turn().Entry(); e != nil {
		return incomingOf(e)
	}
	return nil
}

// turn returns that of the handler.
func (c *messageContext) turn() dispatch.Turn { return c.lease.Turn(c.turnNumber) }

var _ context.Context = (*messageContext)(nil)

// parent is what the context is made of.
func (c *messageContext) parent() context.Context {
	switch {
	case c.extra == nil:
		return c.run.ctx
	case c.extra.limit.isSet():
		return c.extra.limit.context(c.run.ctx)
	case c.extra.parent != nil:
		return c.extra.parent
	default:
		return c.run.ctx
	}
}

// Deadline returns when the sender of a command stops waiting.
func (c *messageContext) Deadline() (deadline time.Time, ok bool) {
	if c.extra != nil && c.extra.limit.isSet() {
		return c.extra.limit.until, true
	}
	return c.parent().Deadline()
}

// Done is closed when the bus gives up waiting for the handler at stop, or the sender of the command stops waiting.
func (c *messageContext) Done() <-chan struct{} { return c.parent().Done() }

// Err says why Done is closed.
func (c *messageContext) Err() error { return c.parent().Err() }

// Value makes the message reachable through contexts that are derived from the handler's.
func (c *messageContext) Value(key any) any {
	if key == (scopeKey{}) {
		return c
	}
	return c.parent().Value(key)
}

// lateIDs guards the IDs of contexts whose messages have never left their sender. They are made when somebody asks, which hardly
// anybody does.
var lateIDs sync.Mutex

// messageID returns the ID of the message.
func (c *messageContext) messageID() MessageID {
	if !c.lateID {
		return joinedID(c.time, c.source)
	}
	lateIDs.Lock()
	defer lateIDs.Unlock()
	if c.time == (halfID{}) {
		id := c.run.bus.ids.Next()
		c.time = timeOfID(&id)
	}
	return joinedID(c.time, c.run.bus.ids.source)
}

// ofBatch makes the context that of all messages of a batch.
func (c *messageContext) ofBatch(all []*incoming) {
	if c.extra == nil {
		c.extra = &contextExtra{}
	}
	c.extra.batch = all
}

// all returns the messages that the handler got; none where a middleware has replaced the context, be it by that of a handler that
// has returned.
func (c *messageContext) all() []*incoming {
	if c == nil {
		return nil
	}
	if c.extra != nil && c.extra.batch != nil {
		return c.extra.batch
	}
	if in := c.message(); in != nil {
		return []*incoming{in}
	}
	return nil
}

// keepAll keeps the memory of the messages that the handler got: see [remarks.keep].
func (c *messageContext) keepAll() (letGo func()) {
	all := c.all()
	for _, in := range all {
		in.remarks.keep(in.epoch)
	}
	return func() {
		for _, in := range all {
			in.remarks.letGo()
		}
	}
}

// end says that the handler has returned.
func (c *messageContext) end() {
	if c.extra != nil {
		c.extra.end()
	}
}

func (e *contextExtra) end() {
	e.over.Store(true)
	if e.limit.isSet() {
		e.limit.end()
	}
}

// isInHandOf says whether a subscription took the message, and the handler is still at it.
func (c *messageContext) isInHandOf(a *ActiveSubscription) bool {
	return c.extra != nil && !c.extra.over.Load() && slices.Contains(c.extra.hands, a)
}

// OriginatorFrom returns who sent the message being handled; false when ctx is not that of a handler.
func OriginatorFrom(ctx context.Context) (Originator, bool) {
	if c := scopeOf(ctx).handling; c != nil {
		return *c.originator, true
	}
	return Originator{}, false
}

// MessageIDFrom returns the ID of the message being handled; false when ctx is not that of a handler.
func MessageIDFrom(ctx context.Context) (MessageID, bool) {
	if c := scopeOf(ctx).handling; c != nil {
		return c.messageID(), true
	}
	return MessageID{}, false
}

// Reply sets the code and the text with which the command being handled will be answered; a later call overwrites an
// earlier one, and an error returned by the handler overwrites both. A code with more than 32 bits becomes [CodeUnknown].
// It returns [ErrNoContext] when ctx is not that of a handler. A goroutine that outlives the handler
// must not call it: what that says is lost.
func Reply(ctx context.Context, code int, text string) error {
	c := scopeOf(ctx).handling
	if c == nil {
		return ErrNoContext
	}
	if code != 0 {
		code = failing(code)
	}
	if in := c.message(); in != nil {
		in.remarks.setCode(c.epoch, code, text)
	}
	return nil
}

// HandlerContext returns the context that a handler of m would be given, derived from parent, and a function that tells
// what [Reply] has set so far. It is for tests of handlers without a bus: package zebustest makes messages for it.
func HandlerContext(parent context.Context, m TransportMessage) (ctx context.Context, answer func() (code int, text string)) {
	in := &incoming{home: &home{}, id: m.ID, content: m.Content, originator: &m.Originator}
	c := newContext(in, dispatch.Turn{})
	c.extra = &contextExtra{parent: parent, batch: []*incoming{in}}
	return c, func() (code int, text string) {
		o := in.remarks.of(in.epoch)
		return o.code, o.text
	}
}

func osUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return os.Getenv("USER")
}
