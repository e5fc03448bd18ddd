package zebus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/zebus-go/zebus/dispatch"
)

// A Builder collects the parts of a [Bus]. Its methods return the builder, so that they chain; problems are kept until Build.
type Builder struct {
	config busConfig
}

// busConfig is all that a bus is made of.
type busConfig struct {
	self           Self
	transport      Transport
	directory      Directory
	handlers       []Handler
	logger         *slog.Logger
	observer       Observer
	tracing        Tracing
	commandTimeout time.Duration
	dispatch       dispatch.Config
	localDispatch  bool
	initiator      string
	middleware     []prioritized
	hooks          []Hooks
	deadLetters    func(context.Context, DeadLetter)
	publishErrors  bool
	dumpFolder     string
	selector       Selector
	snapshots      []SnapshotSource
	known          []*MessageType
	nilMessage     bool // among those that were to be known
	periodic       []Periodic
}

// NewBuilder returns a builder for the bus of the peer with the given ID: "Acme.Echo.0".
func NewBuilder(self PeerID) *Builder {
	return &Builder{config: busConfig{
		self:          Self{ID: self},
		logger:        slog.New(slog.DiscardHandler),
		localDispatch: true,
		initiator:     osUser(),
	}}
}

// WithEnvironment sets the name of the network, "Prod": peers of other environments do not hear each other.
func (b *Builder) WithEnvironment(name string) *Builder {
	b.config.self.Environment = name
	return b
}

// WithPersistent makes the bus keep messages for the peer while it is down.
func (b *Builder) WithPersistent(persistent bool) *Builder {
	b.config.self.Persistent = persistent
	return b
}

// WithTransport sets what carries the messages. It is needed.
func (b *Builder) WithTransport(t Transport) *Builder {
	b.config.transport = t
	return b
}

// WithDirectory sets what knows the peers. It is needed.
func (b *Builder) WithDirectory(d Directory) *Builder {
	b.config.directory = d
	return b
}

// WithHandlers adds handlers: those that zebusgen gathered, or made by [HandleCommand] and its siblings.
func (b *Builder) WithHandlers(handlers ...Handler) *Builder {
	b.config.handlers = append(b.config.handlers, handlers...)
	return b
}

// WithMessages names types of messages that this peer knows, whether one of its handlers takes them or not. A command of
// such a type that nobody handles here is answered as done, as by a peer of Zebus (.NET) that knows its class; one of a
// type that is neither named nor handled is not answered at all. nil pointers are enough: WithMessages((*Measured)(nil)).
func (b *Builder) WithMessages(messages ...Message) *Builder {
	for _, m := range messages {
		if m == nil { // no type; a nil pointer has one
			b.config.nilMessage = true
			continue
		}
		b.config.known = append(b.config.known, m.ZebusType())
	}
	return b
}

// WithLogger sets the logger; without it, or with nil, nothing is logged.
func (b *Builder) WithLogger(l *slog.Logger) *Builder {
	if l == nil {
		l = slog.New(slog.DiscardHandler)
	}
	b.config.logger = l
	return b
}

// WithDefaultCommandTimeout bounds the wait for the answer to a command whose context has no deadline. 0, the default, does not.
func (b *Builder) WithDefaultCommandTimeout(d time.Duration) *Builder {
	b.config.commandTimeout = d
	return b
}

// WithDispatch sets limits and batch sizes of the queues on which handlers run.
func (b *Builder) WithDispatch(c dispatch.Config) *Builder {
	b.config.dispatch = c
	return b
}

// WithoutLocalDispatch sends what the peer handles itself through the transport too, as to any other peer.
func (b *Builder) WithoutLocalDispatch() *Builder {
	b.config.localDispatch = false
	return b
}

// Build returns the bus, not started. It reports everything that is missing or wrong at once.
func (b *Builder) Build() (*Bus, error) {
	if err := b.config.validate(); err != nil {
		return nil, err
	}
	bus, err := newBus(b.config)
	if err != nil {
		return nil, err
	}
	bus.config.observer.built(bus)
	return bus, nil
}

func (c *busConfig) validate() error {
	errs := []error{c.validateParts(), c.dispatch.Validate(), c.validateHandlers()}
	if c.nilMessage {
		errs = append(errs, errors.New("zebus: nil was given to WithMessages: it wants nil pointers of a type"))
	}
	for _, s := range c.snapshots {
		errs = append(errs, s.validate())
	}
	for _, p := range c.periodic {
		errs = append(errs, p.validate())
	}
	return errors.Join(errs...)
}

// validateParts says what is missing or wrong of that which every bus has.
func (c *busConfig) validateParts() error {
	var errs []error
	if c.self.ID == "" {
		errs = append(errs, errors.New("zebus: peer ID is empty"))
	}
	if c.transport == nil {
		errs = append(errs, errors.New("zebus: no transport: call WithTransport"))
	}
	if c.directory == nil {
		errs = append(errs, errors.New("zebus: no directory: call WithDirectory"))
	}
	if c.commandTimeout < 0 {
		errs = append(errs, fmt.Errorf("zebus: default command timeout %v is negative", c.commandTimeout))
	}
	return errors.Join(errs...)
}

func (c *busConfig) validateHandlers() error {
	var errs []error
	for _, h := range c.handlers {
		errs = append(errs, h.validate())
	}
	errs = append(errs, checkLanes(c.handlers))
	if slices.ContainsFunc(c.middleware, func(p prioritized) bool { return p.middleware == nil }) {
		errs = append(errs, errors.New("zebus: nil was given to WithMiddleware"))
	}
	return errors.Join(errs...)
}
