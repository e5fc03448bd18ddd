package zebusmetrics

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/zebus-go/zebus/zebus"
)

// What is looked up when Prometheus asks.
var (
	queueLength     = gauge("queue_length", "Messages that wait in a queue.", "queue")
	queueAge        = gauge("queue_age_seconds", "How long the first message of a queue has waited.", "queue")
	queueBytes      = gauge("queue_bytes", "Bytes of the messages of a queue, those at work included.", "queue")
	pendingCommands = gauge("pending_commands", "Commands that wait for their answer.")
	pendingAge      = gauge("pending_command_age_seconds", "How long the first of the pending commands has waited.")
	connectedPeers  = gauge("connected_peers", "Peers to which there is a connection.")
)

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
}

func describePulled(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{queueLength, queueAge, queueBytes, pendingCommands, pendingAge, connectedPeers} {
		ch <- d
	}
}

// pulled is what all buses together hold at a moment.
type pulled struct {
	pending   int
	oldest    time.Duration
	connected int // negative when no transport says
	queues    map[string]*pulledQueue
}

type pulledQueue struct {
	length int
	bytes  int64
	oldest time.Duration
}

func (m *Metrics) pull() pulled {
	m.mu.Lock()
	buses := slices.Clip(m.buses)
	m.mu.Unlock()
	sum := pulled{connected: -1, queues: map[string]*pulledQueue{}}
	for _, b := range buses {
		sum.add(b.Stats())
	}
	return sum
}

func (p *pulled) add(s zebus.Stats) {
	p.pending += s.PendingCommands
	p.oldest = max(p.oldest, s.OldestCommand)
	if s.ConnectedPeers >= 0 {
		p.connected = max(p.connected, 0) + s.ConnectedPeers
	}
	for _, q := range s.Dispatch.Queues {
		of := p.queues[q.Name]
		if of == nil {
			of = &pulledQueue{}
			p.queues[q.Name] = of
		}
		of.length += q.Length
		of.bytes += q.Bytes
		of.oldest = max(of.oldest, q.Oldest)
	}
}

func (p *pulled) collect(ch chan<- prometheus.Metric) {
	show := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	show(pendingCommands, float64(p.pending))
	show(pendingAge, p.oldest.Seconds())
	if p.connected >= 0 {
		show(connectedPeers, float64(p.connected))
	}
	for name, q := range p.queues {
		show(queueLength, float64(q.length), name)
		show(queueAge, q.oldest.Seconds(), name)
		show(queueBytes, float64(q.bytes), name)
	}
}
