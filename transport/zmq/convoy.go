//go:build cgo

package zmq

import (
	"sync/atomic"
	"time"
)

// A convoy is messages to one peer that are given to libzmq with one call. They are the queue of a link for which no writer
// runs, and one piece of memory.
//
// A call costs about as much as the message, and an awake publisher that gives libzmq one message at a time wakes its thread
// for every few of them. So while events leave faster than [manyFrames] in [briefly], they wait for each other: until there
// are [convoyFrames] of them, until something leaves for the peer that does not wait, or until the next of the rounds, which
// are a millisecond apart. Below that pace nothing waits, and neither do commands and answers ever.
type convoy struct {
	bytes []byte
	sizes []frameSize
}

const (
	convoyFrames = 64
	convoyBytes  = 32 << 10
	longFrame    = 2 << 10 // from here on a call costs little beside the frame
)

// join makes a message the last of the convoy, if it has reason to and there is room; with one that must not wait the convoy
// departs. p.mu must be held, and the link be idle.
func (p *peer) join(m outgoing) bool {
	l := p.link
	waits := m.mayWait && p.out.pace.fast.Load()
	if !waits && len(l.convoy.sizes) == 0 || !p.hasRoom(l, len(m.frame)) {
		return false
	}
	l.push(outgoing{id: m.id, frame: l.convoy.add(m.frame)})
	if !waits || len(l.convoy.sizes) == convoyFrames {
		p.depart()
	}
	return true
}

// hasRoom says whether the convoy has room for a frame of that many bytes. p.mu must be held.
func (p *peer) hasRoom(l *link, size int) bool {
	return size < longFrame && len(l.convoy.bytes)+size <= convoyBytes && l.bytes+size <= p.out.cfg.SendQueueLimit
}

// add copies a frame to the end, where it stays.
func (c *convoy) add(frame []byte) []byte {
	if c.bytes == nil {
		c.bytes, c.sizes = make([]byte, 0, convoyBytes), make([]frameSize, 0, convoyFrames)
	}
	begin := len(c.bytes)
	c.bytes, c.sizes = append(c.bytes, frame...), append(c.sizes, frameSize(len(frame)))
	return c.bytes[begin:]
}

// depart gives libzmq the convoy, if there is one and the link is idle. What libzmq does not take is for the writer. p.mu
// must be held.
func (p *peer) depart() {
	l := p.link
	if l == nil || len(l.convoy.sizes) == 0 || l.busy() {
		return
	}
	n, err := l.sender.sendAll(l.convoy.bytes, l.convoy.sizes)
	for i := range n {
		l.accepted(l.queue[i].id)
		l.bytes -= len(l.queue[i].frame)
	}
	if n > 0 {
		p.breaker.succeeded()
	}
	if err != nil {
		l.queue = l.queue[n:]
		p.startWriter(l)
		return
	}
	l.queue = l.queue[:0]
	l.convoy.bytes, l.convoy.sizes = l.convoy.bytes[:0], l.convoy.sizes[:0]
	l.release()
}

// A pace says whether events leave so fast that they had better wait for each other.
type pace struct {
	fast   atomic.Bool
	frames atomic.Int64 // so far, of events
	since  atomic.Int64 // when the last lot of manyFrames was full, in nanoseconds from origin
	origin time.Time
	within time.Duration // the time for manyFrames that makes it fast
}

const (
	manyFrames = 256
	briefly    = manyFrames * 5 * time.Microsecond // 200,000 a second
	// mostPeers is for how many peers an event counts that is for more: they would get fewer than three in a round at that
	// pace, and gain nothing by waiting.
	mostPeers = 64
	round     = time.Millisecond
	// restRounds is after how many rounds without half of the frames that make it fast it is slow.
	restRounds = 8
	restFrames = int64(restRounds * round * manyFrames / briefly / 2)
)

// count counts an event for that many peers, and begins to make rounds when events leave fast from now on.
func (o *outbound) count(peers int) {
	if o.pace.passed(int64(min(peers, mostPeers))) {
		o.beginRounds()
	}
}

// passed counts frames of one event, and reports whether it has become fast with them.
func (p *pace) passed(n int64) bool {
	all := p.frames.Add(n)
	if all/manyFrames == (all-n)/manyFrames || p.fast.Load() {
		return false
	}
	now := int64(time.Since(p.origin))
	return now-p.since.Swap(now) < int64(p.within) && p.fast.CompareAndSwap(false, true)
}

// beginRounds starts the goroutine that makes rounds, of which close waits for the end.
func (o *outbound) beginRounds() {
	o.ending.Lock()
	defer o.ending.Unlock()
	if !o.over.Load() {
		o.writers.Go(o.makeRounds)
	}
}

// makeRounds lets all convoys depart again and again, until it is no longer fast.
func (o *outbound) makeRounds() {
	tick := time.NewTicker(round)
	defer tick.Stop()
	for o.staysFast(tick.C) {
	}
	o.pace.fast.Store(false) // before the last round: nobody joins a convoy behind it
	o.departAll()
	o.disband()
}

// staysFast makes some rounds, and reports whether it is still fast then.
func (o *outbound) staysFast(tick <-chan time.Time) bool {
	before := o.pace.frames.Load()
	for range restRounds {
		<-tick
		if o.refusing.Load() || o.over.Load() {
			return false
		}
		o.departAll()
	}
	return o.pace.frames.Load()-before >= restFrames
}

// disband frees the memory of convoys that are not there.
func (o *outbound) disband() {
	for _, p := range o.table.all() {
		p.mu.Lock()
		if p.link != nil && len(p.link.queue) == 0 {
			p.link.queue, p.link.convoy = nil, convoy{}
		}
		p.mu.Unlock()
	}
}

func (o *outbound) departAll() {
	for _, p := range o.table.all() {
		p.mu.Lock()
		p.depart()
		p.mu.Unlock()
	}
}
