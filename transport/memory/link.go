package memory

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// A link is the way from a transport to one peer at one endpoint. What waits on it is in the inbox at its other end.
type link struct {
	to       zebus.PeerID
	endpoint string
	limit    int64
	waiting  atomic.Int64 // bytes put and not settled
	refused  atomic.Bool  // the newest message found the queue full
	changed  *broadcast   // of the sending transport
	lost     func(failure)
	inbox    *inbox    // where the newest frame went; guarded by Transport.mu
	due      time.Time // of the newest frame that is delayed, zero when none is; guarded by Transport.mu
}

// reserve makes room for n bytes. A message larger than the whole queue passes when it is alone.
func (l *link) reserve(n int) bool {
	waiting := l.waiting.Load()
	refused := waiting > 0 && waiting+int64(n) > l.limit
	l.refused.Store(refused)
	if refused {
		return false
	}
	l.waiting.Add(int64(n))
	return true
}

// hasRoom says whether it makes sense to send. After a message was refused that is so once half of the queue is free:
// room for one byte would only bring the next refusal.
func (l *link) hasRoom() bool {
	waiting := l.waiting.Load()
	return waiting <= l.limit/2 || waiting < l.limit && !l.refused.Load()
}

// isEmpty says whether nothing waits.
func (l *link) isEmpty() bool {
	return l.waiting.Load() == 0
}

// settle says that n bytes have arrived, or have been reported.
func (l *link) settle(n int) {
	l.waiting.Add(-int64(n))
	l.changed.send()
}

// giveUp reports parcels as lost. They are settled afterwards, so that a transport that waits for that misses no report.
func giveUp(parcels []parcel, err error) {
	for _, p := range parcels {
		if p.link == nil {
			p.finish()
			continue
		}
		p.link.lost(failure{id: p.id, to: p.link.to, err: err, end: p.end})
		p.link.settle(len(p.frame))
	}
}

// A broadcast wakes everybody who waits for a change.
type broadcast struct {
	mu   sync.Mutex
	next chan struct{} // closed at the next change; nil while nobody waits
}

// wait returns a channel that is closed at the next change. Ask for it before looking at what may change.
func (b *broadcast) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

func (b *broadcast) send() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}
