package dispatch

import "sync/atomic"

// lentBytes is what a handler that has lent its turn counts against
// Config.MemoryLimit beside its entries: about the stack of its goroutine. Without it
// a flood of small messages to a handler that waits could start millions of goroutines
// within the limit.
const lentBytes = 8 << 10

// smallChange is how many bytes of handled entries a queue without limits of its own gives back together, while it
// has more to do: what all queues share is touched by every processor.
const smallChange = 64 << 10

// slackOf returns the slack of a queue: none where that would be felt.
func (c Config) slackOf(queue string) int64 {
	switch {
	case c.Queues[queueKey(queue)] != (QueueConfig{}):
		return 0
	case c.MemoryLimit < 0:
		return smallChange
	default:
		return min(smallChange, c.MemoryLimit/1024)
	}
}

// A budget is memory that all queues share.
type budget struct {
	limit int64 // bytes; negative means none
	used  atomic.Int64
}

// take uses n bytes if there are that many left.
func (b *budget) take(n int64) bool {
	for {
		used := b.used.Load()
		if b.limit >= 0 && used+n > b.limit {
			return false
		}
		if b.used.CompareAndSwap(used, used+n) {
			return true
		}
	}
}

// add uses n bytes whatever the limit, or gives them back when n is negative.
func (b *budget) add(n int64) { b.used.Add(n) }

// A refusal is an item for which a queue had no room.
type refusal struct {
	item
	err error
}

// admitLocked takes room for items and returns those that got it; the others are
// appended to refused. It may reorder nothing and overwrites items. q.mu must be held.
func (q *queue) admitLocked(items []item, refused *[]refusal) []item {
	if size := sizeOf(items); q.roomForAllLocked(size) {
		q.bytes.Add(size)
		return items
	}
	admitted := items[:0]
	for _, it := range items {
		if limit, maximum := q.reachedLocked(it, len(admitted)); limit != "" {
			*refused = append(*refused, refusal{it, &LimitError{q.name, it.to.inv.Name, limit, maximum}})
			continue
		}
		q.bytes.Add(int64(it.entry.Size))
		admitted = append(admitted, it)
	}
	return admitted
}

// roomForAllLocked takes size bytes of the shared memory, if no limit of the queue's own needs
// to be looked at item by item.
func (q *queue) roomForAllLocked(size int64) bool {
	switch {
	case q.config.Policy == Grow:
		q.memory.add(size)
		return true
	case q.config.MaxMessages > 0 || q.config.MaxBytes > 0:
		return false
	default:
		return q.memory.take(size)
	}
}

// reachedLocked takes shared memory for it, or says which limit keeps it out of the
// queue, behind the admitted items that are about to be queued.
func (q *queue) reachedLocked(it item, admitted int) (Limit, int64) {
	c, size := q.config, int64(it.entry.Size)
	switch {
	case c.MaxMessages > 0 && q.lengthLocked()+q.lent.entries+admitted >= c.MaxMessages:
		return LimitMessages, int64(c.MaxMessages)
	case c.MaxBytes > 0 && q.bytes.Load()+size > c.MaxBytes:
		return LimitBytes, c.MaxBytes
	case !q.memory.take(size):
		return LimitMemory, q.memory.limit
	default:
		return "", 0
	}
}

// release gives back the room of entries that are no longer in the queue.
func (q *queue) release(size int64) {
	if size != 0 {
		q.bytes.Add(-size)
		q.memory.add(-size)
	}
}

func sizeOf(items []item) int64 {
	var size int64
	for _, it := range items {
		size += int64(it.entry.Size)
	}
	return size
}
