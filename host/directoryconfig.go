package host

import (
	"errors"
	"log/slog"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/transport/zmq"
)

// DirectoryConfig is the content of directory.toml: the settings of a directory server.
type DirectoryConfig struct {
	// Endpoint is where the directory listens, as "tcp://host:port", with the meaning of
	// [ZmqConfig.InboundEndpoint]. Peers must know it, so a port "*" is of use in tests only.
	// The default is "tcp://*:7465".
	Endpoint string `toml:"endpoint" default:"tcp://*:7465" check:"inbound"`

	// Environment is the network this directory serves; peers of another one get no answer. The
	// default is "Demo", as that of peers; real networks have a name of their own.
	Environment string `toml:"environment" default:"Demo"`

	// Index is the position of this directory in the directory_endpoints of its peers, from
	// zero. It makes the peer id Abc.Zebus.DirectoryService.<index>; a wrong one costs every
	// peer 5 seconds when it stops. The default is 0.
	Index int `toml:"index" default:"0" min:"0" max:"1000"`

	// Store is where peers are remembered. "memory", the default and so far the only one,
	// forgets them when the directory stops; peers register again by themselves.
	Store string `toml:"store" default:"memory" check:"store"`

	// PingPeersInterval is the time between two pings of a peer. Peers take a directory that is
	// silent for several minutes for one that has forgotten them, and register again. The
	// default is 1 minute; zero pings nobody.
	PingPeersInterval time.Duration `toml:"ping_peers_interval" default:"1min" min:"100ms" max:"1h" zero:"off"`

	// MaxAllowedClockDifferenceWhenRegistering refuses a peer whose clock is further ahead than
	// this. Such a peer would stay registered until the time has come. Too small and peers on
	// machines without a time service are refused. The default is zero: no check.
	MaxAllowedClockDifferenceWhenRegistering time.Duration `toml:"max_allowed_clock_difference_when_registering" default:"0s" min:"1ms" max:"365days" zero:"off"` //nolint:lll // tags cannot be broken

	// BlacklistedMachines are machines whose peers may not register, compared without case. In
	// the environment they are separated by spaces, commas or semicolons. The default is none.
	BlacklistedMachines []string `toml:"blacklisted_machines" default:""`

	// DisableDynamicSubscriptionsForDirectoryOutgoingMessages sends directory events only to
	// peers that subscribed to them when they registered, which all peers do. It saves time in
	// networks with very many dynamic subscriptions. The default is false.
	DisableDynamicSubscriptionsForDirectoryOutgoingMessages bool `toml:"disable_dynamic_subscriptions_for_directory_outgoing_messages" default:"false"`

	// Zmq is the zmq table: the keys of zmq.toml without inbound_endpoint, for which Endpoint
	// stands here. Environment variables do without the name of the table.
	Zmq ZmqConfig `toml:"zmq" without:"inbound_endpoint"`
}

// DefaultDirectoryConfig returns the configuration of a directory server of which nothing was
// said: the one that peers of which nothing was said look for.
func DefaultDirectoryConfig() DirectoryConfig {
	return defaults[DirectoryConfig]()
}

// Validate reports everything that keeps c from describing a directory server, each problem as
// a [*Problem] that names the key. It returns nil when there is none.
func (c DirectoryConfig) Validate() error {
	return errors.Join(
		verify(c),
		required("directory.toml", "environment", c.Environment != ""),
	)
}

// Transport returns the settings for the libzmq transport of the directory server.
func (c DirectoryConfig) Transport(logger *slog.Logger) zmq.Config {
	c.Zmq.InboundEndpoint = c.Endpoint
	return c.Zmq.transport(logger)
}

// Server returns the settings for the directory server, without the store: the program opens it,
// and closes it after the bus has stopped.
func (c DirectoryConfig) Server(logger *slog.Logger) directory.ServerConfig {
	return directory.ServerConfig{
		MaxClockDifference:          c.MaxAllowedClockDifferenceWhenRegistering,
		BlacklistedMachines:         c.BlacklistedMachines,
		DisableDynamicSubscriptions: c.DisableDynamicSubscriptionsForDirectoryOutgoingMessages,
		PingInterval:                orNone(c.PingPeersInterval),
		Logger:                      logger,
	}
}
