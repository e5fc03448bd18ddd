package zebus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// RetryPolicy says how often a handler tries a message again, and how long it waits in between.
type RetryPolicy struct {
	// Attempts is how often the message is tried again after its first failure. 0 means never.
	Attempts int
	// First is the wait before the second try. Zero means 100 milliseconds.
	First time.Duration
	// Factor multiplies the wait after each try: 1 keeps it constant, 2 doubles it. Less than 1 means 2.
	Factor float64
	// Most bounds the wait. Zero means 30 seconds.
	Most time.Duration
}

const (
	defaultFirstWait = 100 * time.Millisecond
	defaultFactor    = 2
	defaultMostWait  = 30 * time.Second
)

func (p RetryPolicy) withDefaults() RetryPolicy {
	if p.First == 0 {
		p.First = defaultFirstWait
	}
	if p.Factor < 1 {
		p.Factor = defaultFactor
	}
	if p.Most == 0 {
		p.Most = defaultMostWait
	}
	return p
}

// next returns the wait that follows one.
func (p RetryPolicy) next(wait time.Duration) time.Duration {
	return min(time.Duration(float64(wait)*p.Factor), p.Most)
}

// Retry makes the handler try a message again when it fails. Meanwhile its queue waits, so that the order of messages is
// kept. Errors marked by [Permanent] and answers made by [Fail] are not tried again, nor is anything once the bus
// gives up waiting for the handler at stop, or the sender of a command stops waiting. A panic is a failure like any other.
// Off unless called: a peer of Zebus (.NET) tries once. It is not for inline handlers.
func (h Handler) Retry(p RetryPolicy) Handler {
	if p.Attempts < 0 || p.First < 0 || p.Most < 0 {
		h.wrong = errors.Join(h.wrong, fmt.Errorf("retries: %d attempts, waits of %v to %v: want 0 or more of each", p.Attempts, p.First, p.Most))
	}
	p = p.withDefaults()
	h.waits = p.Attempts > 0
	return h.recovering().Around(func(ctx context.Context, batch []Message, invoke Invoke) (Message, error) {
		wait := p.First
		for attempt := 0; ; attempt++ {
			reply, err := invoke(ctx, batch)
			if attempt == p.Attempts || !retryable(err) || ctx.Err() != nil {
				return reply, afterAttempts(err, attempt)
			}
			if tryFailed(ctx, attempt+1, err, wait); !pause(ctx, wait) {
				return reply, afterAttempts(err, attempt)
			}
			wait = p.next(wait)
		}
	})
}

// recovering returns the handler with its panics as errors, for what has to go on after them.
func (h Handler) recovering() Handler {
	return h.Around(func(ctx context.Context, batch []Message, invoke Invoke) (reply Message, err error) {
		defer func() {
			if value := recover(); value != nil {
				reply, err = nil, dispatch.NewPanicError(value)
			}
		}()
		return invoke(ctx, batch)
	})
}

func afterAttempts(err error, again int) error {
	if err == nil || again == 0 {
		return err
	}
	return fmt.Errorf("tried %d times: %w", again+1, err)
}

// pause waits, and says whether ctx lasted.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil // both may have come at once
	case <-ctx.Done():
		return false
	}
}

// permanentError marks an error that trying again will not cure.
type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }

func (e *permanentError) Unwrap() error { return e.err }

// Permanent marks an error of a handler as one that trying again will not cure. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

func retryable(err error) bool {
	if err == nil {
		return false
	}
	if _, permanent := errors.AsType[*permanentError](err); permanent {
		return false
	}
	return answerIn(err) == nil
}
