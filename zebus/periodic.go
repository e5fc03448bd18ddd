package zebus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// A Periodic is something that a peer does again and again while it runs. It never runs beside itself.
type Periodic struct {
	// Name tells it apart in logs, and in the news of its failures.
	Name string
	// Every is the period. Zero or less switches the action off.
	Every time.Duration
	// Due is the first time at which the action runs, and from which the periods are counted; where it lies in the past,
	// those that are over do not count. Zero means one period after the start of the bus.
	Due time.Time
	// SkipMissed leaves out the periods that ended while the action ran. Otherwise it runs once for each of them.
	SkipMissed bool
	// FailuresBeforePause is how often the action may fail in a row before it pauses. Zero means 10.
	FailuresBeforePause int
	// Pause is how long it does. Zero means 2 minutes.
	Pause time.Duration
	// Do is the action. An error, or a panic, is logged and, where error publication is on, published as a
	// [CustomProcessingFailed], unless it was made by [Fail]. ctx ends when the bus has stopped; a stop waits for
	// the action for at most 2 seconds.
	Do func(ctx context.Context) error
}

const (
	defaultFailuresBeforePause = 10
	defaultPause               = 2 * time.Minute
)

// WithPeriodic adds actions that run while the bus does, from its start to the beginning of its stop.
func (b *Builder) WithPeriodic(actions ...Periodic) *Builder {
	b.config.periodic = append(b.config.periodic, actions...)
	return b
}

func (p Periodic) validate() error {
	if p.Do == nil {
		return fmt.Errorf("zebus: periodic action %q has nothing to do", p.Name)
	}
	if p.FailuresBeforePause < 0 || p.Pause < 0 {
		return fmt.Errorf("zebus: periodic action %q: %d failures before a pause of %v: want 0 or more", p.Name, p.FailuresBeforePause, p.Pause)
	}
	return nil
}

func (p Periodic) withDefaults() Periodic {
	if p.FailuresBeforePause == 0 {
		p.FailuresBeforePause = defaultFailuresBeforePause
	}
	if p.Pause == 0 {
		p.Pause = defaultPause
	}
	return p
}

// first returns when the action runs first, on a bus that has started now.
func (p Periodic) first(now time.Time) time.Time {
	if p.Due.IsZero() {
		return now.Add(p.Every)
	}
	if p.Due.Before(now) {
		return p.after(p.Due, now)
	}
	return p.Due
}

// after returns the end of the first period, of those counted from some time on, that is not before now.
func (p Periodic) after(from, now time.Time) time.Time {
	over := now.Sub(from) % p.Every
	if over == 0 {
		return now
	}
	return now.Add(p.Every - over)
}

func (b *Bus) startPeriodic(r *run) {
	for _, p := range b.config.periodic {
		if p.Every > 0 {
			b.inBackground(func(ctx context.Context) { b.repeat(ctx, r, p.withDefaults()) })
		}
	}
}

// repeat runs an action until ctx ends.
func (b *Bus) repeat(ctx context.Context, r *run, p Periodic) {
	failures := 0
	for due := p.first(time.Now()); pause(ctx, time.Until(due)); {
		due = due.Add(p.Every)
		if b.attempt(r.ctx, p) == nil {
			failures = 0
		} else {
			failures++
		}
		now := time.Now()
		if failures == p.FailuresBeforePause {
			b.config.logger.WarnContext(ctx, "periodic action pauses", "action", p.Name, "failed", failures, "pause", p.Pause)
			failures, now = 0, now.Add(p.Pause)
		} else if !p.SkipMissed {
			continue
		}
		if due.Before(now) {
			due = p.after(due, now)
		}
	}
}

// attempt runs an action once and tells of its failure.
func (b *Bus) attempt(ctx context.Context, p Periodic) error {
	err := b.safely(ctx, p)
	if err == nil {
		return nil
	}
	b.config.logger.ErrorContext(ctx, "periodic action failed", "action", p.Name, "error", err)
	if b.config.publishErrors && publishable(err) {
		b.publishFailureOf(ctx, p, err)
	}
	return err
}

func (b *Bus) safely(ctx context.Context, p Periodic) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = dispatch.NewPanicError(value)
		}
	}()
	return sound(p.Do(ctx))
}

func (b *Bus) publishFailureOf(ctx context.Context, p Periodic, failed error) {
	details, err := json.Marshal(map[string]string{"Action": p.Name, "Period": p.Every.String()})
	text := string(details)
	err = errors.Join(err, b.Publish(context.WithoutCancel(ctx), &CustomProcessingFailed{
		SourceTypeFullName: p.Name, ExceptionMessage: failed.Error(), ExceptionTime: time.Now(), DetailsJSON: &text,
	}))
	if err != nil {
		b.config.logger.WarnContext(ctx, "publish a failure", "action", p.Name, "error", err)
	}
}
