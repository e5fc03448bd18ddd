package zebusmetrics

import (
	"errors"
	"fmt"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/zebus-go/zebus/zebus"
)

// Metrics are those of one bus, or of several together. They are safe for concurrent use.
type Metrics struct {
	sent     byType
	received byType
	handlers handlers
	commands commands

	sendFailures  *prometheus.CounterVec
	sendUncertain *prometheus.CounterVec
	dropped       *prometheus.CounterVec
	peers         bounded

	mu    sync.Mutex
	buses []*zebus.Bus
}

var _ prometheus.Collector = (*Metrics)(nil)

// New returns metrics and registers them. Its error is that of the registerer: a registry takes one Metrics, and more only
// under different labels.
func New(r prometheus.Registerer) (*Metrics, error) {
	if r == nil {
		return nil, errors.New("zebusmetrics: no registerer")
	}
	m := &Metrics{
		sent:     newByType("sent", "handed to the transport, once for each peer that they go to"),
		received: newByType("received", "received from other peers"),
		handlers: newHandlers(),
		commands: newCommands(),

		sendFailures:  counter("send_failures_total", "Messages that did not reach a peer.", "peer"),
		sendUncertain: counter("send_uncertain_total", "Messages that may not have reached a peer, at most.", "peer"),
		dropped:       counter("dropped_total", "Messages and frames that were received and not handled.", "reason"),
		peers:         bounded{most: mostPeers},
	}
	if err := r.Register(m); err != nil {
		return nil, fmt.Errorf("zebusmetrics: %w", err)
	}
	return m, nil
}

// Observe makes the metrics those of the bus that is being built, and returns the builder. A bus stays with its metrics
// for good, stopped or not.
func (m *Metrics) Observe(b *zebus.Builder) *zebus.Builder {
	return b.WithObserver(zebus.Observer{
		Built:         m.add,
		Sent:          m.onSent,
		SendFailed:    func(to zebus.PeerID, _ zebus.MessageID, _ error) { m.ofPeer(m.sendFailures, to).Inc() },
		SendUncertain: func(to zebus.PeerID, n int, _ error) { m.ofPeer(m.sendUncertain, to).Add(float64(n)) },
		CommandEnded:  m.commands.ended,
		Received:      func(t *zebus.MessageType, msg *zebus.TransportMessage) { m.received.count(t, 1, len(msg.Content)) },
		Dropped:       func(_ *zebus.TransportMessage, err error) { m.drop(err) },
		FrameRejected: func(f zebus.RejectedFrame) { m.drop(f.Err) },
		HandlerRan:    m.handlers.ran,
		TryFailed:     m.handlers.tryFailed,
	})
}

func (m *Metrics) add(b *zebus.Bus) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.buses = append(m.buses, b)
}

func (m *Metrics) onSent(t *zebus.MessageType, msg *zebus.TransportMessage, to []zebus.Peer) {
	m.sent.count(t, len(to), len(msg.Content))
}

func (m *Metrics) drop(err error) { m.dropped.WithLabelValues(reasonOfDrop(err)).Inc() }

func (m *Metrics) ofPeer(c *prometheus.CounterVec, id zebus.PeerID) prometheus.Counter {
	return c.WithLabelValues(m.peers.label(string(id)))
}

// collectors are the parts that are counted as things happen.
func (m *Metrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{
		m.sent.messages, m.sent.bytes, m.received.messages, m.received.bytes,
		m.handlers.duration, m.handlers.failures, m.handlers.retries, m.commands.duration, m.commands.failures,
		m.sendFailures, m.sendUncertain, m.dropped,
	}
}

// Describe implements [prometheus.Collector].
func (m *Metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, c := range m.collectors() {
		c.Describe(ch)
	}
	describePulled(ch)
}

// Collect implements [prometheus.Collector].
func (m *Metrics) Collect(ch chan<- prometheus.Metric) {
	for _, c := range m.collectors() {
		c.Collect(ch)
	}
	sum := m.pull()
	sum.collect(ch)
}

// namespace is what all names begin with.
const namespace = "zebus"

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

// buckets, in seconds, reach from a handler that works from memory to one that waits for other services.
var buckets = []float64{0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60}

func histogram(name, help string, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
}
