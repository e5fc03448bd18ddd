package zebus

import "sync"

// scratch is memory that a send needs for its duration alone: a transport has copied what it needs when Send returns, and
// so has everybody else who is shown a part of it.
type scratch struct {
	peers      []Peer
	content    RoutingContent
	bytes      []byte // of the content that is sent
	message    TransportMessage
	extensions Extensions
	answer     MessageExecutionCompleted
	reply      []byte // the payload of answer
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

// release gives the memory back, without what it points to. Most of it was not used.
func (s *scratch) release() {
	clear(s.peers)
	clear(s.content)
	s.peers, s.content = s.peers[:0], s.content[:0]
	if s.message.Type != "" {
		s.forgetMessage()
	}
	scratches.Put(s)
}

func (s *scratch) forgetMessage() {
	s.message, s.extensions, s.answer = TransportMessage{}, Extensions{}, MessageExecutionCompleted{}
	if cap(s.bytes)+cap(s.reply) > mostScratch {
		s.bytes, s.reply = make([]byte, 0, scratchBytes), nil
	}
}

// peersOf finds the recipients of m. They are part of s.
func (s *scratch) peersOf(d Directory, m Message) []Peer {
	t := m.ZebusType()
	if len(t.config.Routing) > 0 {
		s.content = routingOf(m, s.content[:0])
	}
	s.peers = d.AppendPeers(s.peers[:0], t.ID(), s.content)
	return s.peers
}
