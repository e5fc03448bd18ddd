package wire_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/wire"
)

// colour stands for an enum of a user.
type colour int32

func TestAppendPacked(t *testing.T) {
	tests := map[string]struct {
		got  []byte
		size int
		want string
	}{
		"no slice, no field":            {wire.AppendPackedUint[int32](nil, 1, nil), wire.SizePackedUint[int32](1, nil), ""},
		"no elements, an empty block":   {wire.AppendPackedUint(nil, 1, []int32{}), wire.SizePackedUint(1, []int32{}), "0a00"},
		"one element, a plain field":    {wire.AppendPackedUint(nil, 1, []int32{300}), wire.SizePackedUint(1, []int32{300}), "08ac02"},
		"two elements, a block":         {wire.AppendPackedUint(nil, 1, []uint8{1, 200}), wire.SizePackedUint(1, []uint8{1, 200}), "0a03 01c801"},
		"a negative element":            {wire.AppendPackedUint(nil, 1, []colour{-1, 1}), wire.SizePackedUint(1, []colour{-1, 1}), "0a0b ffffffffffffffffff01 01"},
		"zig-zag, nil":                  {wire.AppendPackedSint[int64](nil, 1, nil), wire.SizePackedSint[int64](1, nil), ""},
		"zig-zag, empty":                {wire.AppendPackedSint(nil, 1, []int64{}), wire.SizePackedSint(1, []int64{}), "0a00"},
		"zig-zag, one":                  {wire.AppendPackedSint(nil, 1, []int64{-1}), wire.SizePackedSint(1, []int64{-1}), "0801"},
		"zig-zag, two":                  {wire.AppendPackedSint(nil, 1, []int32{-1, 64}), wire.SizePackedSint(1, []int32{-1, 64}), "0a03 01 8001"},
		"truth, nil":                    {wire.AppendPackedBool[bool](nil, 1, nil), wire.SizePackedBool[bool](1, nil), ""},
		"truth, empty":                  {wire.AppendPackedBool(nil, 1, []bool{}), wire.SizePackedBool(1, []bool{}), "0a00"},
		"truth, one":                    {wire.AppendPackedBool(nil, 1, []bool{false}), wire.SizePackedBool(1, []bool{false}), "0800"},
		"truth, two":                    {wire.AppendPackedBool(nil, 1, []bool{true, false}), wire.SizePackedBool(1, []bool{true, false}), "0a02 0100"},
		"four bytes, nil":               {wire.AppendPackedFixed32[int32](nil, 1, nil), wire.SizePackedFixed32[int32](1, nil), ""},
		"four bytes, empty":             {wire.AppendPackedFixed32(nil, 1, []int32{}), wire.SizePackedFixed32(1, []int32{}), "0a00"},
		"four bytes, one":               {wire.AppendPackedFixed32(nil, 1, []int32{-2}), wire.SizePackedFixed32(1, []int32{-2}), "0d feffffff"},
		"four bytes, two":               {wire.AppendPackedFixed32(nil, 1, []int16{-2, 1}), wire.SizePackedFixed32(1, []int16{-2, 1}), "0a08 feffffff 01000000"},
		"eight bytes, nil":              {wire.AppendPackedFixed64[int64](nil, 1, nil), wire.SizePackedFixed64[int64](1, nil), ""},
		"eight bytes, empty":            {wire.AppendPackedFixed64(nil, 1, []int64{}), wire.SizePackedFixed64(1, []int64{}), "0a00"},
		"eight bytes, one":              {wire.AppendPackedFixed64(nil, 1, []int{-2}), wire.SizePackedFixed64(1, []int{-2}), "09 feffffffffffffff"},
		"eight bytes, two":              {wire.AppendPackedFixed64(nil, 1, []uint64{1, 2}), wire.SizePackedFixed64(1, []uint64{1, 2}), "0a10 0100000000000000 0200000000000000"},
		"floats, nil":                   {wire.AppendPackedFloat32[float32](nil, 1, nil), wire.SizePackedFloat32[float32](1, nil), ""},
		"floats, one":                   {wire.AppendPackedFloat32(nil, 1, []float32{1.5}), wire.SizePackedFloat32(1, []float32{1.5}), "0d 0000c03f"},
		"floats, two":                   {wire.AppendPackedFloat32(nil, 1, []float32{1.5, 0}), wire.SizePackedFloat32(1, []float32{1.5, 0}), "0a08 0000c03f 00000000"},
		"doubles, nil":                  {wire.AppendPackedFloat64[float64](nil, 1, nil), wire.SizePackedFloat64[float64](1, nil), ""},
		"doubles, one":                  {wire.AppendPackedFloat64(nil, 1, []float64{1.5}), wire.SizePackedFloat64(1, []float64{1.5}), "09 000000000000f83f"},
		"doubles, two, a negative zero": {wire.AppendPackedFloat64(nil, 16, []float64{1.5, math.Copysign(0, -1)}), wire.SizePackedFloat64(16, []float64{1.5, 0}), "8201 10 000000000000f83f 0000000000000080"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if want := unhex(t, strings.ReplaceAll(tc.want, " ", "")); !bytes.Equal(tc.got, want) || tc.size != len(want) {
				t.Errorf("append = %x of size %d, want %x", tc.got, tc.size, want)
			}
		})
	}
}

// ints are all numbers of field 1, and what stands in field 2 behind them.
type ints struct {
	Ints  []int32
	After uint64
}

func (m *ints) ZebusRead(r *wire.Reader) {
	for r.Next() {
		switch r.Field() {
		case 1:
			m.Ints = wire.Room(r, wire.Varint, m.Ints)
			for r.Element(wire.Varint) {
				m.Ints = append(m.Ints, r.Int32())
			}
		case 2:
			m.After = r.Uint64()
		default:
			r.Skip()
		}
	}
}

func readInts(b []byte) (ints, error) {
	var m ints
	r := wire.NewReader(b)
	m.ZebusRead(&r)
	return m, r.Err()
}

func TestReadRepeated(t *testing.T) {
	tests := map[string]struct {
		message string
		want    []int32
	}{
		"no field":                            {"", nil},
		"unpacked":                            {"0801 08ac02", []int32{1, 300}},
		"packed":                              {"0a03 01ac02", []int32{1, 300}},
		"packed in two blocks":                {"0a01 01 0a02 ac02", []int32{1, 300}},
		"packed, then unpacked":               {"0a02 0102 0803", []int32{1, 2, 3}},
		"unpacked, then packed, .NET refuses": {"0803 0a02 0102", []int32{3, 1, 2}},
		"an empty block is not nil":           {"0a00", []int32{}},
		"unpacked as fixed32":                 {"0d feffffff", []int32{-2}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readInts(unhex(t, strings.ReplaceAll(tc.message, " ", "")+"1007"))
			if diff := cmp.Diff(ints{tc.want, 7}, got); diff != "" || err != nil {
				t.Errorf("read %s: %v, and differs (-want +got):\n%s", tc.message, err, diff)
			}
		})
	}
}

func TestReadRepeatedErrors(t *testing.T) {
	tests := map[string]struct {
		message string
		want    error
	}{
		"a block that breaks off":                       {"0a03 0102", wire.ErrTruncated},
		"an element that goes on beyond the block":      {"0a02 0180 01", wire.ErrTruncated},
		"the same with a valid field behind":            {"0a01 80 0801", wire.ErrTruncated},
		"an element that is too large":                  {"0a06 01 8080808008", wire.ErrOverflow},
		"a wire type that no number has":                {"0b", wire.ErrWireType},
		"a length beyond every memory":                  {"0a ffffffffffffffff7f 01", wire.ErrTruncated},
		"an element that breaks off, and so does block": {"0a01 80", wire.ErrTruncated},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := readInts(unhex(t, strings.ReplaceAll(tc.message, " ", "")))
			if !errors.Is(err, tc.want) {
				t.Errorf("read %s: %v, want %v", tc.message, err, tc.want)
			}
		})
	}
	t.Run("a fixed element that goes on beyond the block", func(t *testing.T) {
		r := wire.NewReader(unhex(t, "0a0701000000020000"+"0000"))
		r.Next()
		var got []int32
		for r.Element(wire.Fixed32) {
			got = append(got, r.Int32())
		}
		if !errors.Is(r.Err(), wire.ErrTruncated) || got[0] != 1 {
			t.Errorf("read %v, %v, want 1 and ErrTruncated", got, r.Err())
		}
	})
	t.Run("a block inside a sub-message ends with it", func(t *testing.T) {
		r := wire.NewReader(unhex(t, "0a040a020102"+"1007"))
		r.Next()
		outer := r.Enter()
		r.Next()
		var got []int32
		for r.Element(wire.Varint) {
			got = append(got, r.Int32())
		}
		if r.Next() {
			t.Error("the sub-message goes on behind the block")
		}
		r.Leave(outer)
		if !slices.Equal(got, []int32{1, 2}) || !r.Next() || r.Uint64() != 7 || r.Err() != nil {
			t.Errorf("read %v, %v, want 1 and 2, then a field of 7", got, r.Err())
		}
	})
}

func TestElements(t *testing.T) {
	tests := map[string]struct {
		message string
		typ     wire.Type
		want    int
	}{
		"an unpacked field is one":              {"0801", wire.Varint, 1},
		"varints are counted by their ends":     {"0a04 01ac0201", wire.Varint, 3},
		"fixed32":                               {"0a08 0000000000000000", wire.Fixed32, 2},
		"fixed64":                               {"0a08 0000000000000000", wire.Fixed64, 1},
		"an empty block":                        {"0a00", wire.Varint, 0},
		"a length beyond the end promises none": {"0a ffffff7f 01", wire.Varint, 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r := wire.NewReader(unhex(t, strings.ReplaceAll(tc.message, " ", "")))
			r.Next()
			if got := r.Elements(tc.typ); got != tc.want || r.Err() != nil {
				t.Errorf("Elements of %s = %d, %v, want %d", tc.message, got, r.Err(), tc.want)
			}
		})
	}
	t.Run("room is added to what is there", func(t *testing.T) {
		r := wire.NewReader(unhex(t, "0a03010203"))
		r.Next()
		if got := wire.Room(&r, wire.Varint, []int8{7}); len(got) != 1 || got[0] != 7 || cap(got) < 4 {
			t.Errorf("Room = %v with room for %d, want 7 and room for 4", got, cap(got))
		}
	})
}
