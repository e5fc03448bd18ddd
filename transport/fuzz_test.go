package transport_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

func FuzzReadMessage(f *testing.F) {
	for _, tc := range load[writtenCase](f, "envelopes.json") {
		f.Add([]byte(tc.Bytes))
	}
	for _, tc := range load[readCase](f, "envelope-reader.json") {
		f.Add([]byte(tc.Bytes))
	}
	for _, frames := range conversations(f) {
		for _, line := range frames {
			f.Add([]byte(line.Frame))
		}
	}
	f.Add(pingExample)
	f.Add(persistExample)
	var reader transport.Reader // lives through all inputs: what it remembers must not change what it reads
	f.Fuzz(func(t *testing.T, frame []byte) {
		first, err := transport.ReadMessage(frame)
		if err != nil {
			if !errors.Is(err, transport.ErrFrame) {
				t.Fatalf("error %v is no ErrFrame", err)
			}
			return
		}
		sameAgain(t, first, write(&first), &reader)
		sameAgain(t, first, frame, &reader)
		boundedMemory(t, first, len(frame))
	})
}

// sameAgain reads frame with a reader that has seen others, and wants m.
func sameAgain(t *testing.T, m zebus.TransportMessage, frame []byte, r *transport.Reader) {
	t.Helper()
	var again zebus.TransportMessage
	if err := r.Read(&again, frame); err != nil {
		t.Fatalf("Read(%x) = %v", frame, err)
	}
	if m, again = plain(m), plain(again); !reflect.DeepEqual(m, again) {
		t.Fatalf("first %+v\nagain %+v", m, again)
	}
}

// plain returns m without what does not survive writing: whether the content was missing or empty, and persistent
// peers without a name.
func plain(m zebus.TransportMessage) zebus.TransportMessage {
	m.Content = append([]byte{}, m.Content...)
	named := []zebus.PeerID{}
	for _, id := range m.PersistentPeerIDs {
		if id != "" {
			named = append(named, id)
		}
	}
	m.PersistentPeerIDs = named
	return m
}

// boundedMemory fails when a message holds more than its frame justifies.
func boundedMemory(t *testing.T, m zebus.TransportMessage, frame int) {
	t.Helper()
	const perID = 4 // 5 bytes of the frame become the 16 of a string and its text
	if got := len(m.PersistentPeerIDs) * 16; got > perID*frame+16 {
		t.Fatalf("%d bytes of ids from a frame of %d", got, frame)
	}
}
