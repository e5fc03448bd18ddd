package memory

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// A shipment is one delivery on its way out. Transport.mu is held while there is one: that keeps the order.
type shipment struct {
	transport *Transport
	delivery  zebus.Delivery
	frame     []byte  // the flag in it is that of the last receiver
	refused   []error // a SendError for each peer whose queue is full
}

// write makes the frame.
func (s *shipment) write() error {
	t, m := s.transport, s.delivery.Message
	if err := transport.CheckSize(t.writer.Size(m), t.config.MaxMessageSize); err != nil {
		return fmt.Errorf("memory: send %s: %w", m.Type, err)
	}
	t.scratch = t.writer.Append(t.scratch[:0], m)
	s.frame = t.scratch
	return nil
}

// toPeers sends to the live targets, to each whether it worked for the others or not.
func (s *shipment) toPeers() {
	for i := range s.delivery.To {
		peer := &s.delivery.To[i]
		transport.SetWasPersisted(s.frame, slices.Contains(s.delivery.Persistent, peer.ID))
		s.send(peer, s.frame)
	}
}

// toPersistence sends the message to be stored for those who must not lose it.
func (s *shipment) toPersistence() {
	d := s.delivery
	if d.Persistence != nil && len(d.Persistent) > 0 {
		s.send(d.Persistence, transport.AsPersistRequest(s.frame, d.Persistent, len(d.To) > 0))
	}
}

// send puts a copy of frame on the wire. A peer that is not there is reported later, a queue that is full at once.
func (s *shipment) send(peer *zebus.Peer, frame []byte) {
	t := s.transport
	l := t.linkLocked(peer)
	w := t.network.find(t.endpoint, peer.Endpoint)
	p := parcel{frame: bytes.Clone(frame), id: s.delivery.Message.ID, link: l, end: w.open()}
	if w.receiver == nil {
		l.fail(p)
		return
	}
	f := Frame{From: t.endpoint, To: peer.Endpoint, Bytes: p.frame}
	fate := w.judge(f)
	if fate.Cut {
		l.fail(p)
		return
	}
	for _, watch := range w.taps {
		watch(f)
	}
	if fate.Lost {
		p.finish()
		return
	}
	p.delay(l, fate.Delay)
	s.put(&w, p, fate.Copies)
}

// put lets a parcel arrive, and its copies behind it.
func (s *shipment) put(w *way, p parcel, copies int) {
	spare := p.copies(copies)
	switch w.receiver.put(p) {
	case nobodyThere:
		p.link.fail(p)
	case queueFull:
		p.finish()
		s.refused = append(s.refused, &zebus.SendError{To: p.link.to, Err: zebus.ErrPeerBusy})
	case delivered:
		p.link.inbox, _ = w.receiver.(*inbox)
		w.putCopies(spare)
	}
}

// linkLocked returns the link to a peer. One to another endpoint is given up: the peer has moved. t.mu must be held.
func (t *Transport) linkLocked(peer *zebus.Peer) *link {
	l := t.links[peer.ID]
	if l != nil && strings.EqualFold(l.endpoint, peer.Endpoint) {
		return l
	}
	if l != nil {
		l.giveUp(true, fmt.Errorf("%w at %s: it moved to %s", zebus.ErrPeerUnreachable, l.endpoint, peer.Endpoint))
	}
	l = &link{
		to: peer.ID, endpoint: peer.Endpoint, limit: int64(t.config.SendQueueLimit),
		changed: &t.changed, lost: t.inbox.fail,
	}
	t.links[peer.ID] = l
	return l
}

// fail reports a message for a peer that is not there.
func (l *link) fail(p parcel) {
	l.lost(failure{id: p.id, to: l.to, err: fmt.Errorf("%w: nobody listens at %s", zebus.ErrPeerUnreachable, l.endpoint), end: p.end})
}

// giveUp takes back what waits on the link and reports it: everything, or only what a peer that hangs keeps waiting.
func (l *link) giveUp(everything bool, err error) {
	if l.inbox != nil {
		giveUp(l.inbox.withdraw(l, everything), err)
	}
}
