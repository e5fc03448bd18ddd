package zebus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// A Binding chooses messages of one type by the values of their routing members. zebusgen writes one for each message
// that has routing members; a [BindingKey] is one too.
type Binding interface {
	// Key returns what the directory is told.
	Key() BindingKey
}

// Key makes a key a [Binding].
func (k BindingKey) Key() BindingKey { return k }

// A SubscriptionRequest is what [Bus.Subscribe] makes a subscription of: something to receive, and perhaps a handler for it.
type SubscriptionRequest struct {
	subscriptions []Subscription
	handler       *Handler
	unhandled     bool
	wrong         error // in the way in which it was put together
}

// To asks for messages that the handlers of the service take.
func To(subs ...Subscription) SubscriptionRequest {
	return SubscriptionRequest{subscriptions: subs}
}

// Unhandled makes the request one that needs no handler: messages that come are acknowledged, and nothing else. It is for
// what observers look at, or for a handler that is about to be subscribed.
func (r SubscriptionRequest) Unhandled() SubscriptionRequest {
	r.unhandled = true
	return r
}

// On asks for the events of one type that match a binding, for a handler of their own. It runs on the default queue, and
// sees only what the binding lets through.
func On[E any, EP eventPointer[E]](binding Binding, f func(context.Context, EP) error) SubscriptionRequest {
	h := HandleEvent(f)
	return SubscriptionRequest{handler: &h}.Also(binding)
}

// Also makes the request one for what these bindings match too, bindings of the same type of message. Its handler gets what
// several of them match once. It is for requests made by [On].
func (r SubscriptionRequest) Also(bindings ...Binding) SubscriptionRequest {
	r.subscriptions = slices.Clip(r.subscriptions)
	for _, b := range bindings {
		if err := r.suits(b); err != nil {
			r.wrong = errors.Join(r.wrong, err)
			continue
		}
		r.subscriptions = append(r.subscriptions, Subscription{Type: r.handler.messageType.ID(), Key: b.Key()})
	}
	return r
}

// suits says why a binding is none for the handler of the request.
func (r SubscriptionRequest) suits(b Binding) error {
	if r.handler == nil {
		return errors.New("zebus: Also is for requests with a handler, made by On")
	}
	of := r.handler.messageType.ID()
	if b == nil {
		return fmt.Errorf("subscribe to %s: no binding", of)
	}
	if typed, ok := b.(TypedBinding); ok && typed.ZebusType() != r.handler.messageType {
		return fmt.Errorf("subscribe to %s: the binding is one for %s", of, typed.ZebusType().ID())
	}
	return nil
}

// Subscribe makes events of one type that match a binding reach f, until the subscription ends.
func Subscribe[E any, EP eventPointer[E]](ctx context.Context, bus *Bus, binding Binding, f func(context.Context, EP) error) (*ActiveSubscription, error) {
	made, err := bus.SubscribeAll(ctx, On(binding, f))
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

// ActiveSubscription is a subscription made in code, until it ends: by Stop, by Close, or with the bus. One that was made
// while the bus did not run takes part in every run from the next on.
type ActiveSubscription struct {
	bus           *Bus
	subscriptions []Subscription
	version       int
	startup       bool

	handler       *Handler    // its own; nil for none
	removeHandler func()      // nil without one
	dropping      atomic.Bool // Close was called: what is in hand is dropped
	end           sync.Once
	done          chan struct{} // closed when it has ended and nothing is in hand

	mu struct {
		sync.Mutex
		inHand int // messages that its handler has yet to finish
		ended  bool
	}
}

// Subscribe makes the peer receive what subs say; each type must have a handler. What is subscribed already is counted,
// and the directory hears of it once. Other peers know of it shortly after Subscribe has returned. While the bus does
// not run, nothing is sent, and the subscription is part of the registration of every run to come; while it stops, the error is
// [ErrNotRunning].
func (b *Bus) Subscribe(ctx context.Context, subs ...Subscription) (*ActiveSubscription, error) {
	made, err := b.SubscribeAll(ctx, To(subs...))
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

// SubscribeAll makes a subscription of every request, and tells the directory of all of them in one update. When that
// fails, none is made.
func (b *Bus) SubscribeAll(ctx context.Context, requests ...SubscriptionRequest) ([]*ActiveSubscription, error) {
	made := make([]*ActiveSubscription, len(requests))
	for i, r := range requests {
		var err error
		if made[i], err = b.prepare(r); err != nil {
			return nil, err
		}
	}
	for _, a := range made {
		b.activate(a)
	}
	if err := b.updateSubscriptions(ctx, 1, made...); err != nil {
		for _, a := range made {
			a.withdraw()
		}
		return nil, err
	}
	return made, nil
}

// handles says why a request cannot be served: nobody here would take the messages.
func (b *Bus) handles(r SubscriptionRequest) error {
	if r.wrong != nil {
		return r.wrong
	}
	if r.handler != nil || r.unhandled || !b.IsRunning() { // what is made before the start may get its handler before it, too
		return nil
	}
	for _, s := range r.subscriptions {
		if rt := b.routes.find(s.Type); rt == nil || !rt.dispatch.Handled() {
			return fmt.Errorf("subscribe to %s: %w", s.Type, ErrUnknownType)
		}
	}
	return nil
}

// prepare makes a subscription of a request, which nobody knows yet.
func (b *Bus) prepare(r SubscriptionRequest) (*ActiveSubscription, error) {
	if err := b.handles(r); err != nil {
		return nil, err
	}
	a := &ActiveSubscription{bus: b, subscriptions: slices.Clone(r.subscriptions), done: make(chan struct{})}
	if r.handler == nil {
		return a, nil
	}
	dressed, err := a.droppable(*r.handler).within(b.config.middleware)
	if err != nil {
		return nil, fmt.Errorf("subscribe to %s: %w", r.handler.messageType.ID(), err)
	}
	a.handler = &dressed
	return a, nil
}

// activate admits a subscription, handler and all.
func (b *Bus) activate(a *ActiveSubscription) {
	if a.handler != nil {
		a.removeHandler = b.routes.add(b, *a.handler, a.accepts)
	}
	b.subscriptions.admit(a, b.IsRunning) // from here on it may end with the run
}

// droppable makes the handler of the subscription pass over what is in hand when it is closed.
func (a *ActiveSubscription) droppable(h Handler) Handler {
	return h.Around(func(ctx context.Context, batch []Message, invoke Invoke) (Message, error) {
		if a.dropping.Load() {
			return nil, nil
		}
		return invoke(ctx, batch)
	})
}

// accepts says whether the handler of the subscription wants a message, and takes it in hand if so. The peer receives
// what all subscriptions of the type ask for together; the handler of one sees its own.
func (a *ActiveSubscription) accepts(in *incoming) bool {
	if !slices.ContainsFunc(a.subscriptions, func(s Subscription) bool { return s.Key.IsEmpty() || s.Key.Accepts(in.routing()) }) {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.mu.ended {
		return false
	}
	a.mu.inHand++
	s := in.beSpecial()
	s.hands = append(s.hands, a)
	return true
}

// release puts a message down.
func (a *ActiveSubscription) release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mu.inHand--
	if a.mu.ended && a.mu.inHand == 0 {
		close(a.done)
	}
}

// Done returns a channel that is closed when the subscription has ended and its handler has returned.
func (a *ActiveSubscription) Done() <-chan struct{} { return a.done }

// Stop ends the subscription: the directory is told, and what has arrived is handled. It returns when that is done or ctx
// ends, with the error of the directory or of ctx; the subscription has ended all the same. The handler of the
// subscription would wait for itself, and gets [ErrWaitsForItself] when the rest is done. Stopping again does nothing.
func (a *ActiveSubscription) Stop(ctx context.Context) (err error) {
	a.end.Do(func() {
		err = a.bus.updateSubscriptions(ctx, -1, a)
		a.withdraw()
		err = errors.Join(err, a.waitForHandler(ctx))
	})
	return err
}

// waitForHandler waits until nothing is in hand. In a handler of the same peer it lends the queue, on which the
// subscription's own may wait for its turn.
func (a *ActiveSubscription) waitForHandler(ctx context.Context) error {
	if c := scopeOf(ctx).handling; c != nil && c.isInHandOf(a) {
		return fmt.Errorf("stop a subscription: %w", ErrWaitsForItself)
	}
	back, err := lendTurn(ctx)
	if err != nil {
		return err
	}
	defer back()
	return waitFor(ctx, a.done)
}

// Close ends the subscription at once: what has arrived is dropped, and the directory is told in the background. It may
// be called by the handler of the subscription.
func (a *ActiveSubscription) Close() {
	a.end.Do(func() {
		a.dropping.Store(true)
		a.withdraw()
		a.bus.inBackground(func(ctx context.Context) {
			if err := a.bus.updateSubscriptions(ctx, -1, a); err != nil {
				a.bus.config.logger.WarnContext(ctx, "unsubscribe", "peer", a.bus.ID(), "error", err)
			}
		})
	})
}

// withdraw takes the handler away and ends the part in the runs to come.
func (a *ActiveSubscription) withdraw() {
	a.bus.subscriptions.dismiss(a)
	if a.removeHandler != nil {
		a.removeHandler()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.mu.ended {
		return // with the run
	}
	a.mu.ended = true
	if a.mu.inHand == 0 {
		close(a.done)
	}
}

// startupSubscriptions are those of the handlers.
func (b *Bus) startupSubscriptions() []Subscription {
	var subs []Subscription
	for _, h := range b.config.handlers {
		subs = append(subs, h.subscriptions(b.ID())...)
	}
	return subs
}

// updateSubscriptions counts and tells the directory, one update after the other.
func (b *Bus) updateSubscriptions(ctx context.Context, by int, all ...*ActiveSubscription) error {
	back, err := lendTurn(ctx)
	if err != nil {
		return err
	}
	defer back()
	if err := b.subscriptions.beginUpdate(ctx); err != nil {
		return fmt.Errorf("update the subscriptions of %s: another update is under way: %w", b.ID(), err)
	}
	defer b.subscriptions.endUpdate()
	r, changed := b.running.Load(), b.subscriptions.change(by, all...)
	if by > 0 && slices.ContainsFunc(all, b.subscriptions.isOver) {
		return fmt.Errorf("update the subscriptions of %s, which stops: %w", b.ID(), ErrNotRunning)
	}
	if len(changed) == 0 {
		return nil
	}
	if by < 0 {
		b.noteAll(changed, r) // from here on the directory is asked
	}
	if err := b.config.directory.Update(ctx, changed); err != nil {
		if by > 0 {
			b.subscriptions.change(-by, all...) // none of them was made; one that ends has ended, told or not
		}
		return fmt.Errorf("update the subscriptions of %s: %w", b.ID(), err)
	}
	b.noteAll(changed, r)
	return nil
}

// noteAll makes the routes know of an update.
func (b *Bus) noteAll(changed []SubscriptionsForType, r *run) {
	for _, s := range changed {
		b.subscriptions.note(s.Type, &b.routes, r)
	}
}
