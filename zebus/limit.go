package zebus

import (
	"context"
	"sync"
	"time"
)

// A limit ends the context of a handler when the sender of the command stops waiting. Most handlers never look, so that
// the timer is set for those who do.
type limit struct {
	until time.Time

	mu     sync.Mutex
	ctx    context.Context //nolint:containedctx // made when somebody asks
	cancel context.CancelFunc
	over   bool // the handler has returned
}

func (l *limit) isSet() bool { return !l.until.IsZero() }

func (l *limit) context(parent context.Context) context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx == nil {
		l.ctx, l.cancel = context.WithDeadline(parent, l.until)
		if l.over {
			l.cancel()
		}
	}
	return l.ctx
}

func (l *limit) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	if l.cancel != nil {
		l.cancel()
	}
}
