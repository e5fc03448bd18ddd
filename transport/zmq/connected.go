//go:build cgo

package zmq

import "github.com/zebus-go/zebus/zebus"

var _ zebus.PeerCounter = (*Transport)(nil)

// ConnectedPeers implements [zebus.PeerCounter]. It counts connections that stand, [Transport.OutboundSockets] those that
// are being made as well.
func (t *Transport) ConnectedPeers() int {
	r := t.run.Load()
	if r == nil {
		return 0
	}
	n := 0
	for _, p := range r.outbound.table.all() {
		if p.connected() {
			n++
		}
	}
	return n
}

// connected says whether there is a connection to the peer.
func (p *peer) connected() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.link != nil && p.link.established
}
