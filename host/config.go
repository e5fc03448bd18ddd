package host

import (
	"errors"
	"log/slog"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// Config is everything a peer can be told from outside. It is complete: start from
// [DefaultConfig] or [Load] and change what the program knows better. [Config.Validate] tells
// what is wrong with it.
type Config struct {
	Bus BusConfig // bus.toml
	Zmq ZmqConfig // zmq.toml

	// StopTimeout bounds a graceful stop; after it, handlers that still run are left behind. No
	// file has it, it belongs to the program. Too small and accepted messages are not handled.
	// Zero means 30 seconds.
	StopTimeout time.Duration

	// Ready, if not nil, is called by [Run] once the peer has started, for a probe to say so. The peer does not stop before it
	// has returned. No file has it, it belongs to the program.
	Ready func(bus *zebus.Bus)

	// Stopping, if not nil, is called by [Run] when the graceful stop begins, before anything else is done for it.
	Stopping func(bus *zebus.Bus)

	// Logger hears what the bus, the directory client and the transport have to say. Nil means
	// that warnings and errors go to standard error, and beside them the lines that say that
	// the peer is ready and that it stops.
	Logger *slog.Logger
}

// BusConfig is the content of bus.toml: who the peer is, where its directory is, how its bus
// behaves. The tags give the key, the default and the range of every field.
type BusConfig struct {
	// PeerID names this peer, for example "Acme.Echo.0". A "*" in it is replaced by a unique
	// text when the bus is built, for clients of which many run at once. Empty means that the
	// program names itself in code; a peer without a name cannot be built.
	PeerID zebus.PeerID `toml:"peer_id" default:"" check:"peer"`

	// Environment keeps networks apart: a peer drops messages of every other environment
	// without a reply, so all peers and directories of a network must agree on it. The default
	// is "Demo", the same as that of a directory server, so that a first program works without
	// any settings; real networks have a name of their own.
	Environment string `toml:"environment" default:"Demo"`

	// DirectoryEndpoints are the directory servers, as "tcp://host:port". Their position counts:
	// the first is Abc.Zebus.DirectoryService.0, the second .1, so every peer of a network lists
	// them in the same order. In the environment they are separated by spaces, commas or
	// semicolons. The default is a directory server on this machine that was told nothing,
	// "tcp://localhost:7465".
	DirectoryEndpoints []string `toml:"directory_endpoints" default:"tcp://localhost:7465" check:"remote"`

	// RegistrationTimeout bounds one attempt to register, unregister or update at one
	// directory server; after it the next server is tried. Too small and a busy directory is
	// passed over, too large and a dead one delays the start. The default is 30 seconds.
	RegistrationTimeout time.Duration `toml:"registration_timeout" default:"30s" min:"1ms" max:"24h"`

	// FaultedDirectoryRetryDelay is how long a directory server that failed is tried only after
	// all others. Too small and every registration waits for a dead server first, too large and
	// one that came back stays idle. The default is 5 minutes; zero forgets failures at once.
	FaultedDirectoryRetryDelay time.Duration `toml:"faulted_directory_retry_delay" default:"5min" max:"365days"`

	// DirectorySilenceTimeout is how long the directory may send no ping before this peer
	// believes itself forgotten and registers again. Directories ping every minute: below that,
	// peers register again and again, and lose connections each time; much above, a directory
	// that lost its memory gets its peers back late. The default is 5 minutes; zero never
	// registers again.
	DirectorySilenceTimeout time.Duration `toml:"directory_silence_timeout" default:"5min" min:"1s" max:"365days" zero:"off"`

	// PickRandomDirectory spreads peers over the directory servers by trying these in random
	// order; false keeps the order of DirectoryEndpoints, which helps when debugging. The
	// default is true.
	PickRandomDirectory bool `toml:"pick_random_directory" default:"true"`

	// IsPersistent asks the network to keep messages for this peer while it is down. It needs a
	// persistence service. The default is false: what is sent while the peer is down is lost to it.
	IsPersistent bool `toml:"is_persistent" default:"false"`

	// StartReplayTimeout bounds the wait of a persistent peer for the first message kept for it.
	// Too small and a busy persistence makes the start fail. The default is 30 seconds.
	StartReplayTimeout time.Duration `toml:"start_replay_timeout" default:"30s" min:"1ms" max:"24h"`

	// EnableErrorPublication publishes a MessageProcessingFailed event for every error of a
	// handler, for whoever watches the network. The default is false.
	EnableErrorPublication bool `toml:"enable_error_publication" default:"false"`

	// MessageBatchSize is the largest number of messages a batched handler gets in one call.
	// Too small and batching saves nothing, too large and one call keeps its queue for long.
	// The default is 100.
	MessageBatchSize int `toml:"message_batch_size" default:"100" min:"1" max:"1000000"`

	// DefaultCommandTimeout ends a pending command whose context has no deadline. Too small and
	// slow handlers look dead. The default is zero: such a command waits for as long as its
	// peer lives.
	DefaultCommandTimeout time.Duration `toml:"default_command_timeout" default:"0s" min:"1ms" max:"365days" zero:"off"`

	// DispatchMemoryLimit bounds the bytes of all messages that wait for a handler. When it is
	// reached further commands are answered with an error and further events are dropped and
	// counted. Too small and a burst is refused, too large and the process dies of it. The
	// default is 512 MiB.
	DispatchMemoryLimit Size `toml:"dispatch_memory_limit" default:"512MiB" min:"64KiB"`

	// Queues are limits of single queues, by the names that handlers give them, in any case; "DefaultQueue" is that of
	// handlers that name none. A variable, ZEBUS_QUEUES_ORDERS_MESSAGE_LIMIT, overrides the limit of a queue that the file
	// names. The default is none.
	Queues map[string]QueueConfig `toml:"queues"`
}

// DefaultConfig returns the configuration of a peer of which nothing was said: one of the
// network "Demo" on this machine. It still lacks what no default can know, a name.
func DefaultConfig() Config {
	return Config{Bus: defaults[BusConfig](), Zmq: defaults[ZmqConfig](), StopTimeout: DefaultStopTimeout}
}

// Validate reports everything that keeps c from describing a peer, each problem as a [*Problem]
// that names the key. It returns nil when there is none.
func (c Config) Validate() error {
	return errors.Join(
		verify(c.Bus),
		required("bus.toml", "peer_id", c.Bus.PeerID != ""),
		required("bus.toml", "environment", c.Bus.Environment != ""),
		required("bus.toml", "directory_endpoints", len(c.Bus.DirectoryEndpoints) > 0),
		verify(c.Zmq),
		notNegative("StopTimeout", c.StopTimeout),
	)
}
