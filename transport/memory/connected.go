package memory

import "github.com/zebus-go/zebus/zebus"

var _ zebus.PeerCounter = (*Transport)(nil)

// ConnectedPeers implements [zebus.PeerCounter]: those to which something was sent, and which are still there.
func (t *Transport) ConnectedPeers() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, l := range t.links {
		if l.inbox != nil && l.inbox.isOpen() {
			n++
		}
	}
	return n
}

// isOpen says whether frames are taken.
func (b *inbox) isOpen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.shut
}
