package zebus

import (
	"context"
	"time"
)

// Tracing follows messages through the network: where a message was sent, and what was done because of it. Package
// zebustrace has one for OpenTelemetry. Its methods are called on the goroutine at work, from many of them, and must not
// wait.
type Tracing interface {
	// Send comes before a command or an event leaves, with the context of its sender. What it writes into e travels with
	// the message. end is called once, when the sender of a command learns how it ended, or when an event has been
	// handed over.
	Send(ctx context.Context, m Outgoing, e *Extensions) (end func(err error))
	// Handle comes before a handler runs. The context that it returns is the handler's: it must be derived from ctx. end is
	// called once, when the handler has returned, with [ErrNotReturned] after a panic.
	Handle(ctx context.Context, h Handling) (handler context.Context, end func(err error))
}

// Outgoing is a message that is about to leave.
type Outgoing struct {
	Type *MessageType
	ID   MessageID
	To   []Peer // nobody when the command has nowhere to go
	From PeerID
}

// Handling is what a handler is about to do.
type Handling struct {
	Handler  string
	Type     *MessageType
	Messages []*TransportMessage // one, or those of a batch; not to be changed, nor kept for later
	Self     PeerID
}

// WithTracing sets what follows messages through the network; nil, the default, is nobody. Messages then carry nothing
// about traces.
func (b *Builder) WithTracing(t Tracing) *Builder {
	b.config.tracing = t
	return b
}

// traceSend begins to trace a message that leaves with ctx. The context that it returns is for the way out only.
func (b *Bus) traceSend(ctx context.Context, t *MessageType, id MessageID, to ...Peer) (context.Context, func(error)) {
	e := &Extensions{}
	end := b.config.tracing.Send(ctx, Outgoing{Type: t, ID: id, To: to, From: b.ID()}, e)
	return withExtensions(ctx, e), end
}

// traceCommand is traceSend for a command. It ends with the command.
func (b *Bus) traceCommand(ctx context.Context, p *Pending, to *Peer) context.Context {
	var peers []Peer
	if to.ID != "" {
		peers = []Peer{*to}
	}
	ctx, p.watched.traced = b.traceSend(ctx, p.messageType, p.id, peers...)
	return ctx
}

// watchesHandlers says whether somebody is told of every call of a handler.
func (b *Bus) watchesHandlers() bool {
	return b.config.tracing != nil || b.config.observer.HandlerRan != nil
}

// call runs the handler, under the eyes of those who watch.
func (b *Bus) call(ctx *messageContext, h *Handler, messages []Message) (Message, error) {
	if b.watchesHandlers() {
		return b.watchedCall(ctx, h, messages)
	}
	return h.invoke(ctx, messages)
}

// watchedCall is call where somebody watches. Those hear of a handler that panics as well.
func (b *Bus) watchedCall(ctx *messageContext, h *Handler, messages []Message) (reply Message, err error) {
	err = ErrNotReturned
	if ran := b.config.observer.HandlerRan; ran != nil {
		begun := time.Now()
		defer func() {
			ran(HandlerRun{Handler: h.name, Type: h.messageType, Messages: len(messages), Duration: time.Since(begun), Err: err})
		}()
	}
	if b.config.tracing == nil {
		return h.invoke(ctx, messages)
	}
	traced, end := b.config.tracing.Handle(ctx, Handling{Handler: h.name, Type: h.messageType, Messages: ctx.received(), Self: b.ID()})
	defer func() { end(err) }()
	return h.invoke(traced, messages)
}

// received returns the messages as they came.
func (c *messageContext) received() []*TransportMessage {
	batch := c.all()
	messages := make([]*TransportMessage, len(batch))
	for i, in := range batch {
		messages[i] = in.envelope()
	}
	return messages
}
