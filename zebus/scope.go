package zebus

import "context"

// A scope is what a context says of the messages that are sent with it. All of it is found with one look.
type scope struct {
	handling   *messageContext // of the handler that sends; nil elsewhere
	initiator  *string         // given to WithInitiator; nil elsewhere
	remote     bool            // WithoutLocalDispatch was called
	extensions *Extensions     // what tracing has to say of the one message that leaves with the context
}

type scopeKey struct{}

// scopeContext is a context that says more than the one it is made of.
type scopeContext struct {
	context.Context //nolint:containedctx // it is a context

	scope scope
}

// Value makes the scope reachable through contexts that are derived from this one.
func (c *scopeContext) Value(key any) any {
	if key == (scopeKey{}) {
		return c
	}
	return c.Context.Value(key)
}

func scopeOf(ctx context.Context) scope {
	switch c := ctx.(type) {
	case *messageContext:
		return scope{handling: c}
	case *scopeContext:
		return c.scope
	}
	switch c := ctx.Value(scopeKey{}).(type) {
	case *messageContext:
		return scope{handling: c}
	case *scopeContext:
		return c.scope
	default:
		return scope{}
	}
}

// WithInitiator returns a context in which messages are sent on behalf of the named user. Elsewhere that is the user
// of the message being handled, or else the user whose process this is.
func WithInitiator(ctx context.Context, user string) context.Context {
	s := scopeOf(ctx)
	s.initiator = &user
	return &scopeContext{ctx, s}
}

// WithoutLocalDispatch returns a context in which messages for this peer take the way through the transport, as those
// for any other peer.
func WithoutLocalDispatch(ctx context.Context) context.Context {
	s := scopeOf(ctx)
	s.remote = true
	return &scopeContext{ctx, s}
}

// withExtensions returns a context with which one message leaves.
func withExtensions(ctx context.Context, e *Extensions) context.Context {
	s := scopeOf(ctx)
	s.extensions = e
	return &scopeContext{ctx, s}
}

// initiatorOf returns the user on whose behalf a message is sent.
func (b *Bus) initiatorOf(s *scope) *string {
	if s.initiator != nil {
		return s.initiator
	}
	if s.handling != nil && s.handling.originator.InitiatorUserName != nil {
		return s.handling.originator.InitiatorUserName
	}
	return &b.config.initiator
}

// dispatchesLocally says whether messages for this peer go straight to its handlers.
func (b *Bus) dispatchesLocally(s *scope) bool { return b.config.localDispatch && !s.remote }
