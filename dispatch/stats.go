package dispatch

import (
	"slices"
	"time"
)

// Stats is what a dispatcher holds at a moment.
type Stats struct {
	Memory int64        // bytes counted against Limit
	Limit  int64        // Config.MemoryLimit; negative for none
	Queues []QueueStats // in the order in which they were first named
}

// QueueStats is what a queue holds at a moment.
type QueueStats struct {
	Name    string
	Length  int           // entries that wait
	Oldest  time.Duration // how long the first of them has waited; 0 if none, and without Config.Ages
	Bytes   int64         // of entries that wait or are being handled, and for a while of some that have been
	Running string        // name of the handler that has the turn, "" if none
	Lent    []string      // names of the handlers that have lent it, sorted
	Limits  QueueConfig   // what the queue may hold
}

// Stats looks at all queues, one after the other.
func (d *Dispatcher) Stats() Stats {
	stats := Stats{Memory: d.memory.used.Load(), Limit: d.memory.limit}
	for _, q := range d.all() {
		stats.Queues = append(stats.Queues, q.stats())
	}
	return stats
}

func (q *queue) stats() QueueStats {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := QueueStats{Name: q.name, Length: q.lengthLocked(), Oldest: q.ageLocked(), Bytes: q.bytes.Load(), Limits: q.config}
	if q.holder != nil {
		if inv, _ := q.holder.runningLocked(); inv != nil {
			s.Running = inv.Name
		}
	}
	for l := range q.lent.leases {
		if l.lentLocked() {
			s.Lent = append(s.Lent, l.inv.Name)
		}
	}
	slices.Sort(s.Lent)
	return s
}
