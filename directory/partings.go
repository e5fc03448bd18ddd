package directory

import (
	"context"
	"fmt"
	"sync"

	"github.com/zebus-go/zebus/zebus"
)

// Partings end the waits for the answers of a directory that will give none: its process died, or stops. Without them a
// peer that stops together with its directory would wait as long as for one that is busy.
type partings struct {
	mu      sync.Mutex
	waiting map[*wait]struct{}
}

// A wait is for the answer of one directory.
type wait struct {
	id  zebus.PeerID
	end context.CancelCauseFunc
}

// A parting is why a directory gave no answer. Whether it had heard the question nobody knows.
type parting struct{ reason error }

func (p *parting) Error() string { return fmt.Sprintf("no answer before it was gone: %v", p.reason) }

// Unwrap says that nobody is there, whatever became of the peer.
func (p *parting) Unwrap() []error { return []error{zebus.ErrPeerUnreachable, p.reason} }

// context returns a context that ends also when the directory of that ID parts, with a [*parting] as its cause.
func (p *partings) context(ctx context.Context, id zebus.PeerID) (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancelCause(ctx)
	w := &wait{id: id, end: end}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == nil {
		p.waiting = make(map[*wait]struct{})
	}
	p.waiting[w] = struct{}{}
	return ctx, func() { p.forget(w) }
}

func (p *partings) forget(w *wait) {
	p.mu.Lock()
	delete(p.waiting, w)
	p.mu.Unlock()
	w.end(nil)
}

// part ends the waits for a directory.
func (p *partings) part(id zebus.PeerID, reason error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for w := range p.waiting {
		if w.id == id {
			w.end(&parting{reason})
		}
	}
}
