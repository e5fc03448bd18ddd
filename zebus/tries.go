package zebus

import (
	"context"
	"time"
)

// FailedTry is a try of a handler that failed, and that is to be followed by another one: see [Handler.Retry].
type FailedTry struct {
	Handler  string
	Type     *MessageType
	Messages []*TransportMessage // one, or those of a batch
	Try      int                 // 1 for the first one
	Err      error
	// Wait comes before the next try. What ends it early, a stop of the bus or the sender's patience, is also the end of
	// trying.
	Wait time.Duration
}

// A TryTracing is a [Tracing] that follows the tries of handlers, too.
type TryTracing interface {
	Tracing
	// TryFailed comes between two tries, with the context of the handler.
	TryFailed(ctx context.Context, t FailedTry)
}

// A tryWatch is who is told of failed tries of a handler. It travels in the context, because the handler has its retries before
// it has a bus.
type tryWatch struct {
	handler *Handler
	observe func(FailedTry) // nil when nobody does
	trace   TryTracing      // nil when nobody does
}

type tryWatchKey struct{}

// watchTries lets those who watch the bus hear of the tries of a handler.
func (b *Bus) watchTries(next Handler) Handler {
	w := &tryWatch{handler: &next, observe: b.config.observer.TryFailed}
	w.trace, _ = b.config.tracing.(TryTracing)
	if !next.waits || w.observe == nil && w.trace == nil {
		return next
	}
	return next.Around(func(ctx context.Context, batch []Message, invoke Invoke) (Message, error) {
		defer scopeOf(ctx).handling.keepAll()()
		return invoke(context.WithValue(ctx, tryWatchKey{}, w), batch)
	})
}

// tryFailed tells those who watch.
func tryFailed(ctx context.Context, try int, err error, wait time.Duration) {
	w, watched := ctx.Value(tryWatchKey{}).(*tryWatch)
	if !watched {
		return
	}
	t := FailedTry{
		Handler: w.handler.name, Type: w.handler.messageType, Messages: scopeOf(ctx).handling.received(),
		Try: try, Err: err, Wait: wait,
	}
	if w.observe != nil {
		w.observe(t)
	}
	if w.trace != nil {
		w.trace.TryFailed(ctx, t)
	}
}
