package transport_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// exampleID is the id of the worked examples.
var exampleID = zebus.MessageID(must(wire.ParseGUID("499f0f87-e2d2-11ee-9234-010203040506")))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// fullMessage has a value in every field.
func fullMessage() *zebus.TransportMessage {
	return &zebus.TransportMessage{
		ID:      exampleID,
		Type:    "Shop.PlaceOrder",
		Content: []byte{0x08, 0x2a},
		Originator: zebus.Originator{
			SenderID: "Go.Peer.0", SenderEndpoint: "tcp://gohost:41000",
			MachineName: new("gohost"), InitiatorUserName: new("bob"),
		},
		Environment:       new("Demo"),
		WasPersisted:      new(true),
		PersistentPeerIDs: []zebus.PeerID{"Shop.Orders.0", "Shop.Orders.1"},
	}
}

func write(m *zebus.TransportMessage) []byte {
	return transport.AppendMessage(nil, m, transport.Overrides{})
}

func read(tb testing.TB, frame []byte) zebus.TransportMessage {
	tb.Helper()
	m, err := transport.ReadMessage(frame)
	if err != nil {
		tb.Fatalf("ReadMessage(%x) = %v", frame, err)
	}
	return m
}

// generic writes m with the protobuf library.
func generic(m *zebus.TransportMessage) []byte {
	sub := func(field protowire.Number, content ...[]byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, field, protowire.BytesType), bytes.Join(content, nil))
	}
	layout := wire.GUID(m.ID).Layout()
	guid := sub(1, []byte{0x09}, layout[:8], []byte{0x11}, layout[8:])
	o := m.Originator
	b := bytes.Join([][]byte{
		sub(1, guid),
		sub(2, sub(1, []byte(m.Type))),
		sub(3, m.Content),
		sub(4, sub(1, sub(1, []byte(o.SenderID))), sub(2, []byte(o.SenderEndpoint)), sub(3, []byte(*o.MachineName)), sub(5, []byte(*o.InitiatorUserName))),
		sub(5, []byte(*m.Environment)),
	}, nil)
	b = protowire.AppendVarint(protowire.AppendTag(b, 6, protowire.VarintType), protowire.EncodeBool(*m.WasPersisted))
	for _, id := range m.PersistentPeerIDs {
		b = append(b, sub(7, sub(1, []byte(id)))...)
	}
	return b
}

// genericFields reads the top level of a frame with the protobuf library.
func genericFields(tb testing.TB, frame []byte) map[protowire.Number][][]byte {
	tb.Helper()
	found := map[protowire.Number][][]byte{}
	for len(frame) > 0 {
		field, typ, n := protowire.ConsumeTag(frame)
		size := protowire.ConsumeFieldValue(field, typ, frame[max(n, 0):])
		if n < 0 || size < 0 {
			tb.Fatalf("protobuf refuses %x", frame)
		}
		found[field] = append(found[field], frame[n:n+size])
		frame = frame[n+size:]
	}
	return found
}

func TestWriting(t *testing.T) {
	t.Parallel()
	t.Run("A01 the frame is that of a generic protobuf encoder", func(t *testing.T) {
		t.Parallel()
		if got, want := write(fullMessage()), generic(fullMessage()); !bytes.Equal(got, want) {
			t.Errorf("got  %x\nwant %x", got, want)
		}
	})
	t.Run("A07 persistent peer ids are read by a generic reader, in order", func(t *testing.T) {
		t.Parallel()
		got := genericFields(t, write(fullMessage()))[7]
		want := [][]byte{[]byte("\x0f\x0a\x0dShop.Orders.0"), []byte("\x0f\x0a\x0dShop.Orders.1")}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("field 7 (-want +got):\n%s", diff)
		}
		if ids := read(t, write(fullMessage())).PersistentPeerIDs; !slices.Equal(ids, fullMessage().PersistentPeerIDs) {
			t.Errorf("read back as %q", ids)
		}
	})
	t.Run("A10 a message with nothing but an id has empty type, content and sender", func(t *testing.T) {
		t.Parallel()
		got := hex.EncodeToString(write(&zebus.TransportMessage{ID: exampleID}))
		want := "0a140a1209870f9f49d2e2ee1111923401020304050612001a0022020a00"
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
	t.Run("A11 a reader of 1.5.0, which knows no persistent peer ids, finds the rest", func(t *testing.T) {
		t.Parallel()
		with := genericFields(t, write(fullMessage()))
		plain := fullMessage()
		plain.PersistentPeerIDs = nil
		without := genericFields(t, write(plain))
		delete(with, 7)
		if diff := cmp.Diff(without, with); diff != "" {
			t.Errorf("fields 1 to 6 (-without +with):\n%s", diff)
		}
	})
	t.Run("A12 a hundred goroutines write the same message at once", func(t *testing.T) {
		t.Parallel()
		m, w := fullMessage(), exampleWriter()
		frames := make([][]byte, 100)
		var wg sync.WaitGroup
		for i := range frames {
			wg.Go(func() { frames[i] = w.Append(nil, m) })
		}
		wg.Wait()
		for _, frame := range frames {
			if !bytes.Equal(frame, frames[0]) {
				t.Fatalf("two frames of one message:\n%x\n%x", frames[0], frame)
			}
		}
	})
	t.Run("X02 an id has 20 bytes, the zero one too", func(t *testing.T) {
		t.Parallel()
		got := hex.EncodeToString(write(&zebus.TransportMessage{})[:22])
		if want := "0a140a1209000000000000000011" + strings.Repeat("00", 8); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
	t.Run("a persistent peer without a name is not written", func(t *testing.T) {
		t.Parallel()
		m := fullMessage()
		m.PersistentPeerIDs = []zebus.PeerID{"", "Shop.Orders.0", ""}
		if got := genericFields(t, write(m))[7]; len(got) != 1 {
			t.Errorf("%d entries, want 1", len(got))
		}
	})
}

func TestReading(t *testing.T) {
	t.Parallel()
	t.Run("A02 what a generic encoder wrote is read", func(t *testing.T) {
		t.Parallel()
		if diff := cmp.Diff(*fullMessage(), read(t, generic(fullMessage()))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("A03 absent texts stay absent", func(t *testing.T) {
		t.Parallel()
		want := zebus.TransportMessage{ID: exampleID, Type: "A.B", Content: []byte{1}}
		if diff := cmp.Diff(want, read(t, write(&want))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("A03 empty texts stay empty", func(t *testing.T) {
		t.Parallel()
		want := *fullMessage()
		want.Environment, want.Originator.MachineName, want.Originator.InitiatorUserName = new(""), new(""), new("")
		if diff := cmp.Diff(want, read(t, write(&want))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("A04 an empty content has no byte and leaves the rest intact", func(t *testing.T) {
		t.Parallel()
		want := *fullMessage()
		want.Content = nil
		got := read(t, write(&want))
		if len(got.Content) != 0 {
			t.Errorf("content %x", got.Content)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("A09 and 13.6: a frame of 1.4.1 has neither environment nor was-persisted", func(t *testing.T) {
		t.Parallel()
		old := *fullMessage()
		old.Environment, old.WasPersisted, old.PersistentPeerIDs = nil, nil, nil
		got := read(t, write(&old))
		if diff := cmp.Diff(old, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if err := transport.Check(&got, "Demo"); err != nil {
			t.Errorf("Check = %v", err)
		}
	})
	t.Run("the content is a part of the frame, and appending to it does not change the frame", func(t *testing.T) {
		t.Parallel()
		frame := write(fullMessage())
		m := read(t, frame)
		before := bytes.Clone(frame)
		_ = append(m.Content, 0xff)
		if !bytes.Equal(frame, before) {
			t.Error("appending to the content wrote into the frame")
		}
		m.Content[0] = 0xee
		if bytes.Equal(frame, before) {
			t.Error("the content is a copy")
		}
	})
	t.Run("a reader leaves nothing of one message in the next", func(t *testing.T) {
		t.Parallel()
		var r transport.Reader
		m := *fullMessage()
		want := zebus.TransportMessage{ID: exampleID, Type: "A.B", Content: []byte{1}}
		if err := r.Read(&m, write(&want)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, m); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestGarbage(t *testing.T) {
	t.Parallel()
	frames := map[string]string{
		"one digit":  "1",
		"digits":     "123456789",
		"a guid":     "499f0f87-e2d2-11ee-9234-010203040506",
		"a NUL byte": "\x00",
		"NUL bytes":  "\x00\x00\x00\x00\x00\x00",
	}
	for name, frame := range frames {
		t.Run("A08 "+name, func(t *testing.T) {
			t.Parallel()
			m, err := transport.ReadMessage([]byte(frame))
			if !errors.Is(err, transport.ErrFrame) {
				t.Errorf("ReadMessage = %v, want ErrFrame", err)
			}
			if !m.ID.IsZero() || m.Environment != nil {
				t.Errorf("read as %+v", m)
			}
		})
	}
}

func TestUnknownFields(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		field string
		fine  bool
	}{
		"X01 an unknown text is passed over":          {"\xa2\x06\x02hi", true},
		"X01 an unknown fixed32 is passed over":       {"\xa5\x06\x01\x02\x03\x04", true},
		"X01 an unknown fixed64 is passed over":       {"\xa1\x06\x01\x02\x03\x04\x05\x06\x07\x08", true},
		"X01 an unknown number makes a frame invalid": {"\xa0\x06\x01", false},
		"a group makes a frame invalid":               {"\xa3\x06\xa4\x06", false},
		"a known number with a text in it":            {"\x32\x01\x01", false},
		"a known text with a number in it":            {"\x28\x01", false},
		"a wire type that does not exist":             {"\xa7\x06\x01", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := transport.ReadMessage(append(write(fullMessage()), tc.field...))
			if fine := err == nil; fine != tc.fine {
				t.Fatalf("ReadMessage = %v", err)
			}
			if diff := cmp.Diff(*fullMessage(), got); tc.fine && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", transport.MaxNameLength+1)
	tests := map[string]struct {
		change func(m *zebus.TransportMessage)
		want   error
	}{
		"a message of the same environment":             {func(*zebus.TransportMessage) {}, nil},
		"a message without environment":                 {func(m *zebus.TransportMessage) { m.Environment = nil }, nil},
		"X11 an environment that differs only by case":  {func(m *zebus.TransportMessage) { m.Environment = new("DEMO") }, transport.ErrOtherEnvironment},
		"an empty environment is one":                   {func(m *zebus.TransportMessage) { m.Environment = new("") }, transport.ErrOtherEnvironment},
		"X12 no id":                                     {func(m *zebus.TransportMessage) { m.ID = zebus.MessageID{} }, transport.ErrZeroID},
		"X12 no type":                                   {func(m *zebus.TransportMessage) { m.Type = "" }, transport.ErrNoType},
		"X12 no sender":                                 {func(m *zebus.TransportMessage) { m.Originator = zebus.Originator{} }, transport.ErrNoSender},
		"a type that is too long":                       {func(m *zebus.TransportMessage) { m.Type = zebus.MessageTypeID(long) }, transport.ErrLongName},
		"a sender id that is too long":                  {func(m *zebus.TransportMessage) { m.Originator.SenderID = zebus.PeerID(long) }, transport.ErrLongName},
		"an endpoint that is too long":                  {func(m *zebus.TransportMessage) { m.Originator.SenderEndpoint = long }, transport.ErrLongName},
		"an environment that is too long, and another":  {func(m *zebus.TransportMessage) { m.Environment = &long }, transport.ErrLongName},
		"an endpoint that is as long as it may be":      {func(m *zebus.TransportMessage) { m.Originator.SenderEndpoint = long[1:] }, nil},
		"of several reasons the first in the list wins": {func(m *zebus.TransportMessage) { *m = zebus.TransportMessage{Environment: new("x")} }, transport.ErrZeroID},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := fullMessage()
			tc.change(m)
			got := read(t, write(m))
			if err := transport.Check(&got, "Demo"); !errors.Is(err, tc.want) {
				t.Errorf("Check = %v, want %v", err, tc.want)
			}
		})
	}
}

func TestCheckNamesBothEnvironments(t *testing.T) {
	t.Parallel()
	err := transport.Check(fullMessage(), "Prod")
	if err == nil || !strings.Contains(err.Error(), `"Demo"`) || !strings.Contains(err.Error(), `"Prod"`) {
		t.Errorf("Check = %v, want both names", err)
	}
}

func TestCheckSize(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		size, limit int
		fine        bool
	}{
		"the limit itself is fine":                   {1000, 1000, true},
		"one more is not":                            {1001, 1000, false},
		"without a limit the default counts":         {transport.DefaultMaxMessageSize + 1, 0, false},
		"the default itself is fine":                 {transport.DefaultMaxMessageSize, 0, true},
		"no limit goes beyond what .NET can read":    {transport.MaxFieldLength + 1, 1 << 40, false},
		"a limit may be larger than the default one": {transport.DefaultMaxMessageSize + 1, transport.MaxFieldLength, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := transport.CheckSize(tc.size, tc.limit)
			if fine := err == nil; fine != tc.fine || !fine && !errors.Is(err, zebus.ErrTooLarge) {
				t.Errorf("CheckSize(%d, %d) = %v", tc.size, tc.limit, err)
			}
		})
	}
}

func TestDump(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		most int
		want string
	}{
		"A20 a longer frame is cut, with an ellipsis": {3, "AQID..."},
		"A20 a frame of that size is shown whole":     {4, "AQIDBA=="},
		"A20 a shorter frame is shown whole":          {50, "AQIDBA=="},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := transport.Dump([]byte{1, 2, 3, 4}, tc.most); got != tc.want {
				t.Errorf("Dump(%d) = %q, want %q", tc.most, got, tc.want)
			}
		})
	}
}
