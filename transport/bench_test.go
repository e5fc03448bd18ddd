package transport_test

import (
	"testing"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// benchMessage has a content of 100 bytes, which makes a frame of about 250.
func benchMessage() *zebus.TransportMessage {
	m := fullMessage()
	m.Content, m.PersistentPeerIDs = make([]byte, 100), nil
	return m
}

func BenchmarkWriterAppend(b *testing.B) {
	m, w := benchMessage(), exampleWriter()
	frame := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		frame = w.Append(frame[:0], m)
		transport.SetWasPersisted(frame, true)
	}
}

func BenchmarkAppendMessage(b *testing.B) {
	m := benchMessage()
	frame := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		frame = transport.AppendMessage(frame[:0], m, transport.Overrides{})
	}
}

func BenchmarkReaderRead(b *testing.B) {
	for name, senders := range map[string]int{"one sender": 1, "ten senders in turn": 10} {
		b.Run(name, func(b *testing.B) {
			frames := make([][]byte, 0, senders)
			for i := range senders {
				m := benchMessage()
				m.Originator.SenderID += zebus.PeerID(rune('a' + i))
				frames = append(frames, exampleWriter().Append(nil, m))
			}
			var r transport.Reader
			var m zebus.TransportMessage
			next := 0
			b.ReportAllocs()
			for b.Loop() {
				if err := r.Read(&m, frames[next%senders]); err != nil {
					b.Fatal(err)
				}
				next++
			}
		})
	}
}
