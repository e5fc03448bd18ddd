package dispatch

import "time"

const (
	chunkRoom = 128  // items for which a chunk has room, unless a batch may be larger
	keptItems = 4096 // items for which a queue keeps room that has run dry, 16 bytes each
)

// A backlog is what waits in a queue, oldest first. It is a list of chunks, each of which is filled once, handed to a worker
// as it stands, and used again when that has run it: so an entry is written down once on its way to its handler. While Go
// collects garbage, every copy of a pointer costs as much as handling it.
type backlog struct {
	first, last *chunk // linked by next; nil when nothing waits
	count       int    // items that wait
	room        int    // items of a chunk, at most
	aged        bool   // chunks know since when items wait

	spare  *chunk // empty ones, linked by next
	spares int    // items for which they have room
}

// A chunk is items that follow each other. Those that wait are the backlog's or a worker's that took them. When a worker's
// handler lends its turn, the worker keeps what it is at, and the rest is given back: then several have a part of the chunk.
type chunk struct {
	entries []*Entry
	to      []*queued       // whom each entry waits for. Not cleared, for mostly it is the same again.
	since   []time.Duration // when each began to wait, by the clock of the dispatcher; empty without Config.Ages
	from    int             // items before this index are over, or with a worker
	end     int             // items from this index on are not there yet
	owners  int             // of parts of it: workers, and the backlog
	next    *chunk
}

// push appends an item, which waits since then.
func (b *backlog) push(e *Entry, to *queued, since time.Duration) {
	c := b.last
	if c == nil || c.end == len(c.entries) {
		c = b.roomFor(to)
	}
	c.add(e, to, since)
	b.count++
}

// roomFor returns a chunk that takes an item more: the last one, which is full, where a batch would end with it that can go on,
// or else an empty one. A chunk of which a worker has a part stays as it is, for that reads it without the lock.
func (b *backlog) roomFor(to *queued) *chunk {
	c := b.last
	if c == nil || c.owners > 1 || c.end == b.room || to.inv.MaxBatch < 2 || c.to[c.end-1] != to {
		return b.append()
	}
	c.grow(min(2*c.end, b.room))
	return c
}

func (c *chunk) add(e *Entry, to *queued, since time.Duration) {
	c.entries[c.end] = e
	if c.to[c.end] != to { // a look costs less than to write a pointer
		c.to[c.end] = to
	}
	if len(c.since) > 0 {
		c.since[c.end] = since
	}
	c.end++
}

// append adds an empty chunk at the end.
func (b *backlog) append() *chunk {
	c := b.empty()
	c.owners = 1
	if b.last == nil {
		b.first = c
	} else {
		b.last.next = c
	}
	b.last = c
	return c
}

// empty returns a chunk with nothing in it.
func (b *backlog) empty() *chunk {
	c := b.spare
	if c == nil {
		return b.newChunk()
	}
	b.spare, c.next = c.next, nil
	b.spares -= len(c.entries)
	return c
}

func (b *backlog) newChunk() *chunk {
	room := min(b.room, chunkRoom)
	c := &chunk{entries: make([]*Entry, room), to: make([]*queued, room)}
	if b.aged {
		c.since = make([]time.Duration, room)
	}
	return c
}

// grow gives a chunk room for that many items.
func (c *chunk) grow(room int) {
	more := room - len(c.entries)
	c.entries = append(c.entries, make([]*Entry, more)...)
	c.to = append(c.to, make([]*queued, more)...)
	if len(c.since) > 0 {
		c.since = append(c.since, make([]time.Duration, more)...)
	}
}

// take removes the oldest chunk, of which there must be one, and returns it.
func (b *backlog) take() *chunk {
	c := b.first
	if b.first, c.next = c.next, nil; b.first == nil {
		b.last = nil
	}
	b.count -= c.end - c.from
	return c
}

// giveBack puts the items of a chunk from an index on before those that wait. Who took it keeps the others.
func (b *backlog) giveBack(c *chunk, from int) {
	if from == c.end {
		return
	}
	if c.next = b.first; b.last == nil {
		b.last = c
	}
	b.first = c
	c.from = from
	c.owners++
	b.count += c.end - from
}

// drop says that somebody's part of a chunk is over, and forgotten. When nobody has another, the chunk is used again.
func (b *backlog) drop(c *chunk) {
	if c.owners--; c.owners > 0 || b.spares+len(c.entries) > keptItems {
		return
	}
	c.from, c.end, c.next = 0, 0, b.spare
	b.spare = c
	b.spares += len(c.entries)
}

// forget lets go of the entries of a part.
func (c *chunk) forget(from, end int) { clear(c.entries[from:end]) }

// forgetTargets lets go of whom the items were for that have been in empty chunks.
func (b *backlog) forgetTargets() {
	for c := b.spare; c != nil; c = c.next {
		clear(c.to)
	}
}

// sinceWhen returns since when an item waits; 0 without Config.Ages.
func (c *chunk) sinceWhen(i int) time.Duration {
	if len(c.since) == 0 {
		return 0
	}
	return c.since[i]
}

// oldest returns since when the item waits that is taken next. There must be one.
func (b *backlog) oldest() time.Duration { return b.first.sinceWhen(b.first.from) }

// drain removes all items and returns them.
func (b *backlog) drain() []item {
	all := make([]item, 0, b.count)
	for b.first != nil {
		c := b.take()
		for i := c.from; i < c.end; i++ {
			all = append(all, item{c.entries[i], c.to[i]})
		}
		c.forget(c.from, c.end)
		b.drop(c)
	}
	return all
}
