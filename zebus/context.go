package zebus

import (
	"context"
	"os"
	"os/user"

	"github.com/zebus-go/zebus/dispatch"
)

// messageContext is the context of a handler: that of the bus, plus the message being handled and the turn of the queue.
type messageContext struct {
	context.Context //nolint:containedctx // it is a context

	incoming *incoming
	batch    []*incoming // of a batch handler: all it got, of which incoming is the first
	turn     dispatch.Turn
}

type messageContextKey struct{}

// Value makes the message reachable through contexts that are derived from the handler's.
func (c *messageContext) Value(key any) any {
	if key == (messageContextKey{}) {
		return c
	}
	return c.Context.Value(key)
}

func messageContextOf(ctx context.Context) *messageContext {
	if c, ok := ctx.(*messageContext); ok {
		return c
	}
	c, _ := ctx.Value(messageContextKey{}).(*messageContext)
	return c
}

// OriginatorFrom returns who sent the message being handled; false when ctx is not that of a handler.
func OriginatorFrom(ctx context.Context) (Originator, bool) {
	if c := messageContextOf(ctx); c != nil {
		return c.incoming.message.Originator, true
	}
	return Originator{}, false
}

// MessageIDFrom returns the ID of the message being handled; false when ctx is not that of a handler.
func MessageIDFrom(ctx context.Context) (MessageID, bool) {
	if c := messageContextOf(ctx); c != nil {
		return c.incoming.message.ID, true
	}
	return MessageID{}, false
}

// Reply sets the code and the text with which the command being handled will be answered; a later call overwrites an
// earlier one, and an error returned by the handler overwrites both. It returns [ErrNoContext] when ctx is not
// that of a handler.
func Reply(ctx context.Context, code int, text string) error {
	c := messageContextOf(ctx)
	if c == nil {
		return ErrNoContext
	}
	c.incoming.outcome.setCode(code, text)
	return nil
}

// HandlerContext returns the context that a handler of m would be given, derived from parent, and a function that tells
// what [Reply] has set so far. It is for tests of handlers without a bus: package zebustest makes messages for it.
func HandlerContext(parent context.Context, m TransportMessage) (ctx context.Context, answer func() (code int, text string)) {
	in := &incoming{message: m}
	return &messageContext{Context: parent, incoming: in, batch: []*incoming{in}}, in.outcome.answer
}

type initiatorKey struct{}

// WithInitiator returns a context in which messages are sent on behalf of the named user. Elsewhere that is the user
// of the message being handled, or else the user whose process this is.
func WithInitiator(ctx context.Context, user string) context.Context {
	return context.WithValue(ctx, initiatorKey{}, &user)
}

// initiator returns the user on whose behalf a message is sent with ctx.
func (b *Bus) initiatorOf(ctx context.Context) *string {
	if c, ok := ctx.(*messageContext); ok { // straight from the bus: nothing can be overridden
		return c.incoming.initiator(b)
	}
	if name, ok := ctx.Value(initiatorKey{}).(*string); ok {
		return name
	}
	if c := messageContextOf(ctx); c != nil {
		return c.incoming.initiator(b)
	}
	return &b.config.initiator
}

func osUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return os.Getenv("USER")
}
