package zmq

import "github.com/zebus-go/zebus/zebus"

// Observer hears of what a transport refuses. Its functions run on goroutines of the transport, must not wait, and may
// be nil.
type Observer struct {
	// FrameRejected says that a frame was dropped: it is no message, or none for this peer.
	FrameRejected func(RejectedFrame)

	// ConnectionRejected says that a connection to this peer ended because of what came on it: it does not speak the
	// protocol of libzmq, or it announced a frame over MaxMessageSize. remote is its address, as far as it is known. Who
	// announces such a frame as soon as it has connected, or closes the connection before that was read, cannot always be
	// told from one that just leaves.
	ConnectionRejected func(remote string)

	// ConnectionClosed says that a connection to this peer has ended, whoever ended it.
	ConnectionClosed func(remote string)
}

// A RejectedFrame is a frame that was dropped.
type RejectedFrame struct {
	Sender zebus.PeerID // who says to have sent it; empty when that could not be read
	Remote string       // the address that it came from; empty where libzmq does not say
	Bytes  int
	Err    error // wraps an error of package transport
}

func (o Observer) frameRejected(f RejectedFrame) {
	if o.FrameRejected != nil {
		o.FrameRejected(f)
	}
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
