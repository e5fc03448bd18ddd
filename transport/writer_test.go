package transport_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

func exampleWriter() *transport.Writer {
	return transport.NewWriter(zebus.Self{ID: "Go.Peer.0", Environment: "Demo"}, "tcp://gohost:41000")
}

// example returns the bytes of a worked example of the specification.
func example(digits string) []byte {
	return must(hex.DecodeString(strings.Join(strings.Fields(digits), "")))
}

var pingExample = example(`
	0a 14 0a 12 09 87 0f 9f 49 d2 e2 ee 11 11 92 34 01 02 03 04 05 06
	12 25 0a 23 41 62 63 2e 5a 65 62 75 73 2e 44 69 72 65 63 74 6f 72 79 2e 50 69 6e 67 50 65 65 72 43 6f 6d 6d 61 6e 64
	1a 00
	22 3d 0a 1e 0a 1c 41 62 63 2e 5a 65 62 75 73 2e 44 69 72 65 63 74 6f 72 79 53 65 72 76 69 63 65 2e 30
	12 0d 74 63 70 3a 2f 2f 64 69 72 3a 31 32 39
	1a 07 44 49 52 48 4f 53 54
	2a 03 73 76 63
	2a 04 44 65 6d 6f
	30 00`)

var persistExample = example(`
	0a 14 0a 12 09 87 0f 9f 49 d2 e2 ee 11 11 92 34 01 02 03 04 05 06
	12 11 0a 0f 53 68 6f 70 2e 50 6c 61 63 65 4f 72 64 65 72
	1a 02 08 2a
	22 26 0a 0b 0a 09 47 6f 2e 50 65 65 72 2e 30 12 12 74 63 70 3a 2f 2f 67 6f 68 6f 73 74 3a 34 31 30 30 30 2a 03 62 6f 62
	2a 04 44 65 6d 6f
	30 01
	3a 0f 0a 0d 53 68 6f 70 2e 4f 72 64 65 72 73 2e 30
	3a 0f 0a 0d 53 68 6f 70 2e 4f 72 64 65 72 73 2e 31`)

func pingMessage() *zebus.TransportMessage {
	return &zebus.TransportMessage{
		ID: exampleID, Type: "Abc.Zebus.Directory.PingPeerCommand", Content: []byte{},
		Originator: zebus.Originator{
			SenderID: "Abc.Zebus.DirectoryService.0", SenderEndpoint: "tcp://dir:129",
			MachineName: new("DIRHOST"), InitiatorUserName: new("svc"),
		},
		Environment: new("Demo"), WasPersisted: new(false),
	}
}

func persistMessage() *zebus.TransportMessage {
	m := fullMessage()
	m.Originator.MachineName = nil
	return m
}

func TestWorkedExamples(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		message *zebus.TransportMessage
		frame   []byte
	}{
		"X10 13.1 a ping of a directory": {pingMessage(), pingExample},
		"X10 13.2 a persist request":     {persistMessage(), persistExample},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := write(tc.message); !bytes.Equal(got, tc.frame) {
				t.Errorf("written as %x\nwant       %x", got, tc.frame)
			}
			if diff := cmp.Diff(*tc.message, read(t, tc.frame)); diff != "" {
				t.Errorf("read (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriter(t *testing.T) {
	t.Parallel()
	live := func() *zebus.TransportMessage {
		m := persistMessage()
		m.PersistentPeerIDs = nil
		return m
	}
	t.Run("X10 13.2 the request to the persistence is made from the frame of the last target", func(t *testing.T) {
		t.Parallel()
		frame := exampleWriter().Append(nil, live())
		transport.SetWasPersisted(frame, true)
		got := transport.AsPersistRequest(frame, []zebus.PeerID{"Shop.Orders.0", "Shop.Orders.1"}, true)
		if !bytes.Equal(got, persistExample) {
			t.Errorf("got  %x\nwant %x", got, persistExample)
		}
	})
	t.Run("without a live target the request does not say whether the message was stored", func(t *testing.T) {
		t.Parallel()
		got := transport.AsPersistRequest(exampleWriter().Append(nil, live()), []zebus.PeerID{"Shop.Orders.0"}, false)
		m := read(t, got)
		if m.WasPersisted != nil || len(m.PersistentPeerIDs) != 1 {
			t.Errorf("read as %+v", m)
		}
	})
	t.Run("a message that is a persist request already has the flag behind its peers", func(t *testing.T) {
		t.Parallel()
		got := exampleWriter().Append(nil, persistMessage())
		if want := "3a0f0a0d53686f702e4f72646572732e313000"; !strings.HasSuffix(hex.EncodeToString(got), want) {
			t.Errorf("ends with %x, want %s", got[len(got)-19:], want)
		}
	})
	t.Run("A05 the flag of the target takes the place of the message's own", func(t *testing.T) {
		t.Parallel()
		for _, own := range []*bool{nil, new(false), new(true)} {
			for _, target := range []bool{false, true} {
				m := live()
				m.WasPersisted = own
				frame := exampleWriter().Append(nil, m)
				transport.SetWasPersisted(frame, target)
				if got := read(t, frame).WasPersisted; got == nil || *got != target {
					t.Errorf("own %v, target %t: read as %v", own, target, got)
				}
			}
		}
	})
	t.Run("A06 a writer carries nothing from one message into the next", func(t *testing.T) {
		t.Parallel()
		w := exampleWriter()
		first := w.Append(nil, live())
		transport.SetWasPersisted(first, true)
		second := w.Append(first[:0], live())
		if got := read(t, second).WasPersisted; got == nil || *got {
			t.Errorf("was persisted: %v, want false", got)
		}
	})
	t.Run("the environment of the peer takes the place of the message's own", func(t *testing.T) {
		t.Parallel()
		m := live()
		m.Environment = new("Prod")
		if got := read(t, exampleWriter().Append(nil, m)).Environment; got == nil || *got != "Demo" {
			t.Errorf("environment %v, want Demo", got)
		}
	})
	t.Run("a peer without environment writes none", func(t *testing.T) {
		t.Parallel()
		m := live()
		m.Environment = nil
		w := transport.NewWriter(zebus.Self{ID: "Go.Peer.0"}, "tcp://gohost:41000")
		if got := read(t, w.Append(nil, m)).Environment; got != nil {
			t.Errorf("environment %q, want none", *got)
		}
	})
	t.Run("a message of somebody else keeps its originator", func(t *testing.T) {
		t.Parallel()
		m := pingMessage()
		if diff := cmp.Diff(m.Originator, read(t, exampleWriter().Append(nil, m)).Originator); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// A writer remembers how it wrote the first originator. Whatever differs from it must show, also behind the same pointer.
func TestWriterTellsOriginatorsApart(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*zebus.Originator){
		"the same again":          func(*zebus.Originator) {},
		"another user":            func(o *zebus.Originator) { *o.InitiatorUserName = "eve" },
		"a user as long":          func(o *zebus.Originator) { *o.InitiatorUserName = "bod" },
		"no user":                 func(o *zebus.Originator) { o.InitiatorUserName = nil },
		"another machine":         func(o *zebus.Originator) { *o.MachineName = "rehost" },
		"no machine":              func(o *zebus.Originator) { o.MachineName = nil },
		"another peer":            func(o *zebus.Originator) { o.SenderID = "Go.Peer.1" },
		"a peer at another place": func(o *zebus.Originator) { o.SenderEndpoint = "tcp://gohost:41001" },
	}
	for _, environment := range []string{"", "Demo"} {
		for name, change := range changes {
			t.Run(name+", environment "+environment, func(t *testing.T) {
				t.Parallel()
				w := transport.NewWriter(zebus.Self{ID: "Go.Peer.0", Environment: environment}, "tcp://gohost:41000")
				m := fullMessage()
				m.PersistentPeerIDs, m.WasPersisted = nil, new(false)
				w.Append(nil, m)
				change(&m.Originator)
				if got, want := w.Append(nil, m), write(m); !bytes.Equal(got, want) {
					t.Errorf("second frame\n got %x\nwant %x", got, want)
				}
			})
		}
	}
}

func TestWriterWritesWhatAppendMessageWrites(t *testing.T) {
	t.Parallel()
	for i, tc := range load[writtenCase](t, "envelopes.json") {
		m := tc.Fields.message()
		m.PersistentPeerIDs = nil // the two put them in different places
		self := zebus.Self{ID: m.Originator.SenderID}
		w := transport.NewWriter(self, m.Originator.SenderEndpoint)
		got := w.Append(nil, &m)
		if want := transport.AppendMessage(nil, &m, transport.Overrides{WasPersisted: new(false)}); !bytes.Equal(got, want) {
			t.Errorf("case %d:\n got %x\nwant %x", i+1, got, want)
		}
	}
}

func TestWriterSize(t *testing.T) {
	t.Parallel()
	for i, tc := range load[writtenCase](t, "envelopes.json") {
		m := tc.Fields.message()
		m.PersistentPeerIDs = append(m.PersistentPeerIDs, "", "x")
		for _, w := range []*transport.Writer{exampleWriter(), transport.NewWriter(zebus.Self{}, "")} {
			if got, want := w.Size(&m), len(w.Append(nil, &m)); got != want {
				t.Errorf("case %d: Size = %d, frame of %d bytes", i+1, got, want)
			}
		}
	}
}

func TestEndOfStream(t *testing.T) {
	t.Parallel()
	for file, frames := range conversations(t) {
		for i, line := range frames {
			create := map[zebus.MessageTypeID]func(zebus.MessageID, zebus.Originator) *zebus.TransportMessage{
				transport.EndOfStream: transport.NewEndOfStream, transport.EndOfStreamAck: transport.NewEndOfStreamAck,
			}[zebus.MessageTypeID(line.Type)]
			if create == nil {
				continue
			}
			recorded := line.message()
			if got := asItsSender(withEnvironment(create(recorded.ID, recorded.Originator)), line.Frame); !bytes.Equal(got, line.Frame) {
				t.Errorf("%s, frame %d:\n got %x\nwant %x", file, i+1, got, []byte(line.Frame))
			}
		}
	}
}

func withEnvironment(m *zebus.TransportMessage) *zebus.TransportMessage {
	m.Environment, m.WasPersisted = new("Demo"), new(false)
	return m
}
