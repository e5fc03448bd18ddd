package zebus

import "sync"

// envelopes is memory for those that somebody asked for.
var envelopes = sync.Pool{New: func() any { return new(TransportMessage) }}

// What envelopes say of the persistence. Nobody writes through their pointers.
var persistedNo, persistedYes = false, true

// envelope returns the message as transports know it. It may be asked for by several handlers at the same moment.
func (in *incoming) envelope() *TransportMessage {
	r := in.remarks.ensure(in.epoch)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shown == nil {
		r.shown, _ = envelopes.Get().(*TransportMessage)
		in.writeEnvelope(r.shown)
	}
	return r.shown
}

// writeEnvelope makes m, which is the zero one, the envelope.
func (in *incoming) writeEnvelope(m *TransportMessage) {
	m.ID, m.Type, m.Content, m.Originator = in.messageID(), in.route.messageType.ID(), in.content, *in.originator
	if in.header&hasEnvironment != 0 {
		m.Environment = &in.bus().config.self.Environment
	}
	switch {
	case in.header&wasPersisted != 0:
		m.WasPersisted = &persistedYes
	case in.header&saysPersisted != 0:
		m.WasPersisted = &persistedNo
	}
	if s := in.special; s != nil {
		m.PersistentPeerIDs, m.Extensions = s.keepFor, s.extensions
		if s.environment != nil {
			m.Environment = s.environment
		}
	}
}

// forgetEnvelope gives the memory of the envelope back: nobody may have kept it.
func (r *remark) forgetEnvelope() {
	if r.shown != nil {
		*r.shown = TransportMessage{}
		envelopes.Put(r.shown)
		r.shown = nil
	}
}

// idIsLate says whether the ID of the message is made when somebody asks.
func (in *incoming) idIsLate() bool { return in.local != nil && in.id.IsZero() }

// messageID returns the ID of the message. One that does not leave has none before somebody asks, which is the goroutine
// that runs its handlers.
func (in *incoming) messageID() MessageID {
	if in.id.IsZero() && in.local != nil {
		in.id = in.local.lateID()
	}
	return in.id
}
