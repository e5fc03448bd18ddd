package zebus

// A Probe sees every message that passes through a bus.
type Probe struct {
	// Sending is [Observer.Sending].
	Sending func(m Message, to []Peer)
	// Begin is [Observer.Accepted].
	Begin func(m *TransportMessage)
	// Handled is [Observer.Handled].
	Handled func(t *MessageType, m *TransportMessage, reply Message, err error)
	// End is [Observer.Finished].
	End func(m *TransportMessage)
}

// WithProbe shows p every message.
func (b *Builder) WithProbe(p Probe) *Builder {
	return b.WithObserver(Observer{Sending: p.Sending, Accepted: p.Begin, Handled: p.Handled, Finished: p.End})
}
