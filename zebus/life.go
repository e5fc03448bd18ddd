package zebus

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// state is where a bus is in its life:
//
//	stopped → starting → started → stopping → stopped
//
// A start that fails leads back to stopped. A stop that fails while handlers run leads back to started, from where the next
// one goes on.
type state uint8

const (
	stopped state = iota
	starting
	started
	stopping
)

// Start makes the peer part of the bus: it begins to receive, registers with the directory, and then lets the handlers
// run. ctx bounds the start alone. A start that fails, or that a Stop interrupts, undoes what it had done; the bus
// can be started again. On a bus that is not stopped it returns [ErrAlreadyRunning].
func (b *Bus) Start(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if !b.beginStart(cancel) {
		return fmt.Errorf("start %s: %w", b.ID(), ErrAlreadyRunning)
	}
	err := b.tryStart(ctx)
	if err == nil {
		b.raise(ctx, func(h Hooks) func(context.Context) { return h.Started }) // a hook may stop the bus again
	}
	return err
}

// errCutShort is how a start or stop has ended in which a function of the service panicked, or ended the goroutine. Nobody is
// left to return it to.
var errCutShort = errors.New("zebus: cut short")

// tryStart starts the bus, and knows how that ended when it does not return.
func (b *Bus) tryStart(ctx context.Context) (err error) {
	err = errCutShort
	defer func() { b.endStart(err) }()
	err = b.start(ctx)
	return err
}

func (b *Bus) beginStart(cancel context.CancelFunc) bool {
	b.life.Lock()
	defer b.life.Unlock()
	if b.life.state != stopped {
		return false
	}
	b.life.state, b.life.cancel, b.life.ended = starting, cancel, make(chan struct{})
	return true
}

func (b *Bus) isStarting() bool {
	b.life.Lock()
	defer b.life.Unlock()
	return b.life.state == starting
}

func (b *Bus) endStart(err error) {
	b.life.Lock()
	defer b.life.Unlock()
	b.life.state = started
	if err != nil {
		b.life.state = stopped
	}
	close(b.life.ended)
}

// start does the steps of a start; when one fails, or panics, it undoes those before it, the last first.
func (b *Bus) start(ctx context.Context) error {
	if err := b.ask(ctx, func(h Hooks) func(context.Context) error { return h.Starting }); err != nil {
		return fmt.Errorf("start %s: %w", b.ID(), err)
	}
	r, err := b.open(ctx)
	if err != nil {
		return err
	}
	joined := false
	defer func() {
		if !joined {
			b.undo(ctx, r)
		}
	}()
	if err := b.join(ctx, r); err != nil {
		return err
	}
	b.config.transport.Registered()
	b.dispatcher.Start()
	b.startPeriodic(r)
	joined = true
	return nil
}

// join makes the peer one of the network: from here on the bus has a run.
func (b *Bus) join(ctx context.Context, r *run) error {
	r.self = b.descriptor(r.originator.SenderEndpoint)
	b.beginRun(r)
	// The bus can send before it is registered, because registering is sending.
	if err := b.config.directory.Register(ctx, b, r.self); err != nil {
		return fmt.Errorf("register %s: %w", b.ID(), err)
	}
	r.registered = true
	for _, s := range r.self.Subscriptions {
		b.subscriptions.note(s.Type, &b.routes, r)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("start %s: %w", b.ID(), err)
	}
	return nil
}

// open starts the transport: from here on messages can arrive, and wait until the bus has a run.
func (b *Bus) open(ctx context.Context) (*run, error) {
	r := &run{bus: b, done: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	r.backgroundCtx, r.endBackground = context.WithCancel(r.ctx)
	b.dispatcher.Load()
	b.pending.open()
	endpoint, err := b.config.transport.Start(ctx, b.config.self, (*inbound)(b))
	if err != nil {
		b.pending.close(ErrNotRunning)
		b.forgetEarly()
		return nil, errors.Join(fmt.Errorf("start %s: %w", b.ID(), err), b.dispatcher.Stop(context.WithoutCancel(ctx)))
	}
	r.originator = Originator{SenderID: b.ID(), SenderEndpoint: endpoint, MachineName: machineName(), InitiatorUserName: &b.config.initiator}
	return r, nil
}

func (b *Bus) descriptor(endpoint string) PeerDescriptor {
	return PeerDescriptor{
		Peer:          Peer{ID: b.ID(), Endpoint: endpoint, Up: true, Responding: true, Persistent: b.config.self.Persistent},
		Subscriptions: b.subscriptions.open(b.startupSubscriptions()),
		Persistent:    b.config.self.Persistent,
	}
}

// What a failed start may take to leave nothing behind, its own context having often ended: undoTimeout once the peer
// was registered; before, only directories that did not answer are there to say farewell to, and will not answer that.
const (
	undoTimeout     = 5 * time.Second
	farewellTimeout = 300 * time.Millisecond
)

func (b *Bus) undo(ctx context.Context, r *run) {
	registered, timeout := r.registered, farewellTimeout
	if registered {
		timeout = undoTimeout
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	if err := b.shutDown(ctx, r); err != nil && (registered || !errors.Is(err, context.DeadlineExceeded)) {
		b.config.logger.WarnContext(ctx, "undoing a failed start", "peer", b.ID(), "error", err)
	}
	b.forgetEarly() // there may be some where the run had not begun
}

// Stop takes the peer off the bus: it unregisters, lets the handlers finish what has arrived, ends the commands that
// still wait with [ErrNotRunning], and closes the transport. Handlers may send until they are done.
//
// When ctx ends first, Stop returns its error joined with the names of the handlers that still run, and their
// contexts are cancelled; a second Stop goes on from there. A Stop during a Start interrupts the start and returns when it is
// undone, or stops the bus when the start was as good as done. On a stopped bus it returns [ErrNotRunning]. A handler of
// this bus that stops it with its own context would wait for itself, and gets [ErrWaitsForItself]; it starts a goroutine
// for the stop.
func (b *Bus) Stop(ctx context.Context) error {
	if c := scopeOf(ctx).handling; c != nil && c.run != nil && c.run.bus == b {
		return fmt.Errorf("stop %s: %w", b.ID(), ErrWaitsForItself)
	}
	was, startEnded := b.beginStop()
	interrupted := was == starting
	for was == starting {
		if err := waitFor(ctx, startEnded); err != nil {
			return err
		}
		was, startEnded = b.beginStop()
	}
	if interrupted && was == stopped {
		return nil
	}
	if was != started {
		return fmt.Errorf("stop %s: %w", b.ID(), ErrNotRunning)
	}
	stopped, err := b.tryStop(ctx)
	if stopped {
		b.raise(ctx, func(h Hooks) func(context.Context) { return h.Stopped }) // a hook may start the bus again
	}
	return err
}

// tryStop stops the bus, and knows how that ended when it does not return.
func (b *Bus) tryStop(ctx context.Context) (stopped bool, err error) {
	err = errCutShort
	defer func() { stopped = b.endStop(err) }()
	err = b.stop(ctx)
	return stopped, err
}

func (b *Bus) stop(ctx context.Context) error {
	r := b.running.Load()
	if !r.leaving { // a stop that goes on from one that was too short has asked already
		if err := b.ask(ctx, func(h Hooks) func(context.Context) error { return h.Stopping }); err != nil {
			return fmt.Errorf("stop %s: %w", b.ID(), err)
		}
		r.leaving = true
	}
	return b.shutDown(ctx, r)
}

// beginStop returns the state it found. A start under way is interrupted, and startEnded is closed when it is undone.
func (b *Bus) beginStop() (was state, startEnded <-chan struct{}) {
	b.life.Lock()
	defer b.life.Unlock()
	was = b.life.state
	switch was {
	case starting:
		b.life.cancel()
	case started:
		b.life.state = stopping
	case stopped, stopping:
	}
	return was, b.life.ended
}

// endStop says whether the bus has stopped.
func (b *Bus) endStop(err error) bool {
	b.life.Lock()
	defer b.life.Unlock()
	b.life.state = stopped
	if err != nil && b.running.Load() != nil {
		b.life.state = started // handlers still run: the next Stop goes on
	}
	return b.life.state == stopped
}

// shutDown does the steps of a stop. Handlers that do not end in time keep the run alive, for a second attempt.
func (b *Bus) shutDown(ctx context.Context, r *run) error {
	b.endBackground(ctx, r)
	b.unregister(ctx, r)
	if err := b.dispatcher.Stop(ctx); err != nil {
		r.cancel()
		return fmt.Errorf("stop %s: %w", b.ID(), err)
	}
	err := b.config.transport.Stop(ctx)
	b.running.Store(nil)
	b.pending.close(ErrNotRunning)
	r.cancel()
	b.subscriptions.endRun()
	close(r.done)
	if err != nil {
		return fmt.Errorf("stop the transport of %s: %w", b.ID(), err)
	}
	return nil
}

func (b *Bus) unregister(ctx context.Context, r *run) {
	if r.registered {
		r.registered = false
		if err := b.config.directory.Unregister(ctx); err != nil {
			b.config.logger.WarnContext(ctx, "unregister", "peer", b.ID(), "error", err)
		}
	}
	b.subscriptions.close() // also when the start has failed: what is subscribed from now on is for the next one
}
