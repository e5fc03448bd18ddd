//go:build budgets && !race

package budgets_test

import (
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// note is the event of most paths: a text and a number.
var note = &interop.Note{Text: "a text of some length", Number: 7}

// encoding are messages and frames as bytes.
func encoding() []path {
	return []path{
		{"generated code: size and append", func(*testing.T) func() {
			buffer := make([]byte, 0, note.ZebusSize())
			return func() { buffer = note.ZebusAppend(buffer[:0]) }
		}},
		{"generated code: unmarshal, into a new message with a text", func(*testing.T) func() {
			content := note.ZebusAppend(nil)
			return func() { must(note.ZebusType().New().ZebusUnmarshal(content)) }
		}},
		{"frame: write", func(*testing.T) func() {
			w, m := transport.NewWriter(zebus.Self{ID: selfID, Environment: "Budget"}, "tcp://localhost:1"), envelope()
			frame := make([]byte, 0, 1024)
			return func() { frame = w.Append(frame[:0], m) }
		}},
		{"frame: read, from a known sender", func(*testing.T) func() {
			w := transport.NewWriter(zebus.Self{ID: selfID, Environment: "Budget"}, "tcp://localhost:1")
			frame := w.Append(nil, envelope())
			var r transport.Reader
			var m zebus.TransportMessage
			return func() { must(r.Read(&m, frame)) }
		}},
	}
}

func envelope() *zebus.TransportMessage {
	return &zebus.TransportMessage{
		ID: zebus.MessageID{1}, Type: note.ZebusType().ID(), Content: note.ZebusAppend(nil),
		Originator: zebus.Originator{SenderID: other.ID, SenderEndpoint: other.Endpoint},
	}
}
