package zebus

// A RejectedFrame is something that came over the network and is no message for this peer: it is none at all, is one of another
// environment, or is too large to be read.
type RejectedFrame struct {
	Sender PeerID // who says to have sent it; empty when that could not be read
	Remote string // the address that it came from; empty where the transport does not know
	Bytes  int    // how long it is; 0 when it was refused before it was read
	Err    error  // wraps an error of package transport, or [ErrTooLarge]
}

// A RejectionListener hears of what a transport does not hand up. An [Inbound] may be one: a [Bus] is, and tells its observers.
type RejectionListener interface {
	// FrameRejected tells of one frame. It must not wait, and may be called from any goroutine, several at once.
	FrameRejected(f RejectedFrame)
}

var _ RejectionListener = (*inbound)(nil)

// FrameRejected implements [RejectionListener].
func (i *inbound) FrameRejected(f RejectedFrame) { i.config.observer.frameRejected(f) }
