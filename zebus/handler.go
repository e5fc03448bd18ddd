package zebus

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
)

// A Handler is a function of the service, and how the bus runs it. Its methods return changed copies, so that a
// registration reads as one line:
//
//	zebus.HandleEvent(shop.OnMeasured).OnQueue("weather").Serial()
type Handler struct {
	messageType *MessageType
	name        string
	queue       string
	inline      bool
	serial      bool
	waits       bool // between tries
	maxBatch    int
	batches     bool   // made by HandleEvents
	lanes       *lanes // nil for one message at a time
	wrong       error  // in the way in which it was put together
	mode        SubscribeMode
	startup     func(PeerID) []BindingKey
	decode      decoder // for any goroutine
	newDecoder  func() decoder
	newGiver    func() giver
	invoke      func(context.Context, []Message) (Message, error)
	one         func(context.Context, Message) (Message, error) // invoke for one message; nil where there is no shorter way
}

// HandleRequest makes a handler of a function that replies.
func HandleRequest[C, R any, CP commandPointer[C], RP messagePointer[R]](f func(context.Context, CP) (RP, error)) Handler {
	h := newHandler[C, CP](f)
	return h.takesOne(func(ctx context.Context, m Message) (Message, error) {
		reply, err := f(ctx, typed[CP](m))
		if reply == nil {
			return nil, sound(err) // a typed nil must not become a reply
		}
		return reply, sound(err)
	})
}

// HandleCommand makes a handler of a function that does something and has nothing to say but that it is done.
func HandleCommand[C any, CP commandPointer[C]](f func(context.Context, CP) error) Handler {
	h := newHandler[C, CP](f)
	return h.takesOne(func(ctx context.Context, m Message) (Message, error) { return nil, sound(f(ctx, typed[CP](m))) })
}

// HandleEvent makes a handler of a function that takes one event at a time.
func HandleEvent[E any, EP eventPointer[E]](f func(context.Context, EP) error) Handler {
	h := newHandler[E, EP](f)
	return h.takesOne(func(ctx context.Context, m Message) (Message, error) { return nil, sound(f(ctx, typed[EP](m))) })
}

// HandleEvents makes a handler of a function that takes several events at once: as many as wait, and at most the number
// given to [Handler.Batch] and the batch size of the bus (see [Builder.WithDispatch]). The context is that of the first.
func HandleEvents[E any, EP eventPointer[E]](f func(context.Context, []EP) error) Handler {
	h := newHandler[E, EP](f).Batch(anyBatch)
	h.batches = true
	h.invoke = func(ctx context.Context, batch []Message) (Message, error) {
		events := make([]EP, len(batch))
		for i, m := range batch {
			events[i] = typed[EP](m)
		}
		return nil, sound(f(ctx, events))
	}
	return h
}

// typed returns the message as what it is: a handler sees only messages that it decoded itself, or that the sender of a
// local one gave for this very type.
func typed[P Message](m Message) P {
	return m.(P) //nolint:forcetypeassert // see above
}

// anyBatch is how many events a batch handler takes at once that does not say: as many as its queue gives.
const anyBatch = 1 << 30

type messagePointer[M any] interface {
	*M
	Message
}

type commandPointer[C any] interface {
	*C
	Command
}

type eventPointer[E any] interface {
	*E
	Event
}

func newHandler[M any, P messagePointer[M]](f any) Handler {
	var wrong error
	if reflect.ValueOf(f).IsNil() {
		wrong = errors.New("its function is nil")
	}
	return Handler{
		wrong:       wrong,
		messageType: P(nil).ZebusType(),
		name:        functionName(f),
		maxBatch:    1,
		decode:      decode[M, P],
		newDecoder:  newDecoder[M, P],
		newGiver:    newGiver[M, P],
	}
}

// takesOne makes f what the handler does, with one message at a time.
func (h Handler) takesOne(f func(context.Context, Message) (Message, error)) Handler {
	h.one = f
	h.invoke = func(ctx context.Context, batch []Message) (Message, error) { return f(ctx, batch[0]) }
	return h
}

// functionName returns the name of a function for logs: generated code replaces it by [Handler.Named].
func functionName(f any) string {
	if fn := runtime.FuncForPC(reflect.ValueOf(f).Pointer()); fn != nil {
		return fn.Name()
	}
	return fmt.Sprintf("%T", f)
}

// Named sets the name of the handler in logs, errors and [ReplayMessageCommand].
func (h Handler) Named(name string) Handler {
	h.name = name
	return h
}

// OnQueue makes the handler run on the queue of that name. Handlers of one queue never run at the same moment; case
// does not matter in the name.
func (h Handler) OnQueue(name string) Handler {
	h.queue = name
	return h
}

// Inline makes the handler run on the receiving goroutine, and on no queue. It must be short and must not wait: every other
// message of the peer waits for it.
func (h Handler) Inline() Handler {
	h.inline = true
	return h
}

// Serial makes the handler keep its queue while it waits for a reply. Without it the next message of the queue is
// handled meanwhile.
func (h Handler) Serial() Handler {
	h.serial = true
	return h
}

// Batch sets how many events a handler made by [HandleEvents] takes at most. Other handlers take one message at a time.
func (h Handler) Batch(most int) Handler {
	h.maxBatch = most
	return h
}

// Mode says whether the handler subscribes when the bus starts.
func (h Handler) Mode(m SubscribeMode) Handler {
	h.mode = m
	return h
}

// Startup makes the handler subscribe, when the bus starts, with the keys that f returns for the peer.
func (h Handler) Startup(f func(PeerID) []BindingKey) Handler {
	h.startup = f
	return h
}

// Name returns the name of the handler.
func (h Handler) Name() string { return h.name }

// Type returns the type of message that the handler takes.
func (h Handler) Type() *MessageType { return h.messageType }

// subscriptions returns what the handler subscribes to when the bus of that peer starts.
func (h Handler) subscriptions(self PeerID) []Subscription {
	if h.startup == nil {
		if h.messageType.subscribesToAll(h.mode) {
			return []Subscription{SubscribeTo(h.messageType.ID())}
		}
		return nil
	}
	keys := h.startup(self)
	subs := make([]Subscription, len(keys))
	for i, key := range keys {
		subs[i] = Subscription{Type: h.messageType.ID(), Key: key}
	}
	return subs
}

// validate says what is wrong with the way in which a handler was put together, all at once.
func (h Handler) validate() error {
	if h.invoke == nil {
		return errors.New("zebus: a zero Handler was given to WithHandlers")
	}
	errs := []error{h.named("handler", h.wrong)}
	if h.lanes != nil && (h.lanes.count < 1 || h.lanes.key == nil || h.inline) {
		errs = append(errs, h.named("concurrency", errors.New("want at least 1, a key, and no inline handler")))
	}
	if h.maxBatch > 1 && !h.batches {
		errs = append(errs, h.named("batch", errors.New("its function takes one message: use HandleEvents")))
	}
	if h.maxBatch < 0 {
		errs = append(errs, h.named("batch", fmt.Errorf("%d messages: want 0 or more", h.maxBatch)))
	}
	if h.queue != "" && h.inline {
		errs = append(errs, h.named("queue", fmt.Errorf("%q, but it runs inline, which is on no queue: keep OnQueue or Inline", h.queue)))
	}
	if h.waits && h.inline {
		errs = append(errs, h.named("retries", errors.New("it runs inline, where it must not wait for the next try")))
	}
	if h.mode > SubscribeManual {
		errs = append(errs, h.named("mode", fmt.Errorf("%d is none", h.mode)))
	}
	return errors.Join(errs...)
}

// named says which handler, and what of it, an error is about.
func (h Handler) named(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("zebus: %s of %s: %w", what, h.name, err)
}
