package zebus

// An Observer hears of what has no caller to be returned to. Each function may be nil; all may be called from many
// goroutines, some of them the receiving one, and must not wait.
type Observer struct {
	// SendFailed is told of a message that did not reach a peer. Commands fail their sender too; events have only this.
	SendFailed func(to PeerID, id MessageID, err error)
	// SendUncertain is told that up to n messages to a peer may be lost, because its connection died.
	SendUncertain func(to PeerID, n int, err error)
	// Dropped is told of a received message that was not handled, and why.
	Dropped func(m *TransportMessage, err error)
	// HandlerFailed is told of an error or a panic of a handler.
	HandlerFailed func(handler string, m *TransportMessage, err error)
}

func (o Observer) sendFailed(to PeerID, id MessageID, err error) {
	if o.SendFailed != nil {
		o.SendFailed(to, id, err)
	}
}

func (o Observer) sendUncertain(to PeerID, n int, err error) {
	if o.SendUncertain != nil {
		o.SendUncertain(to, n, err)
	}
}

func (o Observer) dropped(m *TransportMessage, err error) {
	if o.Dropped != nil {
		o.Dropped(m, err)
	}
}

func (o Observer) handlerFailed(handler string, m *TransportMessage, err error) {
	if o.HandlerFailed != nil {
		o.HandlerFailed(handler, m, err)
	}
}
