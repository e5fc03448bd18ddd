package memory

import (
	"log/slog"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// A receiveLoop takes what is in an inbox, all of it at a time, and hands it up.
type receiveLoop struct {
	inbox       *inbox
	environment string
	in          zebus.Inbound
	log         *slog.Logger
	reader      transport.Reader
	batch       []zebus.TransportMessage // used again for each batch
}

// run goes on until the inbox is finished.
func (r *receiveLoop) run() {
	var frames []parcel
	var failures []failure
	for {
		var more bool
		frames, failures, more = r.inbox.take(frames[:0], failures[:0])
		r.receive(frames)
		r.report(failures)
		if !more {
			return
		}
		clear(frames)
		clear(failures)
	}
}

// receive hands up the messages in frames.
func (r *receiveLoop) receive(frames []parcel) {
	for _, p := range frames {
		r.read(p.frame)
		if p.link != nil {
			p.link.settle(len(p.frame))
		}
	}
	if len(r.batch) > 0 {
		r.in.Receive(r.batch)
	}
	for _, p := range frames {
		p.finish()
	}
	clear(r.batch) // what the receiver does not keep shall not be kept here
	r.batch = r.batch[:0]
}

// read adds the message in frame to the batch, or drops it. Transports of other kinds take their leave with messages
// that mean nothing here.
func (r *receiveLoop) read(frame []byte) {
	if len(frame) == 0 {
		return
	}
	last := len(r.batch)
	r.batch = append(r.batch, zebus.TransportMessage{})
	m := &r.batch[last]
	err := r.reader.Read(m, frame)
	if err == nil {
		err = transport.Check(m, r.environment)
	}
	if err != nil {
		if l, ok := r.in.(zebus.RejectionListener); ok {
			l.FrameRejected(zebus.RejectedFrame{Sender: m.Originator.SenderID, Bytes: len(frame), Err: err})
		}
		r.log.Warn("frame dropped", "peer", m.Originator.SenderID, "message", m.Type, "error", err, "start", transport.Dump(frame, 64))
	}
	if err != nil || m.Type == transport.EndOfStream || m.Type == transport.EndOfStreamAck {
		r.batch = r.batch[:last]
	}
}

func (r *receiveLoop) report(failures []failure) {
	for _, f := range failures {
		r.in.SendFailed(f.id, f.to, f.err)
		f.finish()
	}
}
