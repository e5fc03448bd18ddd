package zebus

// originators remember who sent what is received, so that all messages of a sender share one. They are used by one
// goroutine at a time.
type originators struct {
	last  *Originator // of the message before
	known map[PeerID]*Originator
}

// mostOriginators bounds what is remembered of peers that are long gone.
const mostOriginators = 4096

// shared returns the originator that equals o. Nobody writes to it.
func (s *originators) shared(o *Originator) *Originator {
	if s.last == nil || *s.last != *o {
		s.last = s.find(o)
	}
	return s.last
}

func (s *originators) find(o *Originator) *Originator {
	if known := s.known[o.SenderID]; known != nil && *known == *o {
		return known
	}
	if s.known == nil || len(s.known) >= mostOriginators {
		s.known = map[PeerID]*Originator{}
	}
	known := *o
	s.known[o.SenderID] = &known
	return &known
}
