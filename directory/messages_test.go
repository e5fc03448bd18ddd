package directory_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/internal/vectors"
	"github.com/zebus-go/zebus/zebus"
)

func messageTypes() []*zebus.MessageType {
	return []*zebus.MessageType{
		(*directory.RegisterPeerCommand)(nil).ZebusType(),
		(*directory.RegisterPeerResponse)(nil).ZebusType(),
		(*directory.UnregisterPeerCommand)(nil).ZebusType(),
		(*directory.UpdatePeerSubscriptionsCommand)(nil).ZebusType(),
		(*directory.UpdatePeerSubscriptionsForTypesCommand)(nil).ZebusType(),
		(*directory.DecommissionPeerCommand)(nil).ZebusType(),
		(*directory.MarkPeerAsRespondingCommand)(nil).ZebusType(),
		(*directory.MarkPeerAsNotRespondingCommand)(nil).ZebusType(),
		(*directory.MarkPeerAsRespondingInternalCommand)(nil).ZebusType(),
		(*directory.MarkPeerAsNotRespondingInternalCommand)(nil).ZebusType(),
		(*directory.PingPeerCommand)(nil).ZebusType(),
		(*directory.PeerStarted)(nil).ZebusType(),
		(*directory.PeerStopped)(nil).ZebusType(),
		(*directory.PeerDecommissioned)(nil).ZebusType(),
		(*directory.PeerNotResponding)(nil).ZebusType(),
		(*directory.PeerResponding)(nil).ZebusType(),
		(*directory.PeerSubscriptionsUpdated)(nil).ZebusType(),
		(*directory.PeerSubscriptionsForTypesUpdated)(nil).ZebusType(),
	}
}

func TestMessagesAgainstRecordedBytes(t *testing.T) {
	for _, mt := range messageTypes() {
		for i, c := range vectors.Of(t, mt.ID().String()) {
			t.Run(fmt.Sprintf("A16 %s %d keeps every field and byte", mt.ID().Name(), i), func(t *testing.T) {
				vectors.Check(t, c, mt.New())
			})
		}
	}
}

// example is the time of the worked examples: 2024-03-15T13:45:30.1234567Z.
var example = time.Date(2024, 3, 15, 13, 45, 30, 123_456_700, time.UTC)

func unhex(tb testing.TB, text string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestWorkedExamples(t *testing.T) {
	tests := map[string]struct {
		message zebus.Message
		bytes   string
	}{
		"A16 a registration": {
			&directory.RegisterPeerCommand{Peer: zebus.PeerDescriptor{
				Peer: zebus.Peer{ID: "Go.Peer.0", Endpoint: "tcp://gohost:41000", Up: true, Responding: true},
				Subscriptions: []zebus.Subscription{
					zebus.SubscribeTo("Abc.Zebus.Directory.PeerStarted"),
					{Type: "Shop.OrderPlaced", Key: zebus.Key("EU", "*")},
				},
				Timestamp: &example,
			}},
			`0a 7c
			0a 25 0a 0b 0a 09 47 6f 2e 50 65 65 72 2e 30 12 12 74 63 70 3a 2f 2f 67 6f 68 6f 73 74 3a 34 31 30 30 30 18 01 20 01
			12 25 0a 21 0a 1f 41 62 63 2e 5a 65 62 75 73 2e 44 69 72 65 63 74 6f 72 79 2e 50 65 65 72 53 74 61 72 74 65 64 12 00
			12 1d 0a 12 0a 10 53 68 6f 70 2e 4f 72 64 65 72 50 6c 61 63 65 64 12 07 0a 02 45 55 0a 01 2a
			18 00
			22 0b 08 8e be ee e1 86 c0 e2 3c 10 05`,
		},
		"A16 the payload that answers a registration": {
			&directory.RegisterPeerResponse{PeerDescriptors: []zebus.PeerDescriptor{{
				Peer:       zebus.Peer{ID: "P", Endpoint: "tcp://h:1", Up: true, Responding: true},
				Persistent: true,
			}}},
			`0a 18 0a 14 0a 03 0a 01 50 12 09 74 63 70 3a 2f 2f 68 3a 31 18 01 20 01 18 01`,
		},
		"A16 an update that leaves no key": {
			&directory.UpdatePeerSubscriptionsForTypesCommand{
				PeerID: "P.0", SubscriptionsForTypes: []zebus.SubscriptionsForType{{Type: "A.B"}}, TimestampUTC: example,
			},
			`0a 05 0a 03 50 2e 30 12 07 0a 05 0a 03 41 2e 42 1a 0b 08 8e be ee e1 86 c0 e2 3c 10 05`,
		},
		"X05 an update without time": {
			&directory.UpdatePeerSubscriptionsForTypesCommand{
				PeerID: "P.0", SubscriptionsForTypes: []zebus.SubscriptionsForType{{Type: "A.B"}},
			},
			`0a 05 0a 03 50 2e 30 12 07 0a 05 0a 03 41 2e 42 1a 04 08 01 10 0f`,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			want := unhex(t, tc.bytes)
			if got := tc.message.ZebusAppend(nil); !bytes.Equal(got, want) {
				t.Errorf("written\n%x, want\n%x", got, want)
			}
			read := tc.message.ZebusType().New()
			if err := read.ZebusUnmarshal(want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.message, read); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRustRegistration reads a registration as zebus-rs writes it.
func TestRustRegistration(t *testing.T) {
	t.Run("X25 a registration of zebus-rs: kind and ticks in the time, false flags present", func(t *testing.T) {
		const ticks = "08 8e be ee e1 86 c0 e2 3c 10 05 18 01" // with kind = UTC
		raw := unhex(t, `0a 34 0a 17 0a 05 0a 03 52 2e 30 12 0a 74 63 70 3a 2f 2f 72 3a 31 30 18 01 20 00
			12 09 0a 05 0a 03 41 2e 42 12 00 18 00 22 0d `+ticks+` 28 00`)
		raw[1] = byte(len(raw) - 2)
		var cmd directory.RegisterPeerCommand
		if err := cmd.ZebusUnmarshal(raw); err != nil {
			t.Fatal(err)
		}
		want := directory.RegisterPeerCommand{Peer: zebus.PeerDescriptor{
			Peer:          zebus.Peer{ID: "R.0", Endpoint: "tcp://r:10", Up: true},
			Subscriptions: []zebus.Subscription{zebus.SubscribeTo("A.B")},
			Timestamp:     &example,
		}}
		if diff := cmp.Diff(want, cmd); diff != "" {
			t.Errorf("read (-want +got):\n%s", diff)
		}
	})
}

// FuzzMessages reads any bytes as each message of a directory. What is accepted is written and read again without change.
func FuzzMessages(f *testing.F) {
	types := messageTypes()
	for i, mt := range types {
		for _, c := range vectors.Of(f, mt.ID().String()) {
			f.Add(i, unhex(f, c.Bytes))
		}
	}
	f.Fuzz(func(t *testing.T, i int, raw []byte) {
		mt := types[uint(i)%uint(len(types))]
		first := mt.New()
		if first.ZebusUnmarshal(raw) != nil {
			return
		}
		written := first.ZebusAppend(nil)
		if len(written) != first.ZebusSize() {
			t.Errorf("ZebusSize = %d, written %d", first.ZebusSize(), len(written))
		}
		second := mt.New()
		if err := second.ZebusUnmarshal(written); err != nil {
			t.Fatalf("%x was written, and is refused: %v", written, err)
		}
		if again := second.ZebusAppend(nil); !bytes.Equal(written, again) {
			t.Errorf("written %x, then %x", written, again)
		}
	})
}
