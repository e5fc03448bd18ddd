package zebus

// mostSenders bounds what is remembered of peers that are long gone.
const mostSenders = 4096

// senders remember who sent what is received, so that all messages of a sender share one originator. It is used by one
// goroutine at a time.
type senders struct {
	last  *Originator // of the message before
	known map[PeerID]*Originator
}

// shared returns the originator that equals o. Nobody writes to it.
func (s *senders) shared(o *Originator) *Originator {
	if s.last == nil || *s.last != *o {
		s.last = s.find(o)
	}
	return s.last
}

func (s *senders) find(o *Originator) *Originator {
	if known := s.known[o.SenderID]; known != nil && *known == *o {
		return known
	}
	if s.known == nil || len(s.known) >= mostSenders {
		s.known = map[PeerID]*Originator{}
	}
	known := *o
	s.known[o.SenderID] = &known
	return &known
}
