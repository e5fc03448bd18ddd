package memory

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/zebus-go/zebus/transport"
)

// Config is what can be chosen of a transport. The zero Config is fine.
type Config struct {
	// Endpoint is where the transport receives: tcp://host:port, on this network only. The port * stands for one that
	// is free, another one at each start. Empty means tcp://memory:*.
	Endpoint string

	// MaxMessageSize is the largest frame, in bytes, that is sent. Zero means [transport.DefaultMaxMessageSize].
	MaxMessageSize int

	// SendQueueLimit is how many bytes may wait for one peer. Only a peer that hangs lets them pile up. Zero means 64 MiB.
	SendQueueLimit int

	// StopTimeout is how long Stop waits for peers that hang to take what was sent to them, before it reports the rest
	// as lost. Zero means 5 seconds.
	StopTimeout time.Duration

	// Logger is told of frames that are dropped. Nil means that nobody is.
	Logger *slog.Logger
}

const (
	defaultEndpoint       = "tcp://memory:*"
	defaultSendQueueLimit = 64 << 20
	defaultStopTimeout    = 5 * time.Second
)

func (c Config) withDefaults() Config {
	if c.Endpoint == "" {
		c.Endpoint = defaultEndpoint
	}
	if c.MaxMessageSize == 0 {
		c.MaxMessageSize = transport.DefaultMaxMessageSize
	}
	if c.SendQueueLimit == 0 {
		c.SendQueueLimit = defaultSendQueueLimit
	}
	if c.StopTimeout == 0 {
		c.StopTimeout = defaultStopTimeout
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) validate() error {
	var errs []error
	host, isTCP := strings.CutPrefix(c.Endpoint, "tcp://")
	if name, port, found := strings.Cut(host, ":"); !isTCP || !found || name == "" || port == "" {
		errs = append(errs, fmt.Errorf("memory: endpoint %q: want tcp://host:port", c.Endpoint))
	}
	if c.MaxMessageSize < 0 || c.MaxMessageSize > transport.MaxFieldLength {
		errs = append(errs, fmt.Errorf("memory: max message size %d: want 0 to %d bytes", c.MaxMessageSize, transport.MaxFieldLength))
	}
	if c.SendQueueLimit < 0 {
		errs = append(errs, fmt.Errorf("memory: send queue limit %d: want a number of bytes", c.SendQueueLimit))
	}
	if c.StopTimeout < 0 {
		errs = append(errs, fmt.Errorf("memory: stop timeout %v: want a positive duration", c.StopTimeout))
	}
	return errors.Join(errs...)
}
