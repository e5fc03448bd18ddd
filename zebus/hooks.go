package zebus

import "context"

// Hooks are called at the turns of a bus's life, on the goroutine that starts or stops it. Each may be nil. A panic of a hook goes
// on to whoever called Start or Stop, and what it precedes has failed then, as by an error: the start is undone, the bus
// that was to stop goes on. After Started it runs, after Stopped it has stopped.
type Hooks struct {
	// Starting comes before anything else; its error ends the start.
	Starting func(ctx context.Context) error
	// Started comes when the peer is registered and its handlers run.
	Started func(ctx context.Context)
	// Stopping comes while the bus still works as usual; its error ends the stop, and the bus goes on.
	Stopping func(ctx context.Context) error
	// Stopped comes last.
	Stopped func(ctx context.Context)
}

// WithHooks adds hooks; those given first are called first.
func (b *Builder) WithHooks(h Hooks) *Builder {
	b.config.hooks = append(b.config.hooks, h)
	return b
}

func (b *Bus) raise(ctx context.Context, hook func(Hooks) func(context.Context)) {
	for _, h := range b.config.hooks {
		if f := hook(h); f != nil {
			f(ctx)
		}
	}
}

func (b *Bus) ask(ctx context.Context, hook func(Hooks) func(context.Context) error) error {
	for _, h := range b.config.hooks {
		if f := hook(h); f != nil {
			if err := f(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}
