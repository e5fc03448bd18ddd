package zebus_test

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// TestStructures pins the words of every message to bytes.
func TestStructures(t *testing.T) {
	up := zebus.Peer{ID: "P.0", Endpoint: "tcp://h:1", Up: true, Responding: true}
	down := zebus.Peer{ID: "P.0", Endpoint: "tcp://h:1"}
	key := func(parts ...string) *zebus.BindingKey { k := zebus.Key(parts...); return &k }
	id := func(s zebus.PeerID) *zebus.PeerID { return &s }
	cases := map[string]struct {
		m     wire.Message
		bytes string
	}{
		"a peer id":              {id("Abc.Peer.0"), "0a 0a 41 62 63 2e 50 65 65 72 2e 30"},
		"no peer id":             {id(""), ""},
		"a key":                  {key("a", "*"), "0a 01 61 0a 01 2a"},
		"the sharp key":          {key("#"), "0a 01 23"},
		"a key of an empty part": {key(""), "0a 00"},
		"X06 a subscription to everything has its key": {&zebus.Subscription{Type: "A.B"}, "0a 05 0a 03 41 2e 42 12 00"},
		"a subscription with a key":                    {&zebus.Subscription{Type: "A.B", Key: *key("a", "b")}, "0a 05 0a 03 41 2e 42 12 06 0a 01 61 0a 01 62"},
		"a type without keys":                          {&zebus.SubscriptionsForType{Type: "A.B"}, "0a 05 0a 03 41 2e 42"},
		"a type with the empty key": {
			&zebus.SubscriptionsForType{Type: "A.B", Keys: []zebus.BindingKey{{}}}, "0a 05 0a 03 41 2e 42 12 00",
		},
		"a type with two keys": {
			&zebus.SubscriptionsForType{Type: "A.B", Keys: []zebus.BindingKey{*key("x"), *key("y", "*")}},
			"0a 05 0a 03 41 2e 42 12 03 0a 01 78 12 06 0a 01 79 0a 01 2a",
		},
		"a peer that is up":                             {&up, "0a 05 0a 03 50 2e 30 12 09 74 63 70 3a 2f 2f 68 3a 31 18 01 20 01"},
		"X07 a peer that does not respond, and is down": {&down, "0a 05 0a 03 50 2e 30 12 09 74 63 70 3a 2f 2f 68 3a 31 18 00"},
		"X08 a success as .NET writes it": {
			&zebus.MessageExecutionCompleted{SourceCommandID: exampleID, Payload: []byte{}, ResponseMessage: new(string)},
			"0a 14 0a 12 09 87 0f 9f 49 d2 e2 ee 11 11 92 34 01 02 03 04 05 06 10 00 22 00 2a 00",
		},
		"X08 a success without the empty fields": {
			&zebus.MessageExecutionCompleted{SourceCommandID: exampleID},
			"0a 14 0a 12 09 87 0f 9f 49 d2 e2 ee 11 11 92 34 01 02 03 04 05 06 10 00",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			want, err := hex.DecodeString(strings.ReplaceAll(c.bytes, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			if got := c.m.ZebusAppend(nil); hex.EncodeToString(got) != hex.EncodeToString(want) {
				t.Errorf("bytes %x, want %x", got, want)
			}
			if got := c.m.ZebusSize(); got != len(want) {
				t.Errorf("ZebusSize() = %d, want %d", got, len(want))
			}
		})
	}
}

// exampleID is the one of the specification.
var exampleID = zebus.MessageID{0x49, 0x9f, 0x0f, 0x87, 0xe2, 0xd2, 0x11, 0xee, 0x92, 0x34, 1, 2, 3, 4, 5, 6}

func TestReadingWhatIsAbsent(t *testing.T) {
	read := func(t *testing.T, m zebus.Message, content string) {
		t.Helper()
		b, err := hex.DecodeString(content)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.ZebusUnmarshal(b); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("X06 a subscription without a key is one to everything", func(t *testing.T) {
		var got zebus.Subscription
		read(t, &got, "0a050a03412e42")
		if !got.Equal(zebus.SubscribeTo("A.B")) {
			t.Errorf("read %v", got)
		}
	})
	t.Run("X07 a peer that does not say so does not respond", func(t *testing.T) {
		var got zebus.Peer
		read(t, &got, "0a050a03502e3012097463703a2f2f683a311801")
		if want := (zebus.Peer{ID: "P.0", Endpoint: "tcp://h:1", Up: true}); got != want {
			t.Errorf("read %+v, want %+v", got, want)
		}
	})
	t.Run("X08 a success may leave out payload and text", func(t *testing.T) {
		var got zebus.MessageExecutionCompleted
		read(t, &got, "0a140a1209870f9f49d2e2ee11119234010203040506")
		if diff := cmp.Diff(zebus.MessageExecutionCompleted{SourceCommandID: exampleID}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("A15 an empty content is a message of defaults", func(t *testing.T) {
		var got interop.Echo
		read(t, &got, "")
		if got != (interop.Echo{}) {
			t.Errorf("read %+v", got)
		}
	})
}

func TestJSON(t *testing.T) {
	t.Run("A19 a peer id is its text, and an absent one stays absent", func(t *testing.T) {
		id := zebus.PeerID("Abc.Peer.0")
		for _, want := range []zebus.CustomProcessingFailed{{FailingPeerIDOverride: &id}, {}} {
			text, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			var got zebus.CustomProcessingFailed
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", text, diff)
			}
		}
		if text, err := json.Marshal(id); err != nil || string(text) != `"Abc.Peer.0"` {
			t.Errorf("%s, error %v", text, err)
		}
	})
	t.Run("H15 details of a failure read back", func(t *testing.T) {
		type details struct {
			Order int
			Why   string
		}
		want := details{Order: 7, Why: "no stock"}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		inJSON := string(text)
		var got zebus.CustomProcessingFailed
		if err := got.ZebusUnmarshal((&zebus.CustomProcessingFailed{DetailsJSON: &inJSON}).ZebusAppend(nil)); err != nil {
			t.Fatal(err)
		}
		var read details
		if err := json.Unmarshal([]byte(*got.DetailsJSON), &read); err != nil || read != want {
			t.Errorf("read %+v, error %v, want %+v", read, err, want)
		}
	})
	t.Run("C32 the parts of a binding key appear", func(t *testing.T) {
		text, err := json.Marshal(zebus.Key("EU", "*"))
		if err != nil || string(text) != `{"Parts":["EU","*"]}` {
			t.Errorf("%s, error %v", text, err)
		}
	})
}
