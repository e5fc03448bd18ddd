package zebus

import (
	"context"
	"fmt"
)

// mayWait refuses a wait for the end of a command in an inline handler, before the command is sent: it would be executed,
// and nobody would know.
func mayWait(ctx context.Context, cmd Command) error {
	s := scopeOf(ctx)
	return s.mayWait(cmd)
}

func (s *scope) mayWait(cmd Command) error {
	if c := s.handling; c != nil && c.turn().Inline() {
		return fmt.Errorf("%s: %w", cmd.ZebusType().ID(), ErrInlineWait)
	}
	return nil
}

// lendTurn gives the queue of the handler that ctx belongs to, if any, to the next message, until back is called.
func lendTurn(ctx context.Context) (back func(), err error) {
	c := scopeOf(ctx).handling
	switch {
	case c == nil:
		return func() {}, nil
	case c.turn().Inline():
		return nil, ErrInlineWait
	case c.turn().Lend():
		return c.turn().Reclaim, nil
	default:
		return func() {}, nil
	}
}

func waitFor(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
