package host

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// DefaultStopTimeout bounds a graceful stop of which nobody said how long it may take.
const DefaultStopTimeout = 30 * time.Second

// ErrKilled means that a second signal ended the process before a graceful stop was done. What
// was still running has been left behind, so the program should exit.
var ErrKilled = errors.New("host: killed by a second signal")

// ErrInterrupted means that a peer was asked to end before it had started. What the start had
// done has been undone.
var ErrInterrupted = errors.New("host: interrupted before the start was complete")

// ErrStopTimeout means that a graceful stop did not end in time. It comes joined with what the
// bus says of the handlers that still run.
var ErrStopTimeout = errors.New("host: stop timed out")

// A Peer is what can be started and stopped: a [*zebus.Bus].
type Peer interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
}

// ServeOptions is how [Serve] runs a peer. The zero value is a good one.
type ServeOptions struct {
	// Signals is where requests to end the process come from: the first one stops gracefully,
	// the second one ends at once. A SIGTERM within 100 ms of another one is the same request. Nil
	// means SIGINT and SIGTERM.
	Signals <-chan os.Signal

	// StopTimeout bounds the graceful stop. Too small and accepted messages are not handled.
	// Zero means [DefaultStopTimeout].
	StopTimeout time.Duration

	// Ready, if not nil, is called once the peer has started, unless it shall end already.
	Ready func()

	// Stopping, if not nil, is called when the graceful stop begins, which may take StopTimeout.
	Stopping func()
}

// Serve starts a peer, keeps it running until ctx ends or a signal arrives, and stops it
// gracefully. It returns nil when that succeeded, the error of the start when the peer could not
// start, [ErrInterrupted] when it was asked to end meanwhile, [ErrStopTimeout] when the stop took too long, and
// [ErrKilled] as soon as a second signal arrives.
func Serve(ctx context.Context, peer Peer, options ServeOptions) error {
	if options.Signals == nil {
		signals := make(chan os.Signal, 2) // two: those that come together
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		defer signal.Stop(signals)
		options.Signals = signals
	}
	life := newLife(ctx, peer, options)
	ended := make(chan error, 1) // one: nobody may be left to read it
	go func() { ended <- life.run() }()
	return life.watch(ended, options.Signals)
}

// A life is one start and stop of a peer. Its run may outlive Serve in one case only: when a
// second signal wants the process gone at once.
type life struct {
	peer    Peer
	options ServeOptions

	running    context.Context //nolint:containedctx // ends when the peer shall stop
	endRunning context.CancelFunc
	stopping   context.Context //nolint:containedctx // ends when the stop shall be given up; outlives running
	giveUp     context.CancelFunc
}

func newLife(ctx context.Context, peer Peer, options ServeOptions) *life {
	l := &life{peer: peer, options: options}
	l.running, l.endRunning = context.WithCancel(ctx)
	l.stopping, l.giveUp = context.WithCancel(context.WithoutCancel(ctx))
	return l
}

// run starts the peer, waits for the end of its time, and stops it.
func (l *life) run() error {
	if err := l.peer.Start(l.running); err != nil {
		return l.startFailed(err)
	}
	if l.options.Ready != nil && l.running.Err() == nil {
		l.options.Ready()
	}
	<-l.running.Done()
	if l.options.Stopping != nil {
		l.options.Stopping()
	}
	return stop(l.stopping, l.peer, l.options.StopTimeout)
}

func (l *life) startFailed(err error) error {
	if l.running.Err() != nil && errors.Is(err, l.running.Err()) {
		return &interruption{start: err}
	}
	return err
}

// An interruption is an [ErrInterrupted]. What the start says of it is of no interest to people.
type interruption struct{ start error }

func (*interruption) Error() string     { return ErrInterrupted.Error() }
func (i *interruption) Unwrap() []error { return []error{ErrInterrupted, i.start} }

// watch turns signals into the ends of the two contexts, and returns how the run ended.
func (l *life) watch(ended <-chan error, signals <-chan os.Signal) error {
	defer l.giveUp()
	defer l.endRunning()
	var heard requests
	select {
	case err := <-ended:
		return err
	case s := <-signals:
		heard.repeats(s)
		l.endRunning()
	case <-l.running.Done():
		return watchStop(ended, signals, heard, 2)
	}
	return watchStop(ended, signals, heard, 1)
}

// watchStop waits for the end of the stop, which so many more requests than were heard give up.
func watchStop(ended <-chan error, signals <-chan os.Signal, heard requests, patience int) error {
	for patience > 0 {
		select {
		case err := <-ended:
			return err
		case s := <-signals:
			if !heard.repeats(s) {
				patience--
			}
		}
	}
	return ErrKilled
}

// stop stops a peer gracefully, within the timeout.
func stop(ctx context.Context, peer Peer, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(timeout, DefaultStopTimeout))
	defer cancel()
	err := peer.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		return errors.Join(ErrStopTimeout, err)
	}
	return err
}
