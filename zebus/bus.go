package zebus

import (
	"context"
	"slices"
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
	running     atomic.Pointer[run] // nil while nothing can be sent
	reception   reception
	localEvents localEvents
	dumps       dumps
	drops       episodes
	watched     bool // somebody is told of every message that is handled
	acks        bool // the transport wants to know that it is
}

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
	if err := b.dressHandlers(); err != nil {
		return nil, err
	}
	b.reception.supply.spares = &b.reception.spares
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

// dressHandlers puts the middleware around the handlers of the service, and adds those of the bus and of the directory.
func (b *Bus) dressHandlers() error {
	c := &b.config
	c.middleware = outermostFirst(c.middleware, func(next Handler) Handler { return b.giveUp(b.watchTries(next)) })
	dressed, err := dress(c.handlers, c.middleware)
	if err != nil {
		return err
	}
	c.handlers = slices.Concat(dressed, b.ownHandlers(), c.directory.Handlers())
	return nil
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
