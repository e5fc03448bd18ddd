package transport_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// framesLikeOthers are frames that look like the ones before in most of their bytes.
func framesLikeOthers() [][]byte {
	w := exampleWriter()
	m := *benchMessage()
	frame := func(change func(*zebus.TransportMessage)) []byte {
		own := m
		change(&own)
		return w.Append(nil, &own)
	}
	plain := frame(func(*zebus.TransportMessage) {})
	return [][]byte{
		plain,
		frame(func(m *zebus.TransportMessage) { m.ID = zebus.MessageID{9, 8, 7} }),
		frame(func(m *zebus.TransportMessage) { m.ID = zebus.MessageID{} }),
		frame(func(m *zebus.TransportMessage) { m.Content = nil }),
		frame(func(m *zebus.TransportMessage) { m.Content = []byte("short") }),
		frame(func(m *zebus.TransportMessage) { m.Content = make([]byte, 300) }),
		frame(func(m *zebus.TransportMessage) { m.Type = "Other.Type" }),
		frame(func(m *zebus.TransportMessage) { m.Originator.SenderID = "Other.0" }),
		frame(func(m *zebus.TransportMessage) { m.Extensions = &zebus.Extensions{TimeLeft: 5} }),
		frame(func(m *zebus.TransportMessage) {
			m.Extensions = &zebus.Extensions{TimeLeft: 6, TraceParent: "00-1-2-3"}
		}),
		frame(func(m *zebus.TransportMessage) { m.PersistentPeerIDs = []zebus.PeerID{"A.0"} }),
		wire.AppendString(slices.Clone(plain), 5, "Another"),                                             // environment
		wire.AppendBool(slices.Clone(plain), 6, true),                                                    // persisted after all
		wire.AppendString(slices.Clone(plain), 3, "another content"),                                     // which counts
		slices.Concat(plain, plain[:len("\x0a\x14\x0a\x12")], make([]byte, wire.GUIDLength)),             // another id
		wire.AppendString(wire.AppendString(slices.Clone(plain), 100, "unknown"), 5, "after an unknown"), // environment
		slices.Concat([]byte("\x0a\x00"), plain),                                                         // an empty id first
		plain[:len(plain)-1],
		plain[:30],
		plain[:3],
		nil,
	}
}

func TestReadingOneAfterTheOther(t *testing.T) {
	t.Run("a frame says the same whichever came before", func(t *testing.T) {
		for _, first := range framesLikeOthers() {
			for _, second := range framesLikeOthers() {
				sameAfter(t, first, second)
			}
		}
	})
	t.Run("many senders in turn, and all over again", func(t *testing.T) {
		var r transport.Reader
		var m zebus.TransportMessage // the same memory each time, as whoever receives has it
		for round := range 100 {
			for sender := range 40 {
				sent := *benchMessage()
				sent.ID, sent.Content = zebus.MessageID{byte(round), byte(sender)}, fmt.Append(nil, "round ", round)
				sent.Originator.SenderID = zebus.PeerID(fmt.Sprint("Sender.", sender))
				want := write(&sent)
				if err := r.Read(&m, want); err != nil {
					t.Fatal(err)
				}
				if got := write(&m); !slices.Equal(got, want) {
					t.Fatalf("round %d: sender %d wrote %x, read as %x", round, sender, want, got)
				}
			}
		}
	})
}

// FuzzReadingOneAfterTheOther looks for a frame that is misread because of the one before.
func FuzzReadingOneAfterTheOther(f *testing.F) {
	for _, first := range framesLikeOthers() {
		for _, second := range framesLikeOthers() {
			f.Add(first, second)
		}
	}
	f.Fuzz(func(t *testing.T, first, second []byte) { sameAfter(t, first, second) })
}

func sameAfter(t *testing.T, first, second []byte) {
	t.Helper()
	var r transport.Reader
	var got zebus.TransportMessage
	_ = r.Read(&got, first)
	err := r.Read(&got, second)
	want, wantErr := transport.ReadMessage(second)
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Fatalf("%x after %x: error %v, want %v", second, first, err, wantErr)
	}
	if diff := cmp.Diff(want, got); wantErr == nil && diff != "" {
		t.Fatalf("%x after %x (-alone +after):\n%s", second, first, diff)
	}
}
