package zebusmetrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/zebus-go/zebus/zebus"
)

// handlers are the metrics of handlers.
type handlers struct {
	duration *prometheus.HistogramVec
	failures *prometheus.CounterVec
	retries  *prometheus.CounterVec
	known    *cache[handlerKey, prometheus.Observer]
}

type handlerKey struct {
	handler string
	of      *zebus.MessageType
}

func newHandlers() handlers {
	return handlers{
		duration: histogram("handler_duration_seconds", "How long handlers ran, their waits for answers included; a batch counts once.",
			"handler", "type"),
		retries:  counter("handler_retries_total", "Tries of handlers that failed and were followed by another.", "handler", "type"),
		failures: counter("handler_failures_total", "Runs of handlers that ended with an error.", "handler", "type", "reason"),
		known:    &cache[handlerKey, prometheus.Observer]{},
	}
}

func (h *handlers) ran(r zebus.HandlerRun) {
	h.known.get(handlerKey{r.Handler, r.Type}, h.find).Observe(r.Duration.Seconds())
	if r.Err != nil {
		h.failures.WithLabelValues(r.Handler, string(r.Type.ID()), reasonOfHandler(r.Err)).Inc()
	}
}

func (h *handlers) tryFailed(t zebus.FailedTry) {
	h.retries.WithLabelValues(t.Handler, string(t.Type.ID())).Inc()
}

func (h *handlers) find(k handlerKey) prometheus.Observer {
	return h.duration.WithLabelValues(k.handler, string(k.of.ID()))
}

// commands are the metrics of commands, as their senders see them.
type commands struct {
	duration *prometheus.HistogramVec
	failures *prometheus.CounterVec
	known    *cache[*zebus.MessageType, prometheus.Observer]
}

func newCommands() commands {
	return commands{
		duration: histogram("command_duration_seconds", "How long commands took, from the sending to the answer or to what ended them instead.",
			"type"),
		failures: counter("command_failures_total", "Commands that failed or were not answered.", "type", "reason"),
		known:    &cache[*zebus.MessageType, prometheus.Observer]{},
	}
}

func (c *commands) ended(e zebus.EndedCommand) {
	c.known.get(e.Type, c.find).Observe(e.Duration.Seconds())
	if e.Err != nil {
		c.failures.WithLabelValues(string(e.Type.ID()), reasonOfCommand(e.Err)).Inc()
	}
}

func (c *commands) find(t *zebus.MessageType) prometheus.Observer {
	return c.duration.WithLabelValues(string(t.ID()))
}
