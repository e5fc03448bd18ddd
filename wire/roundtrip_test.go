package wire_test

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	"github.com/zebus-go/zebus/wire"
)

// A value is one value on its way through the wire: how it is appended and measured, and what must come back.
type value struct {
	method string // that reads it
	want   any
	append func(b []byte, field int) []byte
	size   func(field int) int
}

// integers leans towards the edges of every size, which is where encodings go wrong.
func integers() *rapid.Generator[int64] {
	return rapid.Custom(func(t *rapid.T) int64 {
		shift := rapid.IntRange(0, 63).Draw(t, "shift")
		near := rapid.Int64Range(-2, 2).Draw(t, "near")
		return rapid.OneOf(rapid.Int64(), rapid.Just(int64(1)<<shift+near), rapid.Just(-int64(1)<<shift+near)).Draw(t, "int")
	})
}

func times() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		seconds := rapid.Int64Range(-62_135_596_800, 253_402_300_799).Draw(t, "seconds")
		seconds -= seconds % rapid.SampledFrom([]int64{1, 60, 3600, 86400}).Draw(t, "unit")
		nanos := rapid.Int64Range(0, 9_999_999).Draw(t, "ticks") * rapid.SampledFrom([]int64{0, 100}).Draw(t, "tick")
		return time.Unix(seconds, nanos).UTC()
	})
}

func decimals() *rapid.Generator[wire.Decimal] {
	return rapid.Custom(func(t *rapid.T) wire.Decimal {
		d, err := wire.NewDecimal(rapid.Uint32().Draw(t, "hi"), rapid.Uint64().Draw(t, "lo"),
			rapid.Uint8Range(0, wire.MaxScale).Draw(t, "scale"), rapid.Bool().Draw(t, "negative"))
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

func guids() *rapid.Generator[wire.GUID] {
	return rapid.Custom(func(t *rapid.T) wire.GUID {
		return wire.GUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "guid"))
	})
}

// numbers are values of the kinds that protobuf itself has.
func numbers(t *rapid.T) []value {
	i := integers().Draw(t, "integer")
	f := rapid.Float64().Draw(t, "double")
	truth := rapid.Bool().Draw(t, "truth")
	text := rapid.String().Draw(t, "text")
	return []value{
		{"Int64", i, func(b []byte, n int) []byte { return wire.AppendUint(b, n, uint64(i)) }, func(n int) int { return wire.SizeUint(n, uint64(i)) }},
		{"Sint64", i, func(b []byte, n int) []byte { return wire.AppendSint(b, n, i) }, func(n int) int { return wire.SizeSint(n, i) }},
		{"Uint32", uint32(i), func(b []byte, n int) []byte { return wire.AppendFixed32(b, n, uint32(i)) }, wire.SizeFixed32},
		{"Uint64", uint64(i), func(b []byte, n int) []byte { return wire.AppendFixed64(b, n, uint64(i)) }, wire.SizeFixed64},
		{"Float64", f, func(b []byte, n int) []byte { return wire.AppendFloat64(b, n, f) }, wire.SizeFloat64},
		{"Float32", float32(f), func(b []byte, n int) []byte { return wire.AppendFloat32(b, n, float32(f)) }, wire.SizeFloat32},
		{"Bool", truth, func(b []byte, n int) []byte { return wire.AppendBool(b, n, truth) }, func(n int) int { return wire.SizeBool(n, truth) }},
		{"String", text, func(b []byte, n int) []byte { return wire.AppendString(b, n, text) }, func(n int) int { return wire.SizeString(n, text) }},
		{"Bytes", text, func(b []byte, n int) []byte { return wire.AppendBytes(b, n, []byte(text)) }, func(n int) int { return wire.SizeBytes(n, len(text)) }},
	}
}

// bclValues are values of the kinds that .NET adds.
func bclValues(t *rapid.T) []value {
	guid, at, decimal := guids().Draw(t, "guid"), times().Draw(t, "time"), decimals().Draw(t, "decimal")
	span := wire.TimeSpan(integers().Draw(t, "span"))
	whole := time.Duration(integers().Draw(t, "duration"))
	ticks := whole / 100 * 100
	return []value{
		{"GUID", guid, func(b []byte, n int) []byte { return wire.AppendGUID(b, n, guid) }, func(n int) int { return wire.SizeGUID(n, guid) }},
		{"Decimal", decimal, func(b []byte, n int) []byte { return wire.AppendDecimal(b, n, decimal) }, func(n int) int { return wire.SizeDecimal(n, decimal) }},
		{"DateTime", at, func(b []byte, n int) []byte { return wire.AppendDateTime(b, n, at) }, func(n int) int { return wire.SizeDateTime(n, at) }},
		{"DateTime", at, func(b []byte, n int) []byte { return wire.AppendDateTimeFixed(b, n, at) }, func(n int) int { return wire.SizeDateTimeFixed(n, at) }},
		{"DateTimeWellKnown", at, func(b []byte, n int) []byte { return wire.AppendDateTimeWellKnown(b, n, at) }, func(n int) int { return wire.SizeDateTimeWellKnown(n, at) }},
		{"TimeSpan", span, func(b []byte, n int) []byte { return wire.AppendTimeSpan(b, n, span) }, func(n int) int { return wire.SizeTimeSpan(n, span) }},
		{"TimeSpan", span, func(b []byte, n int) []byte { return wire.AppendTimeSpanFixed(b, n, span) }, func(n int) int { return wire.SizeTimeSpanFixed(n, span) }},
		{"TimeSpanWellKnown", span, func(b []byte, n int) []byte { return wire.AppendTimeSpanWellKnown(b, n, span) }, func(n int) int { return wire.SizeTimeSpanWellKnown(n, span) }},
		{"Duration", ticks, func(b []byte, n int) []byte { return wire.AppendDuration(b, n, whole) }, func(n int) int { return wire.SizeDuration(n, whole) }},
		{"Duration", ticks, func(b []byte, n int) []byte { return wire.AppendDurationFixed(b, n, whole) }, func(n int) int { return wire.SizeDurationFixed(n, whole) }},
		{"DurationWellKnown", whole, func(b []byte, n int) []byte { return wire.AppendDurationWellKnown(b, n, whole) }, func(n int) int { return wire.SizeDurationWellKnown(n, whole) }},
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.IntRange(1, 20), rapid.IntRange(1, 1<<29-1)).Draw(t, "field")
		for _, v := range append(numbers(t), bclValues(t)...) {
			b := v.append([]byte("before"), number)
			if len(b) != len("before")+v.size(number) {
				t.Errorf("%s: %x has %d bytes, the size said %d", v.method, b, len(b)-len("before"), v.size(number))
			}
			r := wire.NewReader(bytes.TrimPrefix(b, []byte("before")))
			if !r.Next() || r.Field() != number {
				t.Fatalf("%s: field %d, %v, want %d", v.method, r.Field(), r.Err(), number)
			}
			got := readers[v.method](&r)
			if !cmp.Equal(got, v.want, cmpopts.EquateNaNs(), cmpopts.EquateComparable(wire.Decimal{})) || r.Err() != nil {
				t.Errorf("%s came back as %v, %v, want %v", v.method, got, r.Err(), v.want)
			}
			if r.Next() || r.Err() != nil {
				t.Errorf("%s left bytes behind: %v", v.method, r.Err())
			}
		}
	})
}

func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		guid, decimal := guids().Draw(t, "guid"), decimals().Draw(t, "decimal")
		span := wire.TimeSpan(integers().Draw(t, "span"))
		if got, err := wire.ParseGUID(guid.String()); got != guid || err != nil {
			t.Errorf("guid %v came back as %v, %v", guid, got, err)
		}
		if got, err := wire.ParseTimeSpan(span.String()); got != span || err != nil {
			t.Errorf("time span %v came back as %v, %v", span, got, err)
		}
		got, err := wire.ParseDecimal(decimal.String())
		if got.String() != decimal.String() || got.Compare(decimal) != 0 || err != nil {
			t.Errorf("decimal %v came back as %v, %v", decimal, got, err)
		}
	})
}

// TestAgainstProtobuf compares with Google's own encoder, field by field.
func TestAgainstProtobuf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.IntRange(1, 20), rapid.IntRange(1, 1<<29-1)).Draw(t, "field")
		n := protowire.Number(number)
		i, text := integers().Draw(t, "integer"), rapid.String().Draw(t, "text")
		f := rapid.Float64().Draw(t, "double")
		pairs := map[string][2][]byte{
			"varint":  {wire.AppendUint(nil, number, uint64(i)), protowire.AppendVarint(protowire.AppendTag(nil, n, protowire.VarintType), uint64(i))},
			"zig-zag": {wire.AppendSint(nil, number, i), protowire.AppendVarint(protowire.AppendTag(nil, n, protowire.VarintType), protowire.EncodeZigZag(i))},
			"fixed32": {wire.AppendFixed32(nil, number, uint32(i)), protowire.AppendFixed32(protowire.AppendTag(nil, n, protowire.Fixed32Type), uint32(i))},
			"double":  {wire.AppendFloat64(nil, number, f), protowire.AppendFixed64(protowire.AppendTag(nil, n, protowire.Fixed64Type), math.Float64bits(f))},
			"text":    {wire.AppendString(nil, number, text), protowire.AppendString(protowire.AppendTag(nil, n, protowire.BytesType), text)},
		}
		for kind, p := range pairs {
			if !bytes.Equal(p[0], p[1]) {
				t.Errorf("%s: %x, protobuf has %x", kind, p[0], p[1])
			}
			r := wire.NewReader(p[1])
			r.Next()
			r.Skip()
			if r.Next() || r.Err() != nil {
				t.Errorf("%s: %x is not skipped whole: %v", kind, p[1], r.Err())
			}
		}
	})
}

// TestSkipAgainstProtobuf compares with Google's own parser what is a message at all.
func TestSkipAgainstProtobuf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fragment := rapid.SampledFrom([]string{
			"\x08", "\x09", "\x0a", "\x0b", "\x0c", "\x0d", "\x0e", "\x13", "\x14", "\x80", "\x01", "\x00", "\x04abcd", "\xff\xff", "12345678",
		})
		var message []byte
		for _, f := range rapid.SliceOfN(fragment, 0, 12).Draw(t, "message") {
			message = append(message, f...)
		}
		if got, want := isMessage(message), isProtobuf(message); got != want {
			t.Errorf("%x is a message: %t, protobuf says %t", message, got, want)
		}
	})
}

func isMessage(b []byte) bool {
	r := wire.NewReader(b)
	for r.Next() {
		r.Skip()
	}
	return r.Err() == nil
}

func isProtobuf(b []byte) bool {
	for len(b) > 0 {
		_, _, n := protowire.ConsumeField(b)
		if n < 0 {
			return false
		}
		b = b[n:]
	}
	return true
}
