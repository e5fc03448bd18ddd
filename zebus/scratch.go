package zebus

import "sync"

// scratch is memory that a send needs for its duration alone: a transport has copied what it needs when Send returns, and
// so has everybody else who is shown a part of it.
type scratch struct {
	peers   []Peer
	content RoutingContent
	bytes   []byte
	message TransportMessage
}

const (
	scratchPeers = 8
	scratchBytes = 1 << 10
	// mostScratch bounds what is kept: one large message must not make every later one cost its memory.
	mostScratch = 64 << 10
)

var scratches = sync.Pool{New: func() any {
	return &scratch{peers: make([]Peer, 0, scratchPeers), content: make(RoutingContent, 0, 4), bytes: make([]byte, 0, scratchBytes)}
}}

func takeScratch() *scratch {
	s, _ := scratches.Get().(*scratch)
	return s
}

// release gives the memory back, without what it points to.
func (s *scratch) release() {
	clear(s.peers[:cap(s.peers)])
	clear(s.content[:cap(s.content)])
	s.message = TransportMessage{}
	if cap(s.bytes) > mostScratch {
		s.bytes = make([]byte, 0, scratchBytes)
	}
	scratches.Put(s)
}

// peersOf finds the recipients of m. They are part of s.
func (s *scratch) peersOf(d Directory, m Message) []Peer {
	s.content = routingOf(m, s.content[:0])
	s.peers = d.AppendPeers(s.peers[:0], m.ZebusType().ID(), s.content)
	return s.peers
}
