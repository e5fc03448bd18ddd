package transport

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/zebus"
)

func TestReaderAllocatesNothingForKnownWords(t *testing.T) {
	m := &zebus.TransportMessage{
		ID: zebus.MessageID{1}, Type: "Shop.PlaceOrder", Content: make([]byte, 100), Environment: new("Demo"),
		Originator: zebus.Originator{SenderID: "Go.Peer.0", SenderEndpoint: "tcp://gohost:41000", InitiatorUserName: new("bob")},
	}
	w := NewWriter(zebus.Self{ID: "Go.Peer.0", Environment: "Demo"}, "tcp://gohost:41000")
	frame := w.Append(nil, m)
	var r Reader
	var got zebus.TransportMessage
	if n := testing.AllocsPerRun(100, func() { _ = r.Read(&got, frame) }); n != 0 {
		t.Errorf("Read allocates %v times a message", n)
	}
	if n := testing.AllocsPerRun(100, func() { frame = w.Append(frame[:0], m) }); n != 0 {
		t.Errorf("Append allocates %v times a message", n)
	}
}

func TestReaderRemembersABoundedNumberOfWords(t *testing.T) {
	t.Parallel()
	var r Reader
	var frame []byte
	for i := range uint32(10 * maxWords) {
		name := string(binary.BigEndian.AppendUint32([]byte("type"), i))
		m := zebus.TransportMessage{Type: zebus.MessageTypeID(name), Originator: zebus.Originator{SenderID: zebus.PeerID(name)}}
		frame = AppendMessage(frame[:0], &m, Overrides{Environment: &name})
		var got zebus.TransportMessage
		if err := r.Read(&got, frame); err != nil {
			t.Fatal(err)
		}
		if len(r.words) > maxWords || len(r.originators.known) > maxWords {
			t.Fatalf("%d words, %d originators", len(r.words), len(r.originators.known))
		}
	}
}

func TestReaderDoesNotRememberLongWords(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxOriginatorLength+1)
	m := zebus.TransportMessage{Type: zebus.MessageTypeID(long), Originator: zebus.Originator{SenderID: zebus.PeerID(long)}}
	frame := AppendMessage(nil, &m, Overrides{Environment: &long})
	var r Reader
	var got zebus.TransportMessage
	if err := r.Read(&got, frame); err != nil {
		t.Fatal(err)
	}
	if string(got.Type) != long || string(got.Originator.SenderID) != long || *got.Environment != long {
		t.Error("long words are cut")
	}
	if len(r.originators.known) != 0 {
		t.Errorf("%d originators remembered", len(r.originators.known))
	}
}
