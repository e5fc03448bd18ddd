package zebus

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// run is one life of the bus, from the start of the transport to its stop.
type run struct {
	bus        *Bus
	self       PeerDescriptor
	originator Originator                 // of what is sent on behalf of the user whose process this is
	borrowed   atomic.Pointer[Originator] // of what was last sent on behalf of somebody else
	ctx        context.Context            //nolint:containedctx // parent of every handler's context
	cancel     context.CancelFunc
	registered bool
	leaving    bool          // the hooks have agreed to the stop
	done       chan struct{} // closed when the run has ended

	background    sync.WaitGroup
	atWork        atomic.Int32       // in the background
	backgroundCtx context.Context    //nolint:containedctx // of what runs in the background
	endBackground context.CancelFunc // called when the run begins to stop
}

// onBehalfOf returns the originator of messages of this peer that are sent for a user. Chains of messages for one user are
// long, so the one made last is kept.
func (r *run) onBehalfOf(user *string) *Originator {
	if user == r.originator.InitiatorUserName {
		return &r.originator
	}
	if last := r.borrowed.Load(); last != nil && *last.InitiatorUserName == *user {
		return last
	}
	other := r.originator
	other.InitiatorUserName = user
	r.borrowed.Store(&other)
	return &other
}

// machineName returns what originators say of the machine; nil when it has no name.
func machineName() *string {
	name, err := os.Hostname()
	if err != nil {
		return nil
	}
	return &name
}

// inBackground runs f beside whatever the run does, and not at all when there is none. ctx ends when the bus stops, which
// waits for f.
func (b *Bus) inBackground(f func(ctx context.Context)) {
	b.life.Lock()
	defer b.life.Unlock()
	if r := b.running.Load(); r != nil && r.backgroundCtx.Err() == nil {
		r.atWork.Add(1)
		r.background.Go(func() {
			defer r.atWork.Add(-1)
			f(r.backgroundCtx)
		})
	}
}

// backgroundPatience is how long a stop waits for what runs in the background, where its context allows.
const backgroundPatience = 2 * time.Second

// endBackground ends what runs in the background. What does not end in time is left behind, with its context cancelled.
func (b *Bus) endBackground(ctx context.Context, r *run) {
	b.life.Lock()
	r.endBackground()
	b.life.Unlock()
	if r.atWork.Load() == 0 {
		return // which a ctx that has ended already would not let us see
	}
	ended := make(chan struct{})
	go func() {
		r.background.Wait()
		close(ended)
	}()
	ctx, cancel := context.WithTimeout(ctx, backgroundPatience)
	defer cancel()
	if waitFor(ctx, ended) != nil {
		b.config.logger.WarnContext(ctx, "something in the background does not end", "peer", b.ID())
	}
}
