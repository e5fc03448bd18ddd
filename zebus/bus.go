package zebus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// Bus is a peer: it sends and publishes what the service says, and runs the handlers of the service for what others
// say. It is safe for concurrent use.
//
// A bus is started and stopped, and may be started again. Between the two it holds a run: everything that lasts as
// long as the peer is registered.
type Bus struct {
	config        busConfig
	ids           *MessageIDSource
	dispatcher    *dispatch.Dispatcher
	routes        routes
	audiences     audiences
	pending       *pendingCommands
	subscriptions *subscriptions

	life struct {
		sync.Mutex
		state  state
		cancel context.CancelFunc // ends a Start that is under way
		ended  chan struct{}      // closed when the Start under way has ended
	}
	running   atomic.Pointer[run] // nil while nothing can be sent
	reception reception
	spares    spares
	dumps     dumps
	drops     episodes
	watched   bool // somebody is told of every message that is handled
	acks      bool // the transport wants to know that it is
}

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

type state uint8

const (
	stopped state = iota
	starting
	started
	stopping
)

var _ PeerSender = (*Bus)(nil)

func newBus(c busConfig) (*Bus, error) {
	c.dispatch.Ages = c.dispatch.Ages || c.observer.Built != nil
	if c.dispatch.OnPanic == nil {
		c.dispatch.OnPanic = c.reportPanic
	}
	b := &Bus{
		config:     c,
		ids:        NewMessageIDSource(nil),
		dispatcher: dispatch.New(withLanes(c.dispatch, c.handlers)),
		pending:    newPendingCommands(c.commandTimeout, c.observer.CommandEnded),

		subscriptions: newSubscriptions(),
	}
	b.pending.helper, _ = c.transport.(Helper)
	b.audiences.directory, _ = c.directory.(VersionedDirectory)
	b.config.middleware = outermostFirst(c.middleware, func(next Handler) Handler { return b.giveUp(b.watchTries(next)) })
	dressed, err := dress(c.handlers, b.config.middleware)
	if err != nil {
		return nil, err
	}
	b.config.handlers = dressed
	b.config.handlers = append(b.config.handlers, b.ownHandlers()...)
	b.config.handlers = append(b.config.handlers, c.directory.Handlers()...)
	b.watched = c.watchesMessages()
	b.acks = c.transportWantsAcks()
	b.config.reportIdleQueues()
	b.routes.table.Store(&routeTable{byID: map[MessageTypeID]*route{}})
	for _, h := range b.config.handlers {
		b.routes.add(b, h, nil)
	}
	b.routes.know(b, c.known)
	c.directory.Watch(b.peerChanged)
	b.observe()
	return b, nil
}

// transportWantsAcks says whether the transport wants to know what has been handled.
func (c *busConfig) transportWantsAcks() bool {
	free, ok := c.transport.(AckFree)
	return !ok || free.IgnoresAcks() != c.transport
}

// reportPanic tells of a panic in what the bus calls beside handlers: observers above all.
func (c *busConfig) reportPanic(queue string, err error) {
	c.logger.Error("panic beside a handler", "peer", c.self.ID, "queue", queue, "error", err)
}

// ID returns the ID of the peer.
func (b *Bus) ID() PeerID { return b.config.self.ID }

// Environment returns the name of the network.
func (b *Bus) Environment() string { return b.config.self.Environment }

// Endpoint returns where the peer receives, "" while the bus does not run.
func (b *Bus) Endpoint() string {
	if r := b.running.Load(); r != nil {
		return r.originator.SenderEndpoint
	}
	return ""
}

// IsRunning says whether messages can be sent: from the moment at which a Start begins to register until a Stop has
// stopped the transport.
func (b *Bus) IsRunning() bool { return b.running.Load() != nil }

// Done returns a channel that is closed when the bus has stopped; it is closed already when the bus does not run.
func (b *Bus) Done() <-chan struct{} {
	if r := b.running.Load(); r != nil {
		return r.done
	}
	closed := make(chan struct{})
	close(closed)
	return closed
}

// PendingCommands returns the number of commands that wait for their answer.
func (b *Bus) PendingCommands() int { return b.pending.len() }

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

func waitFor(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
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

func (b *Bus) unregister(ctx context.Context, r *run) {
	if r.registered {
		r.registered = false
		if err := b.config.directory.Unregister(ctx); err != nil {
			b.config.logger.WarnContext(ctx, "unregister", "peer", b.ID(), "error", err)
		}
	}
	b.subscriptions.close() // also when the start has failed: what is subscribed from now on is for the next one
}

// peerChanged passes on what the directory learned: to the transport, which forgets old connections before anything
// else is sent, and to the commands that wait for that peer.
func (b *Bus) peerChanged(c PeerChange) {
	if c.Peer.ID == b.ID() {
		return
	}
	b.config.transport.PeerChanged(c)
	switch c.Kind {
	case PeerStartedChange:
		b.pending.endPeer(c.Peer.ID, ErrPeerRestarted, func(*Pending) bool { return true })
	case PeerDecommissionedChange:
		b.awaitLastAnswers(c.Peer.ID)
	case PeerStoppedChange, PeerUpdatedChange, PeerSoughtChange:
	}
}

// lastAnswers is how long a peer that has left may still answer: one that stops first leaves the directory and then
// lets its handlers finish.
const lastAnswers = 5 * time.Second

// awaitLastAnswers ends the commands that wait for a peer which has left, unless their answers are on the way.
func (b *Bus) awaitLastAnswers(id PeerID) {
	before := b.ids.Next().Time()
	time.AfterFunc(lastAnswers, func() {
		b.pending.endPeer(id, ErrPeerGone, func(p *Pending) bool { return p.id.Time().Before(before) })
	})
}

// machineName returns what originators say of the machine; nil when it has no name.
func machineName() *string {
	name, err := os.Hostname()
	if err != nil {
		return nil
	}
	return &name
}
