package zmq

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/netip"
	"time"

	"github.com/zebus-go/zebus/transport"
)

// Config is how a [Transport] behaves. The zero Config is a good one: a zero field has its default. Where zero would
// mean something, a negative value says it.
type Config struct {
	// InboundEndpoint is where the peer listens: tcp://host:port, see [ParseEndpoint]. The host is what other peers are
	// told and does not restrict the bind; "*" and "0.0.0.0" tell them the name of this machine. The port "*" takes a free one. Empty
	// means tcp://*:*.
	InboundEndpoint string

	// AdvertisedEndpoint is what other peers are told instead, as host:port or tcp://host:port, for a peer behind address
	// translation or in a container. A port "*" is the one that was bound. Wrong, and nobody reaches this peer. Empty
	// means what InboundEndpoint says.
	AdvertisedEndpoint string

	// BindAddress is the IPv4 address of the interface to listen on. Empty and "*" mean all of them.
	BindAddress string

	// EndOfStreamAckTimeout bounds how long Stop waits until the peers have read what was sent to them, and is how long
	// the socket of a peer that left is kept. Too small and last messages are lost, too large and a hung peer delays
	// the stop. Zero means 5 seconds, negative not at all.
	EndOfStreamAckTimeout time.Duration

	// SendHighWaterMark is how many messages libzmq queues for one peer. Too small and a burst takes the way through our
	// own queue, too large and more is lost with a connection. Zero means 20000.
	SendHighWaterMark int

	// ReceiveHighWaterMark is how many messages libzmq queues from one peer. Too small and a burst makes its sender queue,
	// too large and it takes our memory. Zero means 40000.
	ReceiveHighWaterMark int

	// SendTimeout is how long the queue of a peer may make no progress before that counts as a failed send. It delays
	// nobody but that peer. Too small and a pause of the peer is a failure, too large and its messages fail late. Zero
	// means 100 milliseconds; less than one does not work.
	SendTimeout time.Duration

	// SendRetriesBeforeClosed is how many failed sends in a row a peer is forgiven; the next one closes it. Too small and
	// a hiccup fails everything for that peer. Zero means 2, negative none.
	SendRetriesBeforeClosed int

	// ClosedAfterSendFailure is how long messages for a peer fail at once after too many failed sends, before one is
	// tried again. Too large and a peer that is back stays cut off. Zero means 15 seconds, negative no time.
	ClosedAfterSendFailure time.Duration

	// ClosedAfterConnectFailure is the same after a connection that could not be made. It ends early when the peer is
	// heard of: when it registers, or sends something. Zero means 2 minutes, negative no time.
	ClosedAfterConnectFailure time.Duration

	// ReceiveTimeout is how often an idle receive loop looks around. Stop does not wait for it. Too small and an idle
	// peer burns CPU. Zero means 300 milliseconds; less than one does not work.
	ReceiveTimeout time.Duration

	// MaxSockets bounds the sockets: one to listen, and one for each peer that is sent to. Peers beyond it cannot be
	// reached. Each takes about five file descriptors. Zero means 2048, negative the default of libzmq, 1023.
	MaxSockets int

	// KeepAlive finds connections to other peers whose other end vanished without a word.
	KeepAlive KeepAlive

	// MaxMessageSize bounds one frame in bytes, in both directions: a larger one is refused here, and ends the connection
	// of whoever sends it to us. Too small and the answer of a directory with many peers does not arrive. Zero means
	// [transport.DefaultMaxMessageSize]; no more than [transport.MaxFieldLength].
	MaxMessageSize int

	// SendQueueLimit bounds, in bytes per peer, what waits once libzmq takes no more for that peer. At the limit sends
	// fail with [zebus.ErrPeerBusy]. Too small and a short stall is an error, too large and a dead peer costs memory.
	// Zero means 64 MiB.
	SendQueueLimit int

	// Logger hears what happens to connections and of frames that were refused. Nil means nobody does.
	Logger *slog.Logger

	// Observer is told what a metric would count.
	Observer Observer
}

// KeepAlive is TCP keep-alive on the connections to other peers.
type KeepAlive struct {
	// Off switches it off, and the other two are not used.
	Off bool
	// Idle is how long a connection is silent before it is probed, in whole seconds. Zero means 30 seconds, negative the
	// default of the operating system.
	Idle time.Duration
	// Interval is the time between two probes, in whole seconds. Zero means 3 seconds, negative the default of the
	// operating system.
	Interval time.Duration
}

// The defaults of Zebus, and two of ours.
const (
	defaultInboundEndpoint           = "tcp://*:*"
	defaultEndOfStreamAckTimeout     = 5 * time.Second
	defaultSendHighWaterMark         = 20_000
	defaultReceiveHighWaterMark      = 40_000
	defaultSendTimeout               = 100 * time.Millisecond
	defaultSendRetriesBeforeClosed   = 2
	defaultClosedAfterSendFailure    = 15 * time.Second
	defaultClosedAfterConnectFailure = 2 * time.Minute
	defaultReceiveTimeout            = 300 * time.Millisecond
	defaultMaxSockets                = 2048
	libraryMaxSockets                = 1023
	defaultKeepAliveIdle             = 30 * time.Second
	defaultKeepAliveInterval         = 3 * time.Second
	defaultSendQueueLimit            = 64 << 20
)

// withDefaults returns c with every default filled in. Negative values that stand for zero have become zero.
func (c Config) withDefaults() Config {
	c.InboundEndpoint = or(c.InboundEndpoint, defaultInboundEndpoint)
	c.BindAddress = or(c.BindAddress, "*")
	c.EndOfStreamAckTimeout = max(0, or(c.EndOfStreamAckTimeout, defaultEndOfStreamAckTimeout))
	c.SendHighWaterMark = or(c.SendHighWaterMark, defaultSendHighWaterMark)
	c.ReceiveHighWaterMark = or(c.ReceiveHighWaterMark, defaultReceiveHighWaterMark)
	c.SendTimeout = or(c.SendTimeout, defaultSendTimeout)
	c.SendRetriesBeforeClosed = max(0, or(c.SendRetriesBeforeClosed, defaultSendRetriesBeforeClosed))
	c.ClosedAfterSendFailure = max(0, or(c.ClosedAfterSendFailure, defaultClosedAfterSendFailure))
	c.ClosedAfterConnectFailure = max(0, or(c.ClosedAfterConnectFailure, defaultClosedAfterConnectFailure))
	c.ReceiveTimeout = or(c.ReceiveTimeout, defaultReceiveTimeout)
	c.MaxSockets = or(c.MaxSockets, defaultMaxSockets)
	if c.MaxSockets < 0 {
		c.MaxSockets = libraryMaxSockets
	}
	c.KeepAlive.Idle = or(c.KeepAlive.Idle, defaultKeepAliveIdle)
	c.KeepAlive.Interval = or(c.KeepAlive.Interval, defaultKeepAliveInterval)
	c.MaxMessageSize = or(c.MaxMessageSize, transport.DefaultMaxMessageSize)
	c.SendQueueLimit = or(c.SendQueueLimit, defaultSendQueueLimit)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// or returns v, or the default when v is zero.
func or[T comparable](v, whenZero T) T {
	var zero T
	if v == zero {
		return whenZero
	}
	return v
}

// validate reports everything that is wrong with c, which has its defaults.
func (c Config) validate() error {
	return errors.Join(
		c.validateInbound(),
		c.validateAdvertised(),
		c.validateBind(),
		within("SendHighWaterMark", c.SendHighWaterMark, 1, math.MaxInt32),
		within("ReceiveHighWaterMark", c.ReceiveHighWaterMark, 1, math.MaxInt32),
		within("MaxSockets", c.MaxSockets, 2, maxMaxSockets),
		within("MaxMessageSize", c.MaxMessageSize, 1, transport.MaxFieldLength),
		within("SendQueueLimit", c.SendQueueLimit, 1, math.MaxInt),
		within("SendTimeout", c.SendTimeout, time.Millisecond, time.Hour),
		within("ReceiveTimeout", c.ReceiveTimeout, time.Millisecond, time.Minute),
		wholeSeconds("KeepAlive.Idle", c.KeepAlive.Idle),
		wholeSeconds("KeepAlive.Interval", c.KeepAlive.Interval),
	)
}

// maxMaxSockets is what libzmq numbers its sockets with.
const maxMaxSockets = 65535

func (c Config) validateInbound() error {
	e, err := ParseEndpoint(c.InboundEndpoint)
	if err != nil {
		return fmt.Errorf("zmq: InboundEndpoint: %w", err)
	}
	if !e.AnyPort() && e.number() > math.MaxUint16 {
		return fmt.Errorf("zmq: InboundEndpoint %q: port %s is above 65535", c.InboundEndpoint, e.Port)
	}
	return nil
}

func (c Config) validateAdvertised() error {
	if c.AdvertisedEndpoint == "" {
		return nil
	}
	e, err := parseAdvertised(c.AdvertisedEndpoint)
	switch {
	case err != nil:
		return fmt.Errorf("zmq: AdvertisedEndpoint: %w", err)
	case e.AnyHost(), e.Host == anyInterface:
		return fmt.Errorf("zmq: AdvertisedEndpoint %q: host %s tells nobody where to connect", c.AdvertisedEndpoint, e.Host)
	case !e.AnyPort() && (e.number() < 1 || e.number() > math.MaxUint16):
		return fmt.Errorf("zmq: AdvertisedEndpoint %q: port %s is not between 1 and 65535", c.AdvertisedEndpoint, e.Port)
	default:
		return nil
	}
}

func (c Config) validateBind() error {
	if c.BindAddress == "*" {
		return nil
	}
	if ip, err := netip.ParseAddr(c.BindAddress); err != nil || !ip.Is4() {
		return fmt.Errorf("zmq: BindAddress %q: want * or an IPv4 address of this machine", c.BindAddress)
	}
	return nil
}

func within[T int | time.Duration](name string, v, least, most T) error {
	if v < least || v > most {
		return fmt.Errorf("zmq: %s %v: want %v to %v", name, v, least, most)
	}
	return nil
}

func wholeSeconds(name string, d time.Duration) error {
	if d > 0 && d%time.Second != 0 {
		return fmt.Errorf("zmq: %s %v: want whole seconds", name, d)
	}
	return nil
}
