package dispatch

const (
	minBacklog  = 16   // items, 256 bytes
	keptBacklog = 4096 // items, 64 KiB: room that an empty backlog keeps for the next burst
)

// items are items by their parts, so that consecutive entries are a batch as they stand.
type items struct {
	entries []*Entry
	to      []*queued
}

func makeItems(room int) items {
	return items{make([]*Entry, 0, room), make([]*queued, 0, room)}
}

func (s *items) len() int { return len(s.entries) }

func (s *items) at(i int) item { return item{s.entries[i], s.to[i]} }

func (s *items) set(i int, it item) { s.entries[i], s.to[i] = it.entry, it.to }

// slice returns items that share their memory with s.
func (s *items) slice(from, to int) items { return items{s.entries[from:to], s.to[from:to]} }

func (s *items) append(more items) {
	s.entries, s.to = append(s.entries, more.entries...), append(s.to, more.to...)
}

func (s *items) clear() {
	clear(s.entries)
	clear(s.to)
}

// A backlog is what waits in a queue, oldest first: a ring that doubles when it is
// full. A slice from which the front is cut would copy the backlog again and again,
// and one that is swapped out whole would keep everything in it alive until the last
// item is handled.
type backlog struct {
	ring  items // of length 0 or a power of two
	first int   // index of the oldest item
	count int
}

// push appends items.
func (b *backlog) push(more []item) {
	b.grow(b.count + len(more))
	end, mask := b.first+b.count, b.ring.len()-1
	for i, it := range more {
		b.ring.set((end+i)&mask, it)
	}
	b.count += len(more)
}

// pop moves the oldest items to dst, as many as it has room for beyond its length.
func (b *backlog) pop(dst *items) {
	n := min(b.count, cap(dst.entries)-dst.len())
	end := min(b.first+n, b.ring.len())
	b.moveTo(dst, b.first, end)
	b.moveTo(dst, 0, b.first+n-end)
	b.drop(n)
}

func (b *backlog) moveTo(dst *items, from, to int) {
	moved := b.ring.slice(from, to)
	dst.append(moved)
	moved.clear()
}

func (b *backlog) drop(n int) {
	b.count -= n
	switch {
	case b.count > 0:
		b.first = (b.first + n) & (b.ring.len() - 1)
	case b.ring.len() > keptBacklog:
		*b = backlog{}
	default:
		b.first = 0
	}
}

// grow makes room for n items in all.
func (b *backlog) grow(n int) {
	if n <= b.ring.len() {
		return
	}
	size := max(b.ring.len(), minBacklog)
	for size < n {
		size *= 2
	}
	count, ring := b.count, makeItems(size)
	b.pop(&ring)
	b.ring = ring.slice(0, size)
	b.first, b.count = 0, count
}
