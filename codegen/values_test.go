package codegen_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/codegen/testdata/names"
	"github.com/zebus-go/zebus/codegen/testdata/orders"
	"github.com/zebus-go/zebus/codegen/testdata/values"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// What .NET cannot show, because only Go has it: the bytes follow from the rules of the neighbouring types.
func TestWritten(t *testing.T) {
	tests := map[string]struct {
		message zebus.Message
		want    string
	}{
		"a message without fields is empty": {&orders.ShopClosed{}, ""},
		"zeros are left out, but for structs, IDs and times": {
			&values.Optionals{},
			"820104" + "0801100f" + "a20100" + "b20100" + "ba01020a00" + "da0100",
		},
		"required zeros are written, but no bytes for nil": {
			&values.Requireds{},
			"0800" + "1000" + "1800" + "2500000000" + "290000000000000000" + "3200" + "4200" + "4a00" + "5200" + "5800" + "6000" + "6a00",
		},
		"nil pointers are left out": {&values.Pointers{}, ""},
		"pointers to zero are written": {
			&values.Pointers{
				Bool: new(false), Int: new(int32(0)), Double: new(0.0), String: new(""), Decimal: new(wire.Decimal{}),
				DateTime: new(time.Time{}), TimeSpan: new(wire.TimeSpan(0)), GUID: new(zebus.GUID{}),
				Colour: new(values.ColourNone), PeerID: new(zebus.PeerID("")), Duration: new(time.Duration(0)),
				Code: new(values.Code("")), Zigzag: new(int64(0)), Stamp: new(time.Unix(0, 0)), Native: new(0),
			},
			"0800" + "1000" + "190000000000000000" + "2200" + "2a00" + "32040801100f" + "3a00" + "4200" + "4800" + "5200" + "5a00" +
				"6200" + "6800" + "7200" + "7800",
		},
		"named types are what they are beneath": {
			&values.Slices{Colours: []values.Colour{1, 2}, Durations: []time.Duration{time.Second}},
			"6801" + "6802" + "720408021003",
		},
		"a nil message in a slice is an empty one": {
			&values.Slices{Pointers: []*values.Point{nil, {X: 1}}, PeerIDPointers: []*zebus.PeerID{nil}},
			"6200" + "62020801" + "7a00",
		},
		"a packed slice without elements is an empty block": {
			&values.Slices{PackedInts: []int32{}, PackedDoubles: []float64{}},
			"b20600" + "c20600",
		},
		"a packed slice of one is not packed": {
			&values.Slices{PackedInts: []int32{1}, PackedChars: []wire.Char{'a'}, PackedLongs: []int64{1}},
			"b00601" + "e1060100000000000000" + "e80661",
		},
		"a packed slice of two is a block": {
			&values.Slices{PackedColours: []values.Colour{1, 2}, PackedZigzags: []int64{-1, 1}, PackedFixeds: []uint32{1, 2}},
			"ca06020102" + "d206020102" + "da06080100000002000000",
		},
		"fields are written by number, whatever their order in the struct": {
			&orders.Line{Article: "a", Count: 1, Price: must(wire.ParseDecimal("1"))},
			"0a0161" + "1001" + "1a020801",
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

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var anHour = time.Date(2024, 3, 15, 13, 0, 0, 0, time.UTC)

func TestRoundTrip(t *testing.T) {
	tests := map[string]zebus.Message{
		"every optional value": &values.Optionals{
			Bool: true, Byte: 1, SByte: -1, Short: -300, UShort: 300, Int: -1, UInt: 1 << 31, Long: -1 << 62, ULong: 1 << 63,
			Float: -1.5, Double: 1e300, String: "é", Bytes: []byte{}, Char: 'c', Decimal: must(wire.ParseDecimal("-1.50")), DateTime: anHour,
			TimeSpan: -1, GUID: zebus.GUID{1, 15: 2}, Colour: values.ColourRed, Point: values.Point{X: 1}, Pointer: &values.Point{Y: 2},
			PeerID: "Shop.0", MessageID: zebus.MessageID{7}, Duration: time.Minute, NativeInt: -5, NativeUint: 6, TypeID: "Shop.Order",
			Flag: true, Small: -3, Big: 1 << 63, Degree: 0.5, Code: "x", Raw: values.Raw{1}, FarTag: 4, FartherTag: "far",
		},
		"every encoding": &values.Encodings{
			Zigzag32: -1, Zigzag64: -1 << 63, Fixed32: -1, Fixed64: -1, UFixed32: 1, UFixed64: 1, FixedTime: anHour, FixedSpan: 5,
			FixedDuration: -time.Second, Stamp: anHour, Span: 7, Duration: time.Millisecond, FixedColour: values.ColourBlue, FixedSmall: -8,
		},
		"every slice": &values.Slices{
			Bools: []bool{true, false}, Ints: []int32{-1, 0}, Doubles: []float64{0, 1}, Strings: []string{"", "a"}, Bytes: [][]byte{{}, {1}},
			DateTimes: []time.Time{anHour, {}}, Decimals: []wire.Decimal{{}}, GUIDs: []zebus.GUID{{}, {1}}, PeerIDs: []zebus.PeerID{"", "A.0"},
			MessageIDs: []zebus.MessageID{{}, {1}}, Points: []values.Point{{}, {X: 1}}, Pointers: []*values.Point{{}, {Y: 1}},
			Colours: []values.Colour{0, 1}, Durations: []time.Duration{0, 1e9}, PeerIDPointers: []*zebus.PeerID{new(zebus.PeerID("A.0"))},
			PackedBools: []bool{true, false}, PackedInts: []int32{}, PackedFloats: []float32{1}, PackedDoubles: []float64{1, 2},
			PackedColours: []values.Colour{2, 1}, PackedZigzags: []int64{-1, 0}, PackedFixeds: []uint32{1, 2}, PackedLongs: []int64{-1, 1},
			PackedChars: []wire.Char{'a', 'b'},
		},
		"messages inside messages": &orders.PlaceOrder{
			Customer: "c", First: orders.Line{Article: "a", Extras: []orders.Line{{Count: 1, Extras: []orders.Line{{Count: 2}}}}},
			Lines: []orders.Line{{Count: 1}, {}}, Gift: &orders.Line{}, Parcels: []*orders.Line{{Count: 3}}, Note: new(""),
		},
		"an instance of a generic struct":   &names.OrderChanged{Before: &names.Order{Peer: "A.0"}, Count: -1},
		"types that refer to each other":    &names.First{Next: &names.Second{First: &names.First{}}},
		"a content of more than 127 bytes":  &orders.PlaceOrder{Gift: &orders.Line{Article: string(make([]byte, 300))}},
		"a content of more than 16 K bytes": &orders.PlaceOrder{Gift: &orders.Line{Article: string(make([]byte, 20000))}},
	}
	for name, want := range tests {
		t.Run(name+" comes back as it was", func(t *testing.T) {
			frame := want.ZebusAppend([]byte("head"))
			if string(frame[:4]) != "head" || len(frame)-4 != want.ZebusSize() {
				t.Fatalf("%d bytes behind %q, want %d", len(frame)-4, frame[:4], want.ZebusSize())
			}
			got := want.ZebusType().New()
			if err := got.ZebusUnmarshal(frame[4:]); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(wire.Decimal{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRead(t *testing.T) {
	tests := map[string]struct {
		frame string
		want  zebus.Message
	}{
		"unknown fields of every wire type are passed over": {
			"0801" + "f00701" + "f1070000000000000000" + "f2070161" + "f3070801f407" + "f50700000000" + "1002", &values.Point{X: 1, Y: 2},
		},
		"the order of the fields does not matter": {"1002" + "0801", &values.Point{X: 1, Y: 2}},
		"the last value counts":                   {"0801" + "0802", &values.Point{X: 2}},
		"a sub-message that comes twice is merged": {
			"2203" + "0a0161" + "2202" + "1005", &orders.PlaceOrder{Gift: &orders.Line{Article: "a", Count: 5}},
		},
		"numbers may be packed though they are not declared so": {"1203010203", &values.Slices{Ints: []int32{1, 2, 3}}},
		"numbers may be unpacked though they are declared packed": {
			"b00601" + "b00602", &values.Slices{PackedInts: []int32{1, 2}},
		},
		"a block may follow single numbers": {"1001" + "12020203", &values.Slices{Ints: []int32{1, 2, 3}}},
		"a varint may come as a fixed number": {
			"0d07000000" + "110800000000000000", &values.Point{X: 7, Y: 8},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := tc.want.ZebusType().New()
			if err := got.ZebusUnmarshal(must(hex.DecodeString(tc.frame))); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(wire.Decimal{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	tests := map[string]struct {
		frame string
		into  zebus.Message
	}{
		"a number that does not fit into 32 bits":         {"08ffffffff7f", &values.Point{}},
		"a number that does not fit into 8 bits":          {"188002", &values.Optionals{}},
		"a number that does not fit into a named integer": {"e8018002", &values.Optionals{}},
		"text where a number should be":                   {"0a0161", &values.Point{}},
		"a number where a message should be":              {"2001", &orders.PlaceOrder{}},
		"a message that is cut off":                       {"22050a0161", &orders.PlaceOrder{}},
		"field number zero":                               {"0001", &orders.ShopClosed{}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if err := tc.into.ZebusUnmarshal(must(hex.DecodeString(tc.frame))); err == nil {
				t.Errorf("%+v was read from %s, want an error", tc.into, tc.frame)
			}
		})
	}
}
