package zebus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Invoke runs a handler on messages of its type: on one, or on as many as a batch handler gets. The reply is nil
// where there is none.
type Invoke func(ctx context.Context, batch []Message) (Message, error)

// Middleware changes a handler: it returns one that does something before, after or instead of next. It is called once
// for each handler when the bus is built, and whatever it returns is called for every message, so what can be looked up
// beforehand should be. A zero Handler, or one of another type of message, is an error of [Builder.Build] or of the
// subscription.
//
//	func Timed(next zebus.Handler) zebus.Handler {
//		return next.Around(func(ctx context.Context, batch []zebus.Message, invoke zebus.Invoke) (zebus.Message, error) {
//			defer observe(next.Name(), time.Now())
//			return invoke(ctx, batch)
//		})
//	}
type Middleware func(next Handler) Handler

// Around returns the handler with f around what it does. f may return before a call of invoke that it makes on another goroutine, once
// that has begun to run the handler: what that returns is lost then.
func (h Handler) Around(f func(ctx context.Context, batch []Message, invoke Invoke) (Message, error)) Handler {
	if f == nil {
		h.wrong = errors.Join(h.wrong, errors.New("nil was given to Around"))
	}
	invoke := h.invoke
	h.one = nil
	h.invoke = func(ctx context.Context, batch []Message) (Message, error) {
		reply, err := f(ctx, batch, invoke)
		return reply, sound(err)
	}
	return h
}

// prioritized is a middleware with its place.
type prioritized struct {
	priority   int
	middleware Middleware
}

// WithMiddleware puts m around every handler of the service, those of subscriptions made later included. Of several, that
// with the highest priority is outermost; of equals, the one given first.
func (b *Builder) WithMiddleware(priority int, m Middleware) *Builder {
	b.config.middleware = append(b.config.middleware, prioritized{priority, m})
	return b
}

// lowestPriority is that of what the bus itself puts around a handler: closest to it, but for what the handler brings.
const lowestPriority = math.MinInt

// When returns m as middleware that can be switched on and off while the bus runs: it is passed by for every message for
// which on says no. An [atomic.Bool] has such a function: Load.
func When(on func() bool, m Middleware) Middleware {
	if on == nil || m == nil {
		return nil // which WithMiddleware refuses
	}
	return func(next Handler) Handler {
		with, without := m(next), next.invoke
		next.one = nil
		next.invoke = func(ctx context.Context, batch []Message) (Message, error) {
			if on() {
				return with.invoke(ctx, batch)
			}
			return without(ctx, batch)
		}
		return next
	}
}

// outermostFirst returns the middleware of a bus in its order, with what the bus itself puts around a handler behind it.
func outermostFirst(wares []prioritized, own Middleware) []prioritized {
	all := append(slices.Clone(wares), prioritized{lowestPriority, own})
	slices.SortStableFunc(all, func(a, b prioritized) int { return cmp.Compare(b.priority, a.priority) })
	return all
}

// dress puts the middleware, the outermost first, around the handlers.
func dress(handlers []Handler, wares []prioritized) ([]Handler, error) {
	dressed, errs := make([]Handler, len(handlers)), make([]error, len(handlers))
	for i, h := range handlers {
		dressed[i], errs[i] = h.within(wares)
	}
	return dressed, errors.Join(errs...)
}

// within returns the handler with the middleware, the outermost first, around it.
func (h Handler) within(wares []prioritized) (Handler, error) {
	for _, w := range slices.Backward(wares) {
		next := w.middleware(h)
		if next.invoke == nil {
			return h, h.named("middleware", errors.New("it returned a zero Handler"))
		}
		if next.messageType != h.messageType {
			return h, h.named("middleware", fmt.Errorf("it returned a handler of %s, want one of %s", next.messageType.ID(), h.messageType.ID()))
		}
		h = next
	}
	return h, h.validate()
}
