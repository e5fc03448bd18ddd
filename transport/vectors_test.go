package transport_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// hexBytes is written as text of two digits a byte.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// recorded is a transport message as the recordings show it: null is absent. The names are those of .NET, whose case
// the decoder does not mind.
type recorded struct {
	ID            wire.GUID
	MessageTypeID string
	ContentBytes  hexBytes
	Originator    struct {
		SenderID, SenderEndPoint             string
		SenderMachineName, InitiatorUserName *string
	}
	Environment       *string
	WasPersisted      *bool
	PersistentPeerIDs []string
}

func (r recorded) message() zebus.TransportMessage {
	return zebus.TransportMessage{
		ID:      zebus.MessageID(r.ID),
		Type:    zebus.MessageTypeID(r.MessageTypeID),
		Content: r.ContentBytes,
		Originator: zebus.Originator{
			SenderID:          zebus.PeerID(r.Originator.SenderID),
			SenderEndpoint:    r.Originator.SenderEndPoint,
			MachineName:       r.Originator.SenderMachineName,
			InitiatorUserName: r.Originator.InitiatorUserName,
		},
		Environment:       r.Environment,
		WasPersisted:      r.WasPersisted,
		PersistentPeerIDs: peerIDs(r.PersistentPeerIDs),
	}
}

func peerIDs(texts []string) []zebus.PeerID {
	ids := make([]zebus.PeerID, 0, len(texts))
	for _, text := range texts {
		ids = append(ids, zebus.PeerID(text))
	}
	return ids
}

type writtenCase struct {
	Fields               recorded `json:"fields"`
	EnvironmentOverride  *string  `json:"environmentOverride"`
	WasPersistedOverride *bool    `json:"wasPersistedOverride"`
	Bytes                hexBytes `json:"bytes"`
}

func (c writtenCase) overrides() transport.Overrides {
	return transport.Overrides{Environment: c.EnvironmentOverride, WasPersisted: c.WasPersistedOverride}
}

type readCase struct {
	Why      string    `json:"why"`
	Bytes    hexBytes  `json:"bytes"`
	Accepted bool      `json:"accepted"`
	Fields   *recorded `json:"fields"`
}

// damaged says whether the case was made by damaging a good frame: then .NET may take what we refuse.
func (c readCase) damaged() bool {
	return c.Why == "cut" || c.Why == "one bit flipped" || c.Why == "one byte replaced"
}

// load reads a file of cases.
func load[T any](tb testing.TB, name string) []T {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	var cases []T
	if err := json.Unmarshal(text, &cases); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return cases
}

func TestRecordedEnvelopesAreWrittenByteForByte(t *testing.T) {
	t.Parallel()
	for i, tc := range load[writtenCase](t, "envelopes.json") {
		m := tc.Fields.message()
		got := transport.AppendMessage(nil, &m, tc.overrides())
		if !bytes.Equal(got, tc.Bytes) {
			t.Errorf("case %d:\n got %x\nwant %x", i+1, got, []byte(tc.Bytes))
		}
	}
}

func TestRecordedEnvelopesAreRead(t *testing.T) {
	t.Parallel()
	var reader transport.Reader
	for i, tc := range load[writtenCase](t, "envelopes.json") {
		want := tc.Fields.message()
		if tc.EnvironmentOverride != nil {
			want.Environment = tc.EnvironmentOverride
		}
		if tc.WasPersistedOverride != nil {
			want.WasPersisted = tc.WasPersistedOverride
		}
		var got zebus.TransportMessage
		if err := reader.Read(&got, tc.Bytes); err != nil {
			t.Errorf("case %d: %v", i+1, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("case %d (-want +got):\n%s", i+1, diff)
		}
	}
}

func TestReaderDecidesAsDotNet(t *testing.T) {
	t.Parallel()
	for i, tc := range load[readCase](t, "envelope-reader.json") {
		got, err := transport.ReadMessage(tc.Bytes)
		switch {
		case err != nil && !errors.Is(err, transport.ErrFrame):
			t.Errorf("case %d, %s: error %v is no ErrFrame", i+1, tc.Why, err)
		case err != nil && tc.Accepted && !tc.damaged():
			t.Errorf("case %d, %s: refused: %v", i+1, tc.Why, err)
		case err == nil && !tc.Accepted && !tc.damaged():
			t.Errorf("case %d, %s: accepted %+v", i+1, tc.Why, got)
		case err == nil && tc.Accepted:
			got.Originator.MachineName = nil // .NET does not read it
			if diff := cmp.Diff(tc.Fields.message(), got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("case %d, %s (-want +got):\n%s", i+1, tc.Why, diff)
			}
		}
	}
}

// sent is a line of a recorded conversation.
type sent struct {
	Step              string    `json:"step"`
	ID                wire.GUID `json:"id"`
	Type              string    `json:"type"`
	Content           hexBytes  `json:"content"`
	Sender            string    `json:"sender"`
	SenderEndpoint    string    `json:"senderEndpoint"`
	Machine           *string   `json:"machine"`
	User              *string   `json:"user"`
	Environment       *string   `json:"environment"`
	WasPersisted      *bool     `json:"wasPersisted"`
	PersistentPeerIDs []string  `json:"persistentPeerIds"`
	Frame             hexBytes  `json:"frame"`
}

func (s sent) message() zebus.TransportMessage {
	return zebus.TransportMessage{
		ID:      zebus.MessageID(s.ID),
		Type:    zebus.MessageTypeID(s.Type),
		Content: s.Content,
		Originator: zebus.Originator{
			SenderID: zebus.PeerID(s.Sender), SenderEndpoint: s.SenderEndpoint,
			MachineName: s.Machine, InitiatorUserName: s.User,
		},
		Environment:       s.Environment,
		WasPersisted:      s.WasPersisted,
		PersistentPeerIDs: peerIDs(s.PersistentPeerIDs),
	}
}

// conversation returns the frames of a recorded conversation.
func conversation(tb testing.TB, file string) []sent {
	tb.Helper()
	f, err := os.Open(file)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var frames []sent
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line sent
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			tb.Fatalf("%s: %v", file, err)
		}
		if line.Step == "" {
			frames = append(frames, line)
		}
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return frames
}

// conversations returns the frames of all recorded conversations, by file.
func conversations(tb testing.TB) map[string][]sent {
	tb.Helper()
	files, err := filepath.Glob("../testdata/traffic/*.jsonl")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no recorded conversation: %v", err)
	}
	all := map[string][]sent{}
	for _, file := range files {
		all[filepath.Base(file)] = conversation(tb, file)
	}
	return all
}

func TestRecordedTrafficIsReadAndWrittenByteForByte(t *testing.T) {
	t.Parallel()
	var reader transport.Reader
	for file, frames := range conversations(t) {
		for i, line := range frames {
			var got zebus.TransportMessage
			if err := reader.Read(&got, line.Frame); err != nil {
				t.Fatalf("%s, frame %d: %v", file, i+1, err)
			}
			if diff := cmp.Diff(line.message(), got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s, frame %d (-want +got):\n%s", file, i+1, diff)
			}
			if frame := asItsSender(&got, line.Frame); !bytes.Equal(frame, line.Frame) {
				t.Errorf("%s, frame %d:\n got %x\nwant %x", file, i+1, frame, []byte(line.Frame))
			}
		}
	}
}

// asItsSender writes m as the Writer of its sender does. Where the recording ends with the field was-persisted, a
// persist request was sent like any message; otherwise it was made from the copy for the live peers.
func asItsSender(m *zebus.TransportMessage, recording []byte) []byte {
	self := zebus.Self{ID: m.Originator.SenderID, Environment: *m.Environment}
	w := transport.NewWriter(self, m.Originator.SenderEndpoint)
	endsWithFlag := recording[len(recording)-2] == 0x30
	if endsWithFlag {
		frame := w.Append(nil, m)
		transport.SetWasPersisted(frame, *m.WasPersisted)
		return frame
	}
	plain := *m
	plain.PersistentPeerIDs = nil
	frame := w.Append(nil, &plain)
	transport.SetWasPersisted(frame, m.WasPersisted != nil && *m.WasPersisted)
	return transport.AsPersistRequest(frame, m.PersistentPeerIDs, m.WasPersisted != nil)
}
