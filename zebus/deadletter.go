package zebus

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/zebus-go/zebus/dispatch"
)

// DeadLetter is a message that a handler gave up on.
type DeadLetter struct {
	Handler string            // that failed
	Message *TransportMessage // all of it, also where it never left this peer; it may be kept, but not changed
	Err     error             // of the last try
}

// WithDeadLetters makes f hear of every message on which a handler of the service gave up, after its retries: it failed, or
// panicked, otherwise than by an answer made with [Fail] that is not marked as [Permanent]. f runs on the queue of the handler;
// the sender of a command has its answer only when f has returned. A panic of f is told together with the handler's error.
func (b *Builder) WithDeadLetters(f func(ctx context.Context, letter DeadLetter)) *Builder {
	b.config.deadLetters = f
	return b
}

// giveUp tells of a message that a handler of the service failed on for good.
func (b *Bus) giveUp(next Handler) Handler {
	if b.config.deadLetters == nil {
		return next
	}
	return next.recovering().Around(func(ctx context.Context, batch []Message, invoke Invoke) (Message, error) {
		defer scopeOf(ctx).handling.keepAll()()
		reply, err := invoke(ctx, batch)
		if retryable(err) || isPermanent(err) {
			if unburied := b.bury(ctx, next.name, err); unburied != nil {
				err = errors.Join(err, unburied)
			}
		}
		return reply, err
	})
}

func isPermanent(err error) bool {
	_, permanent := errors.AsType[*permanentError](err)
	return permanent
}

// bury hands over every message of the batch that ctx is for. It returns what went wrong with that.
func (b *Bus) bury(ctx context.Context, handler string, err error) error {
	var wrong []error
	for _, in := range scopeOf(ctx).handling.all() {
		letter := *in.envelope() // it may be kept
		letter.Content = bytes.Clone(letter.Content)
		if in.local != nil && letter.Content == nil {
			letter.Content = encode(in.local.message)
		}
		wrong = append(wrong, b.deliverLetter(ctx, DeadLetter{Handler: handler, Message: &letter, Err: err}))
	}
	return errors.Join(wrong...)
}

// deliverLetter calls the function for dead letters. When that panics, why the handler failed must not be lost.
func (b *Bus) deliverLetter(ctx context.Context, letter DeadLetter) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("zebus: dead letters: %w", dispatch.NewPanicError(value))
		}
	}()
	b.config.deadLetters(ctx, letter)
	return nil
}
