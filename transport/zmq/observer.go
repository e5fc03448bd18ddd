package zmq

// Observer hears of the connections that a transport refuses. Its functions run on goroutines of the transport, must not wait,
// and may be nil. What is refused frame by frame is told to the bus, as a [zebus.RejectionListener].
type Observer struct {
	// ConnectionRejected says that a connection to this peer ended because of what came on it: it does not speak the
	// protocol of libzmq, or it announced a frame over MaxMessageSize. remote is its address, as far as it is known. Who
	// announces such a frame as soon as it has connected, or closes the connection before that was read, cannot always be
	// told from one that just leaves.
	ConnectionRejected func(remote string)

	// ConnectionClosed says that a connection to this peer has ended, whoever ended it.
	ConnectionClosed func(remote string)
}

func (o Observer) connectionRejected(remote string) {
	if o.ConnectionRejected != nil {
		o.ConnectionRejected(remote)
	}
}

func (o Observer) connectionClosed(remote string) {
	if o.ConnectionClosed != nil {
		o.ConnectionClosed(remote)
	}
}
