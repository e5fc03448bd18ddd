package directory

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// ServerConfig says how a directory peer treats the others.
type ServerConfig struct {
	// Store keeps the peers; nil means memory. It stays with its maker, who closes it after the bus has stopped.
	Store Store
	// MaxClockDifference refuses peers whose clock is further ahead: they could not be told from their own future. 0 does
	// not look.
	MaxClockDifference time.Duration
	// BlacklistedMachines may not register: names of machines, or hosts of endpoints, in any case.
	BlacklistedMachines []string
	// DisableDynamicSubscriptions sends what the directory publishes only to those who subscribed to it when they
	// registered, as every peer does. It saves time where dynamic subscriptions are very many.
	DisableDynamicSubscriptions bool
	// PingInterval is the time between two pings of a peer. Peers take a directory that is silent for much longer for
	// one that has forgotten them. 0 means 1 min; less pings nobody.
	PingInterval time.Duration
	// OnCommandHandled is told how long a registration, an unregistration or an update of subscriptions took. It may be
	// nil, and must not wait.
	OnCommandHandled func(command zebus.MessageTypeID, took time.Duration)
	// Logger is told of refusals and of publications that did not reach everybody; nil logs nothing.
	Logger *slog.Logger
}

const defaultPingInterval = time.Minute

func (c ServerConfig) withDefaults() ServerConfig {
	if c.Store == nil {
		c.Store = NewMemoryStore()
	}
	if c.PingInterval == 0 {
		c.PingInterval = defaultPingInterval
	}
	if c.OnCommandHandled == nil {
		c.OnCommandHandled = func(zebus.MessageTypeID, time.Duration) {}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c ServerConfig) validate() error {
	var errs []error
	if c.MaxClockDifference < 0 {
		errs = append(errs, fmt.Errorf("directory: maximum clock difference %v is negative", c.MaxClockDifference))
	}
	return errors.Join(errs...)
}
