package host

import "time"

// ZmqConfig is the content of zmq.toml, and of the zmq table of directory.toml: how bytes move.
type ZmqConfig struct {
	// InboundEndpoint is where this peer listens, as "tcp://host:port". The host is what other
	// peers are told; it does not restrict the bind. A host "*" tells them the name of this
	// machine, a port "*" takes a free one. The default is "tcp://*:*".
	InboundEndpoint string `toml:"inbound_endpoint" default:"tcp://*:*" check:"inbound"`

	// AdvertisedEndpoint is what other peers are told instead of the address that was bound, as
	// "host:port", for a peer behind address translation or in a container. Wrong, and nobody
	// reaches this peer, not even the answer to its registration. Empty means the bound address.
	AdvertisedEndpoint string `toml:"advertised_endpoint" default:"" check:"advertised"`

	// BindAddress is the IPv4 address of the interface to listen on. The default "*" is all of
	// them.
	BindAddress string `toml:"bind_address" default:"*" check:"bind"`

	// WaitForEndOfStreamAckTimeout bounds how long Stop waits until every peer has read what was
	// sent to it, and how long the socket of a peer that left is kept. Too small and last
	// messages are lost, too large and a hung peer delays the stop. The default is 5 seconds.
	WaitForEndOfStreamAckTimeout time.Duration `toml:"wait_for_end_of_stream_ack_timeout" default:"5s" max:"1h"`

	// MaxMessageSize bounds one message in bytes, in both directions: a larger one is refused to
	// its sender here, and drops the connection of whoever sends it to us. Too small and the
	// answer of a directory with many peers does not arrive. The default is 64 MiB; other Zebus
	// implementations read no more than 256 MiB less one byte.
	MaxMessageSize Size `toml:"max_message_size" default:"64MiB" min:"1KiB" max:"268435455"`

	// SendQueueLimit bounds, in bytes per peer, what waits once the libzmq queue of that peer is
	// full. At the limit a send fails at once. Too small and a short stall is an error, too
	// large and a dead peer costs memory. The default is 64 MiB.
	SendQueueLimit Size `toml:"send_queue_limit" default:"64MiB" min:"1KiB"`

	// SendHighWatermark is the libzmq queue to one peer, in messages. Too small and a burst takes
	// the way through our own queue, too large and more is lost with a connection. The default
	// is 20000.
	SendHighWatermark int `toml:"send_high_watermark" default:"20000" min:"1" max:"2147483647"`

	// SendTimeout is how long a queue may make no progress before that counts as one failed
	// send. It delays nobody but that peer. The default is 100 milliseconds.
	SendTimeout time.Duration `toml:"send_timeout" default:"100ms" min:"1ms" max:"1h"`

	// SendRetriesBeforeSwitchingToClosedState is how many failed sends in a row a peer is
	// forgiven; the next one closes it. Too small and a hiccup fails everything for that peer.
	// The default is 2.
	SendRetriesBeforeSwitchingToClosedState int `toml:"send_retries_before_switching_to_closed_state" default:"2" min:"0" max:"1000000"`

	// ClosedStateDurationAfterSendFailure is how long messages for a closed peer fail at once
	// before it is tried again. Too large and a peer that is back stays cut off. The default is
	// 15 seconds.
	ClosedStateDurationAfterSendFailure time.Duration `toml:"closed_state_duration_after_send_failure" default:"15s" max:"24h"`

	// ClosedStateDurationAfterConnectFailure is the same after a connect that failed. The
	// default is 2 minutes.
	ClosedStateDurationAfterConnectFailure time.Duration `toml:"closed_state_duration_after_connect_failure" default:"2min" max:"24h"`

	// RecvHighWatermark is the libzmq queue from one peer, in messages. Too small and a burst
	// makes its sender queue, too large and it takes our memory. The default is 40000.
	RecvHighWatermark int `toml:"recv_high_watermark" default:"40000" min:"1" max:"2147483647"`

	// RecvTimeout is how often an idle receive loop looks around. A stop does not wait for it.
	// Too small and an idle peer burns CPU. The default is 300 milliseconds.
	RecvTimeout time.Duration `toml:"recv_timeout" default:"300ms" min:"1ms" max:"1min"`

	// MaximumSocketCount bounds the libzmq sockets of this peer: one to listen, and one for each
	// peer it sends to. Too small and the peers beyond it cannot be reached. The default is
	// 2048; zero leaves the limit of the library, 1023.
	MaximumSocketCount int `toml:"maximum_socket_count" default:"2048" min:"2" max:"65535" zero:"the limit of libzmq"`

	// KeepAlive finds connections whose other end vanished without a word.
	KeepAlive KeepAliveConfig `toml:"keep_alive"`
}

// KeepAliveConfig is the keep_alive table: TCP keep-alive on the connections to other peers.
type KeepAliveConfig struct {
	// Enabled switches keep-alive on. The default is true; false switches it off, and the other
	// two are not used.
	Enabled bool `toml:"enabled" default:"true"`

	// Timeout is how long a connection is idle before it is probed, in whole seconds. The
	// default is 30 seconds; zero leaves the default of the operating system.
	Timeout time.Duration `toml:"timeout" default:"30s" min:"1s" max:"9h" zero:"the operating system's default" check:"seconds"`

	// Interval is the time between two probes, in whole seconds. The default is 3 seconds; zero
	// leaves the default of the operating system.
	Interval time.Duration `toml:"interval" default:"3s" min:"1s" max:"9h" zero:"the operating system's default" check:"seconds"`
}
