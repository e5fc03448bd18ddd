package codegen_test

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/codegen/testdata/shapes"
	"github.com/zebus-go/zebus/codegen/testdata/shapes/other"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

func TestShapesAreWritten(t *testing.T) {
	tests := map[string]struct {
		message zebus.Message
		want    string
	}{
		"nil and empty maps are nothing": {&shapes.Maps{Ints: map[int32]int32{}}, ""},
		"an entry leaves out numbers and truth values that are zero": {
			&shapes.Maps{Bools: map[bool]bool{false: false}, Ints: map[int32]int32{0: 0}, Floats: map[string]float32{"": 0}, Chars: map[wire.Char]wire.Char{0: 0}},
			"0a00" + "1a00" + "32020a00" + "5200",
		},
		"an entry has every enum": {&shapes.Maps{Colours: map[shapes.Colour]shapes.Colour{0: 0}}, "8a0104" + "08001000"},
		"an entry has every text, identifier and time": {
			&shapes.Maps{Strings: map[string]string{"": ""}, Times: map[wire.TimeSpan]time.Time{0: {}}, Peers: map[zebus.PeerID]zebus.PeerID{"": ""}},
			"42040a001200" + "62080a0012040801100f" + "9a01040a001200",
		},
		"an entry has no value for nil": {
			&shapes.Maps{Bytes: map[uint8][]byte{1: nil}, Texts: map[string]*string{"a": nil}, Points: map[string]*shapes.Point{"a": nil}},
			"12020801" + "4a030a0161" + "9201030a0161",
		},
		"an entry has what a pointer points to, zero too": {
			&shapes.Maps{Texts: map[string]*string{"a": new("")}, Numbers: map[string]*int64{"a": new(int64(0))}},
			"4a050a01611200" + "ca01050a01611000",
		},
		"options are for the value": {
			&shapes.Maps{Zigzags: map[int16]int16{1: -1}, Fixeds: map[uint64]uint64{1: 1}},
			"aa010408011001" + "b2010b0801110100000000000000",
		},
		"required changes nothing": {&shapes.Maps{Required: map[string]int32{"a": 0}}, "d201030a0161"},
		"entries are sorted by key": {
			&shapes.Maps{Ints: map[int32]int32{2: 1, -1: 1, 1: 1}, Strings: map[string]string{"b": "", "a": "", "": ""}},
			"1a0d08ffffffffffffffffff011001" + "1a0408011001" + "1a0408021001" + "42040a001200" + "42050a01611200" + "42050a01621200",
		},
		"a case is written even when it is zero":     {&shapes.Paid{Payment: &shapes.Cash{}}, "2000"},
		"a case with a nil message has an empty one": {&shapes.Paid{Payment: &shapes.ByCard{}}, "1a00"},
		"a case with nil bytes has empty ones":       {&shapes.Paid{Payment: &shapes.Encoded{}}, "4a00"},
		"cases of different interfaces do not mix": {
			&shapes.Paid{Order: 1, Payment: &shapes.ByTransfer{Account: "a"}, Note: "n", Answer: &other.No{No: 1}},
			"0801" + "2a0161" + "52016e" + "fd0101000000",
		},
		"no case is nothing":                          {&shapes.Paid{}, ""},
		"a part comes before what has a lower number": {&shapes.Figure{Name: "f", Circle: &shapes.Circle{}}, "5200" + "0a0166"},
		"parts inside parts":                          {&shapes.Figure{Circle: &shapes.Circle{Ring: &shapes.Ring{Width: 1}, Radius: 2}}, "5214" + "3a0909000000000000f03f" + "090000000000000040"},
		"fields of embedded structs have their own place": {
			&shapes.Shipped{
				Header: shapes.Header{ID: 1, Labels: shapes.Labels{"l"}, Colour: []shapes.Colour{1}, Origin: shapes.Origin{Sender: "A"}},
				Point:  shapes.Point{X: 2},
				Small:  -1, Short: new(int16(0)), Shorts: []int16{-1, 1}, Packed: []int8{-1, 1}, Native: -1,
			},
			"0801" + "12016c" + "1801" + "32020802" + "3801" + "4000" + "4801" + "4802" + "5a020102" + "6001" + "a201030a0141",
		},
		"an instance of a generic type has the fields of its argument": {
			&shapes.ColourBox{Content: shapes.ColourRed, More: []shapes.Colour{0}, Named: map[string]shapes.Colour{"a": 0}}, "0801" + "1000" + "1a050a01611000",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := hex.EncodeToString(tc.message.ZebusAppend(nil)); got != tc.want {
				t.Errorf("bytes\n got %s\nwant %s", got, tc.want)
			}
			if got := tc.message.ZebusSize(); got != len(tc.want)/2 {
				t.Errorf("ZebusSize() = %d, want %d", got, len(tc.want)/2)
			}
		})
	}
}

func TestShapesAreRead(t *testing.T) {
	tests := map[string]struct {
		frame string
		want  zebus.Message
	}{
		"an entry may lack its key or its value, and have more": {
			"1a00" + "1a021005" + "1a060801180a1002", &shapes.Maps{Ints: map[int32]int32{0: 5, 1: 2}},
		},
		"value before key":     {"1a0410020801", &shapes.Maps{Ints: map[int32]int32{1: 2}}},
		"the last case counts": {"2001" + "2a0161", &shapes.Paid{Payment: &shapes.ByTransfer{Account: "a"}}},
		"the same case that comes twice is merged when it is a message": {
			"1a020801" + "1a09110000000000000040", &shapes.Paid{Payment: &shapes.ByCard{Card: &shapes.Point{X: 1, Y: 2}}},
		},
		"another case between them begins anew": {
			"1a020801" + "2000" + "1a09110000000000000040", &shapes.Paid{Payment: &shapes.ByCard{Card: &shapes.Point{Y: 2}}},
		},
		"a part that comes twice is merged": {
			"52021a00" + "5209090000000000000040" + "52023a00", &shapes.Figure{Circle: &shapes.Circle{Ring: &shapes.Ring{}, Radius: 2}},
		},
		"a part may come behind the base": {"0a0166" + "2a00", &shapes.Figure{Name: "f", Square: &shapes.Square{}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) { readsAs(t, tc.frame, tc.want) })
	}
	t.Run("the last of two entries with one key counts, and is not merged", func(t *testing.T) {
		first := (&shapes.Maps{Points: map[string]*shapes.Point{"a": {X: 1, Y: 2}}}).ZebusAppend(nil)
		second := (&shapes.Maps{Points: map[string]*shapes.Point{"a": {X: 3}}}).ZebusAppend(nil)
		readsAs(t, hex.EncodeToString(append(first, second...)), &shapes.Maps{Points: map[string]*shapes.Point{"a": {X: 3}}})
	})
	t.Run("a map that is there already gets the entries", func(t *testing.T) {
		m := &shapes.Maps{Ints: map[int32]int32{1: 1, 2: 2}}
		if err := m.ZebusUnmarshal(must(hex.DecodeString("1a0408011005"))); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[int32]int32{1: 5, 2: 2}, m.Ints); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func readsAs(t *testing.T, frame string, want zebus.Message) {
	t.Helper()
	got := want.ZebusType().New()
	if err := got.ZebusUnmarshal(must(hex.DecodeString(frame))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(wire.Decimal{}, shapes.Old{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestShapesRefuse(t *testing.T) {
	tests := map[string]struct {
		frame string
		into  zebus.Message
	}{
		"a number where an entry should be":      {"1801", &shapes.Maps{}},
		"an entry that is cut off":               {"1a040801", &shapes.Maps{}},
		"a key that does not fit":                {"1a0608ffffffff7f", &shapes.Maps{}},
		"a value of another wire type":           {"1a0408011200", &shapes.Maps{}},
		"a zig-zag number that does not fit":     {"38ff03", &shapes.Shipped{}},
		"a number in the place of a case's text": {"2801", &shapes.Paid{}},
		"a part that is a number":                {"5001", &shapes.Figure{}},
		"an unknown field that is cut off":       {"f2070561", &shapes.Old{}},
		"trees that are nested too deeply":       {hex.EncodeToString(nested(wire.MaxNesting + 1)), &shapes.Tree{}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if err := tc.into.ZebusUnmarshal(must(hex.DecodeString(tc.frame))); err == nil {
				t.Errorf("%+v was read from %s, want an error", tc.into, tc.frame)
			}
		})
	}
}

// nested returns a tree of the given depth.
func nested(depth int) []byte {
	var b []byte
	for range depth {
		b = wire.AppendBytes(nil, 2, b)
	}
	return b
}

func TestUnknownFields(t *testing.T) {
	// Fields of every wire type, around and between those that are known; a group among them.
	const (
		id      = "0801"
		varint  = "f807ac02"
		fixed64 = "f9070102030405060708"
		bytes8  = "fa07026869"
		group   = "fb070801fc07"
		fixed32 = "fd0701020304"
	)
	all := varint + fixed64 + bytes8 + group + fixed32
	frame := must(hex.DecodeString(id + "1206" + "0805" + "12021801" + all))
	t.Run("fields that a message does not know come back as they came", func(t *testing.T) {
		var m shapes.Old
		if err := m.ZebusUnmarshal(frame); err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(m.Known()); got != all {
			t.Errorf("kept\n     %s\nwant %s", got, all)
		}
		if got := hex.EncodeToString(m.Inner.Unknown); got != "080512021801" {
			t.Errorf("the inner message kept %s, want 080512021801", got)
		}
		if got := m.ZebusAppend(nil); !bytes.Equal(got, frame) || m.ZebusSize() != len(frame) {
			t.Errorf("bytes\n got %x\nwant %x", got, frame)
		}
	})
	t.Run("they do not share memory with the frame", func(t *testing.T) {
		var m shapes.Old
		copied := bytes.Clone(frame)
		if err := m.ZebusUnmarshal(copied); err != nil {
			t.Fatal(err)
		}
		clear(copied)
		if got := m.ZebusAppend(nil); !bytes.Equal(got, frame) {
			t.Errorf("bytes\n got %x\nwant %x", got, frame)
		}
	})
}

func TestMapsAreWrittenWithoutAllocation(t *testing.T) {
	m := &shapes.Maps{
		Strings: map[string]string{"b": "1", "a": "2"}, Ints: map[int32]int32{2: 1, 1: 2}, Points: map[string]*shapes.Point{"a": {X: 1}},
		Decimals: map[zebus.GUID]wire.Decimal{{1}: {}}, Peers: map[zebus.PeerID]zebus.PeerID{"a": "b"}, Bools: map[bool]bool{true: true},
	}
	room := make([]byte, 0, m.ZebusSize())
	if n := testing.AllocsPerRun(10, func() { m.ZebusAppend(room) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
