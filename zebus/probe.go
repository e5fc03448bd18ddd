package zebus

// A Probe sees every message that passes through a bus, those that no transport ever carries included. It is for tests
// and tools: package zebustest records with it, and knows by it when nothing is under way. Each function may be nil; all
// are called on the goroutine at work, from many of them, and must not wait.
type Probe struct {
	// Sending comes before a command or an event leaves, for another peer or for this one itself. to is empty when
	// nobody subscribed to the event. Answers and what could not be addressed are not shown. The message belongs to its
	// sender, and the slice to the bus.
	Sending func(m Message, to []Peer)
	// Begin comes when a message is accepted for handlers of this peer, before any of them runs.
	Begin func(m *TransportMessage)
	// Handled comes when the last handler has ended and before the sender of a command is answered, with the
	// reply, if there is one, or the first error.
	Handled func(t *MessageType, m *TransportMessage, reply Message, err error)
	// End comes when nothing is left to do for a message for which Begin came: its answer has left.
	End func(m *TransportMessage)
}

// WithProbe shows p every message. A later call replaces an earlier one.
func (b *Builder) WithProbe(p Probe) *Builder {
	b.config.probe = p
	return b
}

func (p *Probe) sending(m Message, to []Peer) {
	if p.Sending != nil {
		p.Sending(m, to)
	}
}

// sendingTo is sending to one peer, without a slice where nobody looks.
func (p *Probe) sendingTo(m Message, to Peer) {
	if p.Sending != nil {
		p.Sending(m, []Peer{to})
	}
}

func (p *Probe) begin(in *incoming) {
	if p.Begin != nil {
		p.Begin(&in.message)
	}
}

func (p *Probe) handled(in *incoming) {
	if p.Handled != nil {
		reply, err := in.outcome.result()
		p.Handled(in.route.messageType, &in.message, reply, err)
	}
}

// result returns what the handlers made of the message, as far as its sender will learn of it.
func (o *outcome) result() (reply Message, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case len(o.failed) > 0:
		return nil, o.failed[0].err
	case o.reply == nil && o.code != 0:
		return nil, &CommandError{Code: o.code, Message: o.text}
	default:
		return o.reply, nil
	}
}

func (p *Probe) end(in *incoming) {
	if p.End != nil {
		p.End(&in.message)
	}
}
