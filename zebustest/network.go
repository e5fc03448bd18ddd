package zebustest

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// Environment is the name of the network to which the buses of a [Network] belong.
const Environment = "Test"

// How long a network waits for what should come at once: in real time so long that a loaded machine makes it, in fake
// time so long that retries and timeouts of a service have passed.
const (
	realPatience = 10 * time.Second
	fakePatience = time.Hour
)

// A Network is a bus in one process: peers that find each other without a directory server, or with one
// ([Network.StartDirectory]). It is safe for concurrent use. It is also the [Source] of what all its peers did.
type Network struct {
	t        TB
	wire     *memory.Network
	book     phoneBook
	activity activity
	log      log
	troubles troubles
	store    directory.Store // of the directory servers

	mu struct {
		sync.Mutex
		patience    time.Duration
		directories []string     // endpoints of the directory servers
		buses       []*zebus.Bus // in the order of their starts
		faults      []func()     // undo what was broken
	}
}

// NewNetwork returns a network without anybody on it. When the test ends the network heals itself and stops its buses,
// the youngest first. The test fails when messages are still under way then, when a handler does not end, or when a
// command waits for an answer that nobody will give.
func NewNetwork(t TB) *Network {
	n := &Network{t: t, wire: memory.NewNetwork(), store: directory.NewMemoryStore()}
	n.mu.patience = realPatience
	n.wire.Account(n.activity.begin, n.activity.end)
	t.Cleanup(n.cleanUp)
	return n
}

// Run runs f with a network in a bubble of testing/synctest: time is fake and passes at once when everybody waits, and
// a goroutine that is left behind fails the test. Use the t that f is given.
func Run(t *testing.T, f func(t *testing.T, network *Network)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		n := NewNetwork(t)
		n.SetPatience(fakePatience)
		f(t, n)
	})
}

// SetPatience sets how long [Network.WaitQuiet] and the end of the test wait before they fail: 10 seconds without it,
// and an hour of fake time under [Run].
func (n *Network) SetPatience(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.mu.patience = d
}

func (n *Network) patience() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.mu.patience
}

// Start starts a peer with handlers: those that zebusgen gathered, or made by [zebus.HandleCommand] and its siblings. It
// ends the test when that fails.
func (n *Network) Start(id zebus.PeerID, handlers ...zebus.Handler) *zebus.Bus {
	n.t.Helper()
	return n.Join(n.Builder(id).WithHandlers(handlers...))
}

// Script starts a peer that answers by script: somebody whom the service under test talks to.
func (n *Network) Script(id zebus.PeerID, scripts ...Script) *zebus.Bus {
	n.t.Helper()
	handlers := make([]zebus.Handler, len(scripts))
	for i, s := range scripts {
		handlers[i] = s.handler
	}
	return n.Start(id, handlers...)
}

// Builder returns a builder that has everything a peer on this network needs, for a test that needs more: retries,
// middleware, limits, observers of its own. Its bus is started with [Network.Join].
func (n *Network) Builder(id zebus.PeerID) *zebus.Builder {
	n.t.Helper()
	transport, err := n.wire.NewTransport(memory.Config{Endpoint: endpointOf(id)})
	if err != nil {
		n.t.Fatalf("transport of %s: %v", id, err)
	}
	return zebus.NewBuilder(id).
		WithEnvironment(Environment).
		WithTransport(transport).
		WithDirectory(n.directoryOf(id)).
		WithObserver(n.troubles.observer(id)).
		WithObserver(n.observer(id))
}

// Join builds a bus and starts it. It ends the test when that fails.
func (n *Network) Join(b *zebus.Builder) *zebus.Bus {
	n.t.Helper()
	bus, err := b.Build()
	if err != nil {
		n.t.Fatalf("build a bus: %v", err)
	}
	if err := bus.Start(n.t.Context()); err != nil {
		n.t.Fatalf("%v", err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.mu.buses = append(n.mu.buses, bus)
	return bus
}

// Peer returns the peer of that name, for messages to peers of the test's choice; false when it does not run.
func (n *Network) Peer(id zebus.PeerID) (zebus.Peer, bool) {
	for _, bus := range n.buses() {
		if bus.ID() == id && bus.IsRunning() {
			return zebus.Peer{ID: id, Endpoint: bus.Endpoint(), Up: true, Responding: true}, true
		}
	}
	return zebus.Peer{}, false
}

// buses returns those that were started, in that order.
func (n *Network) buses() []*zebus.Bus {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.mu.buses)
}

// observer records what a peer does and counts what it has in hand.
func (n *Network) observer(id zebus.PeerID) zebus.Observer {
	return zebus.Observer{
		Sending:  func(m zebus.Message, to []zebus.Peer) { n.log.sending(id, m, to) },
		Accepted: func(*zebus.TransportMessage) { n.activity.begin() },
		Handled: func(t *zebus.MessageType, m *zebus.TransportMessage, reply zebus.Message, err error) {
			n.log.handled(Record{Peer: id, Message: reply, Command: m.Type, Err: err, To: []zebus.PeerID{m.Originator.SenderID}}, t)
		},
		Finished: func(*zebus.TransportMessage) { n.activity.end() },
	}
}

// endpointOf returns where a peer receives. It follows from the name, so that faults can be set before the peer starts.
func endpointOf(id zebus.PeerID) string {
	return "tcp://" + strings.ReplaceAll(string(id), ":", "_") + ":1"
}
