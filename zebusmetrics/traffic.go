package zebusmetrics

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/zebus-go/zebus/zebus"
)

// byType counts messages that cross the transport in one direction, and the bytes of their contents.
type byType struct {
	messages *prometheus.CounterVec
	bytes    *prometheus.CounterVec
	known    *cache[*zebus.MessageType, traffic] // by type; nil is that of unknown ones
}

// traffic is that of one type.
type traffic struct{ messages, bytes prometheus.Counter }

func newByType(direction, help string) byType {
	return byType{
		messages: counter("messages_"+direction+"_total", fmt.Sprintf("Messages %s.", help), "type"),
		bytes:    counter("bytes_"+direction+"_total", fmt.Sprintf("Bytes of the contents of messages %s.", help), "type"),
		known:    &cache[*zebus.MessageType, traffic]{},
	}
}

func (c *byType) count(t *zebus.MessageType, messages, size int) {
	of := c.known.get(t, c.find)
	of.messages.Add(float64(messages))
	of.bytes.Add(float64(messages * size))
}

func (c *byType) find(t *zebus.MessageType) traffic {
	label := unknownType
	if t != nil {
		label = string(t.ID())
	}
	return traffic{messages: c.messages.WithLabelValues(label), bytes: c.bytes.WithLabelValues(label)}
}
