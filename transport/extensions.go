package transport

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// The field numbers of our extensions. All are length-delimited, because the reader of .NET refuses a frame with an
// unknown number in it, and passes over unknown bytes. Only ever append: 100 to 109 stay
// free for tests of unknown fields.
const (
	fieldTraceParent = 110
	fieldTraceState  = 111
	fieldTimeLeft    = 112 // nanoseconds, eight bytes, little-endian
)

const sizeTimeLeft = 8

func appendExtensions(b []byte, e *zebus.Extensions) []byte {
	if e == nil {
		return b
	}
	if e.TraceParent != "" {
		b = wire.AppendString(b, fieldTraceParent, e.TraceParent)
	}
	if e.TraceState != "" {
		b = wire.AppendString(b, fieldTraceState, e.TraceState)
	}
	if e.TimeLeft > 0 {
		var left [sizeTimeLeft]byte
		binary.LittleEndian.PutUint64(left[:], uint64(e.TimeLeft))
		b = wire.AppendBytes(b, fieldTimeLeft, left[:])
	}
	return b
}

func sizeExtensions(e *zebus.Extensions) (n int) {
	if e == nil {
		return 0
	}
	if e.TraceParent != "" {
		n += wire.SizeBytes(fieldTraceParent, len(e.TraceParent))
	}
	if e.TraceState != "" {
		n += wire.SizeBytes(fieldTraceState, len(e.TraceState))
	}
	if e.TimeLeft > 0 {
		n += wire.SizeBytes(fieldTimeLeft, sizeTimeLeft)
	}
	return n
}

// readExtension reads a field that the envelope of Zebus does not have: an extension of ours, or something to pass over.
// An extension that makes no sense is passed over too, for the message itself is none the worse for it.
func readExtension(m *zebus.TransportMessage, f *fields) {
	if f.typ != wire.Bytes || f.field < fieldTraceParent || f.field > fieldTimeLeft {
		f.skip()
		return
	}
	content := f.bytes()
	if f.fault != "" {
		return
	}
	e := extensionsOf(m)
	switch f.field {
	case fieldTraceParent:
		e.TraceParent = string(content)
	case fieldTraceState:
		e.TraceState = string(content)
	case fieldTimeLeft:
		e.TimeLeft = timeLeft(content)
	}
}

func extensionsOf(m *zebus.TransportMessage) *zebus.Extensions {
	if m.Extensions == nil {
		m.Extensions = &zebus.Extensions{}
	}
	return m.Extensions
}

func timeLeft(content []byte) time.Duration {
	if len(content) != sizeTimeLeft {
		return 0
	}
	left := binary.LittleEndian.Uint64(content)
	if left > math.MaxInt64 {
		return 0
	}
	return time.Duration(left)
}
