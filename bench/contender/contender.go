// Package contender has the ways to move messages between processes that are compared with each other: the bus, and its
// references.
//
// Each [Contender] has up to three kinds of [Part], and each part is a process: a broker at which the others meet, where it
// needs one; sinks, which count the events they get on their [Meter] and answer every Ask with an Answer; and sources,
// which send. All carry the same messages, those of package messages; references that know no envelope send frames as
// long as those of the bus.
package contender

import (
	"context"

	"github.com/zebus-go/zebus/zebus"

	"github.com/zebus-go/zebus/bench/messages"
)

// The names of the contenders.
const (
	Bus        = "zebus"
	InlineBus  = "zebus-inline"
	Raw        = "pebbe/zmq4"
	NATS       = "nats"
	GRPCUnary  = "grpc-unary"
	GRPCStream = "grpc-stream"
	TCP        = "tcp"
)

// A Contender is one way to move messages between processes.
type Contender struct {
	Name  string
	About string // one line for --help and the report

	// OneWay says that its commands are not answered: see [Source.Ask].
	OneWay bool

	NewBroker func(ctx context.Context, s Setup) (Part, error) // nil where sources find sinks without
	NewSink   func(ctx context.Context, s Setup, m *Meter) (Part, error)
	NewSource func(ctx context.Context, s Setup) (Source, error)
}

// All returns the contenders in the order of the report.
func All() []Contender {
	return []Contender{bus(), inlineBus(), pebbe(), natsCore(), grpcUnary(), grpcStream(), framedTCP()}
}

// Find returns the contender of a name.
func Find(name string) (Contender, bool) {
	for _, c := range All() {
		if c.Name == name {
			return c, true
		}
	}
	return Contender{}, false
}

// Setup tells a part what it is.
type Setup struct {
	Index    int      // of this part among those of its kind, from 0
	Broker   string   // address of the broker
	Sinks    []string // addresses of the sinks, for a source
	Peers    int      // that the broker knows beside those that run
	Bindings int      // of each of them
}

// A Part is what runs in a process.
type Part interface {
	// Address is where others reach it, empty where they do not.
	Address() string
	Close() error
}

// A Source sends to all sinks it was set up with. Its methods are called by one goroutine.
type Source interface {
	Part
	// Publish sends evt to every sink, and may keep it back until Flush. The message belongs to the caller.
	Publish(ctx context.Context, evt zebus.Event) error
	// Flush sends what was kept back. It need not wait until it has arrived.
	Flush(ctx context.Context) error
	// Request sends a command to the only sink and waits for the reply.
	Request(ctx context.Context, cmd *messages.Ask) error
	// Ask sends a command n times to the only sink, with at most window of them unanswered at any moment, and returns when
	// all are answered. A contender that works one way sends and returns.
	Ask(ctx context.Context, cmd *messages.Ask, n, window int) error
}
