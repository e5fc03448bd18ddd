package dispatch

const (
	minBacklog  = 16   // items, 256 bytes
	keptBacklog = 4096 // items, 64 KiB: room that an empty backlog keeps for the next burst
)

// A backlog is what waits in a queue, oldest first: a ring that doubles when it is
// full. A slice from which the front is cut would copy the backlog again and again,
// and one that is swapped out whole would keep everything in it alive until the last
// item is handled.
type backlog struct {
	ring  []item // length 0 or a power of two
	first int    // index of the oldest item
	count int
}

// push appends items.
func (b *backlog) push(items []item) {
	b.grow(b.count + len(items))
	end, mask := b.first+b.count, len(b.ring)-1
	for i, it := range items {
		b.ring[(end+i)&mask] = it
	}
	b.count += len(items)
}

// pop moves the oldest items to dst, as many as its capacity has room for beyond its length.
func (b *backlog) pop(dst []item) []item {
	n := min(b.count, cap(dst)-len(dst))
	head := b.ring[b.first:min(b.first+n, len(b.ring))]
	dst = append(dst, head...)
	clear(head)
	if rest := b.ring[:n-len(head)]; len(rest) > 0 {
		dst = append(dst, rest...)
		clear(rest)
	}
	b.drop(n)
	return dst
}

func (b *backlog) drop(n int) {
	b.count -= n
	switch {
	case b.count > 0:
		b.first = (b.first + n) & (len(b.ring) - 1)
	case len(b.ring) > keptBacklog:
		*b = backlog{}
	default:
		b.first = 0
	}
}

// grow makes room for n items in all.
func (b *backlog) grow(n int) {
	if n <= len(b.ring) {
		return
	}
	size := max(len(b.ring), minBacklog)
	for size < n {
		size *= 2
	}
	count := b.count
	b.ring = b.pop(make([]item, 0, size))[:size]
	b.first, b.count = 0, count
}
