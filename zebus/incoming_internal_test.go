package zebus

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

func TestEnvelope(t *testing.T) {
	rt := &route{messageType: (*MessageExecutionCompleted)(nil).ZebusType()}
	r := &run{bus: &Bus{config: busConfig{self: Self{Environment: "Test"}}}}
	for name, change := range map[string]func(*TransportMessage){
		"as a peer of this environment sends it":    func(m *TransportMessage) { m.Environment, m.WasPersisted = new("Test"), new(false) },
		"from an old sender, which says less":       func(*TransportMessage) {},
		"kept by the persistence":                   func(m *TransportMessage) { m.WasPersisted = new(true) },
		"of another environment":                    func(m *TransportMessage) { m.Environment = new("Other") },
		"to be kept by the persistence":             func(m *TransportMessage) { m.PersistentPeerIDs = []PeerID{"A.0", "B.0"} },
		"with what goes beyond the envelope":        func(m *TransportMessage) { m.Extensions = &Extensions{TraceParent: "00-1-2-3", TimeLeft: 5} },
		"without an ID, as nobody should send it":   func(m *TransportMessage) { m.ID = MessageID{} },
		"with a content that is too large to share": func(m *TransportMessage) { m.Content = make([]byte, 2*mostShared) },
	} {
		t.Run("a message "+name+" shows the envelope that it came with", func(t *testing.T) {
			m := TransportMessage{
				ID: MessageID{7}, Type: rt.messageType.ID(), Content: []byte("content"),
				Originator: Originator{SenderID: "A.0", SenderEndpoint: "tcp://a:1", InitiatorUserName: new("user")},
			}
			change(&m)
			in := &incoming{home: &home{run: r, block: newBlock(new(spares))}, route: rt, originator: &m.Originator}
			in.fill(&m, true)
			if diff := cmp.Diff(&m, in.envelope()); diff != "" {
				t.Errorf("envelope (-came +shown):\n%s", diff)
			}
			if first := in.envelope(); first != in.envelope() {
				t.Error("it shows another one to each who asks")
			}
		})
	}
}

func TestContentsOfBlocks(t *testing.T) {
	var k block
	for round := range 4 { // the later ones in memory that was used before
		k.renew(nil)
		var want, got [][]byte
		for i := range blockSize {
			content := bytes.Repeat([]byte{byte(round), byte(i)}, 1<<((i+4*round)%11)) // up to twice what is shared
			want, got = append(want, bytes.Clone(content)), append(got, k.copyOf(content))
			clear(content) // it was lent
			_ = append(got[i], 0xff)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("round %d: contents (-lent +kept):\n%s", round, diff)
		}
	}
}

func TestOutcomesOfEpochs(t *testing.T) {
	failure := errors.New("broken")
	t.Run("what nobody has said is nothing", func(t *testing.T) {
		var rs remarks
		if o := rs.of(1); o.code != 0 || o.failed != nil || rs.made.Load() != nil {
			t.Errorf("of() = %+v", o)
		}
	})
	t.Run("a handler that speaks up too late is not heard, whether or not the next one has spoken", func(t *testing.T) {
		var rs remarks
		rs.setCode(1, 11, "late")
		rs.end(1)
		rs.setCode(1, 12, "later")
		if o := rs.of(2); o.code != 0 {
			t.Errorf("the next message has code %d", o.code)
		}
		rs.setCode(2, 21, "in time")
		rs.setCode(1, 13, "much later")
		if o := rs.of(2); o.code != 21 || o.text != "in time" {
			t.Errorf("the next message has code %d, %q", o.code, o.text)
		}
	})
	t.Run("a handler that speaks up too late, of a message for which nobody had, leaves nothing for the next one", func(t *testing.T) {
		var rs remarks
		rs.setCode(3, 31, "too late")
		if o := rs.of(5); o.code != 0 {
			t.Errorf("the message after has code %d", o.code)
		}
		rs.add(5, "handler", nil, failure)
		if o := rs.of(5); o.code != 0 || len(o.failed) != 1 {
			t.Errorf("the message after has %+v", o)
		}
	})
	t.Run("what has ended is forgotten", func(t *testing.T) {
		var rs remarks
		rs.add(1, strings.Repeat("h", 3), nil, failure)
		rs.end(1)
		if l := rs.made.Load(); l.outcome.failed != nil {
			t.Errorf("%+v is still there", l.outcome)
		}
	})
}

// The allocator of Go has 8 bytes before what has pointers and is this large.
const beforeBlock = 8

func TestWhatIsWrittenForEachMessage(t *testing.T) {
	const line = 64
	t.Run("it is one cache line", func(t *testing.T) {
		var k block
		if size := unsafe.Sizeof(k.messages[0]); size%line != 0 {
			t.Fatalf("a message has %d bytes, want a multiple of %d", size, line)
		}
		first := beforeBlock + unsafe.Offsetof(k.messages) + unsafe.Offsetof(k.messages[0].Size)
		end := beforeBlock + unsafe.Offsetof(k.messages) + unsafe.Offsetof(k.messages[0].home)
		if first%line != 0 || end-first > line {
			t.Errorf("it begins %d bytes behind the begin of a line, and has %d", first%line, end-first)
		}
	})
	t.Run("a context has 24 bytes", func(t *testing.T) {
		if size := unsafe.Sizeof(messageContext{}); size != 24 {
			t.Errorf("a context has %d bytes", size)
		}
	})
}
