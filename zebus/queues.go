package zebus

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/zebus-go/zebus/dispatch"
)

// reportIdleQueues warns of limits for queues that no handler is on: their names may be misspelled. The default queue is
// that of subscriptions made later.
func (c *busConfig) reportIdleQueues() {
	on := map[string]bool{strings.ToLower(dispatch.DefaultQueue): true}
	for _, h := range c.handlers {
		on[strings.ToLower(h.queueName())] = true
	}
	for _, name := range slices.Sorted(maps.Keys(c.dispatch.Queues)) {
		if !on[strings.ToLower(cmp.Or(name, dispatch.DefaultQueue))] {
			c.logger.Warn("limits of a queue that no handler is on", "peer", c.self.ID, "queue", name)
		}
	}
}
