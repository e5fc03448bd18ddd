package directory

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// ClientConfig says where the directories are, and how patient a peer is with them.
type ClientConfig struct {
	// Endpoints are where the directories receive, "tcp://host:port", in the order that all peers of the network use: the
	// first is Abc.Zebus.DirectoryService.0. At least one is needed.
	Endpoints []string
	// PickRandom asks the directories in random order, which spreads the peers over them; else in that of Endpoints.
	PickRandom bool
	// RegistrationTimeout bounds one command to one directory; after it the next is tried. Too small and a busy directory is
	// passed over, too large and a silent one delays every start. 0 means 30 s.
	RegistrationTimeout time.Duration
	// FaultedDirectoryRetryDelay is how long a directory that failed is asked only after all others. 0 means 5 min;
	// less forgets a failure at once.
	FaultedDirectoryRetryDelay time.Duration
	// SilenceTimeout is how long the directories, which ping every minute, may be silent before the peer takes itself for
	// forgotten and registers again. Registering makes every other peer connect anew, so a time below that of a few pings
	// does harm. 0 means 5 min; less never registers again for silence.
	SilenceTimeout time.Duration
	// Logger is told of events about unknown peers and of registering again; nil logs nothing.
	Logger *slog.Logger
}

const (
	defaultRegistrationTimeout = 30 * time.Second
	defaultFaultedRetryDelay   = 5 * time.Minute
	defaultSilenceTimeout      = 5 * time.Minute
)

func (c ClientConfig) withDefaults() ClientConfig {
	if c.RegistrationTimeout == 0 {
		c.RegistrationTimeout = defaultRegistrationTimeout
	}
	if c.FaultedDirectoryRetryDelay == 0 {
		c.FaultedDirectoryRetryDelay = defaultFaultedRetryDelay
	}
	if c.SilenceTimeout == 0 {
		c.SilenceTimeout = defaultSilenceTimeout
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c ClientConfig) validate() error {
	var errs []error
	if len(c.Endpoints) == 0 {
		errs = append(errs, errors.New("directory: no endpoint of a directory"))
	}
	for i, endpoint := range c.Endpoints {
		if strings.TrimSpace(endpoint) == "" {
			errs = append(errs, fmt.Errorf("directory: endpoint %d is empty", i))
		}
	}
	if c.RegistrationTimeout < 0 {
		errs = append(errs, fmt.Errorf("directory: registration timeout %v is negative", c.RegistrationTimeout))
	}
	return errors.Join(errs...)
}
