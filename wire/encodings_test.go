package wire_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/wire"
)

// encodings is the recorded message that uses every encoding but the usual ones, as generated code would have it. Its
// field names are those of the recording.
type encodings struct {
	PackedInts    []int32
	PackedDoubles []double
	PackedBools   []bool
	PackedLongs   []int64
	ZigZagInt     int32
	ZigZagLong    int64
	FixedInt      int32
	FixedLong     int64
	FixedUInt     uint32
	FixedULong    uint64
	WellKnownTime dateTime
	WellKnownSpan ticks
	FixedTime     dateTime
	FixedSpan     ticks
	PackedZigZag  []int32
	PackedFixed   []int32
}

// Types that the recording writes in a way of its own.
type (
	double   float64
	dateTime struct{ time.Time }
	ticks    int64
)

func (d *double) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseFloat(string(bytes.Trim(text, `"`)), 64)
	*d = double(v)
	return err
}

func (d *dateTime) UnmarshalJSON(text []byte) (err error) {
	d.Time, err = time.Parse(dateTimeLayout, string(bytes.Trim(text, `"`)))
	return err
}

func (m *encodings) ZebusAppend(b []byte) []byte {
	b = wire.AppendPackedUint(b, 1, m.PackedInts)
	b = wire.AppendPackedFloat64(b, 2, m.PackedDoubles)
	b = wire.AppendPackedBool(b, 3, m.PackedBools)
	b = wire.AppendPackedUint(b, 4, m.PackedLongs)
	b = m.appendNumbers(b)
	b = wire.AppendDateTimeWellKnown(b, 11, m.WellKnownTime.Time)
	if m.WellKnownSpan != 0 {
		b = wire.AppendTimeSpanWellKnown(b, 12, wire.TimeSpan(m.WellKnownSpan))
	}
	b = wire.AppendDateTimeFixed(b, 13, m.FixedTime.Time)
	if m.FixedSpan != 0 {
		b = wire.AppendTimeSpanFixed(b, 14, wire.TimeSpan(m.FixedSpan))
	}
	b = wire.AppendPackedSint(b, 15, m.PackedZigZag)
	return wire.AppendPackedFixed32(b, 16, m.PackedFixed)
}

func (m *encodings) appendNumbers(b []byte) []byte {
	if m.ZigZagInt != 0 {
		b = wire.AppendSint(b, 5, int64(m.ZigZagInt))
	}
	if m.ZigZagLong != 0 {
		b = wire.AppendSint(b, 6, m.ZigZagLong)
	}
	if m.FixedInt != 0 {
		b = wire.AppendFixed32(b, 7, uint32(m.FixedInt))
	}
	if m.FixedLong != 0 {
		b = wire.AppendFixed64(b, 8, uint64(m.FixedLong))
	}
	if m.FixedUInt != 0 {
		b = wire.AppendFixed32(b, 9, m.FixedUInt)
	}
	if m.FixedULong != 0 {
		b = wire.AppendFixed64(b, 10, m.FixedULong)
	}
	return b
}

// ZebusSize counts every field but the numbers that appendNumbers may leave out.
func (m *encodings) ZebusSize() int {
	n := wire.SizePackedUint(1, m.PackedInts) + wire.SizePackedFloat64(2, m.PackedDoubles) +
		wire.SizePackedBool(3, m.PackedBools) + wire.SizePackedUint(4, m.PackedLongs) +
		wire.SizeDateTimeWellKnown(11, m.WellKnownTime.Time) + wire.SizeDateTimeFixed(13, m.FixedTime.Time) +
		wire.SizePackedSint(15, m.PackedZigZag) + wire.SizePackedFixed32(16, m.PackedFixed)
	if m.WellKnownSpan != 0 {
		n += wire.SizeTimeSpanWellKnown(12, wire.TimeSpan(m.WellKnownSpan))
	}
	if m.FixedSpan != 0 {
		n += wire.SizeTimeSpanFixed(14, wire.TimeSpan(m.FixedSpan))
	}
	return n + len(m.appendNumbers(nil))
}

func (m *encodings) ZebusRead(r *wire.Reader) {
	for r.Next() {
		if r.Field() <= 4 || r.Field() >= 15 {
			m.readPacked(r)
			continue
		}
		switch r.Field() {
		case 5:
			m.ZigZagInt = r.Sint32()
		case 6:
			m.ZigZagLong = r.Sint64()
		case 7:
			m.FixedInt = r.Int32()
		case 8:
			m.FixedLong = r.Int64()
		case 9:
			m.FixedUInt = r.Uint32()
		case 10:
			m.FixedULong = r.Uint64()
		case 11:
			m.WellKnownTime.Time = r.DateTimeWellKnown()
		case 12:
			m.WellKnownSpan = ticks(r.TimeSpanWellKnown())
		case 13:
			m.FixedTime.Time = r.DateTime()
		case 14:
			m.FixedSpan = ticks(r.TimeSpan())
		}
	}
}

func (m *encodings) readPacked(r *wire.Reader) {
	switch r.Field() {
	case 1:
		m.PackedInts = readElements(r, wire.Varint, m.PackedInts, r.Int32)
	case 2:
		m.PackedDoubles = readElements(r, wire.Fixed64, m.PackedDoubles, func() double { return double(r.Float64()) })
	case 3:
		m.PackedBools = readElements(r, wire.Varint, m.PackedBools, r.Bool)
	case 4:
		m.PackedLongs = readElements(r, wire.Varint, m.PackedLongs, r.Int64)
	case 15:
		m.PackedZigZag = readElements(r, wire.Varint, m.PackedZigZag, r.Sint32)
	case 16:
		m.PackedFixed = readElements(r, wire.Fixed32, m.PackedFixed, r.Int32)
	default:
		r.Skip()
	}
}

func readElements[T any](r *wire.Reader, t wire.Type, s []T, read func() T) []T {
	s = wire.Room(r, t, s)
	for r.Element(t) {
		s = append(s, read())
	}
	return s
}

type recordedEncodings struct {
	Why    string    `json:"why"`
	Fields encodings `json:"fields"`
	Bytes  string    `json:"bytes"`
}

func readRecordedEncodings(tb testing.TB) []recordedEncodings {
	tb.Helper()
	text, err := os.ReadFile("testdata/encodings.json")
	check(tb, err)
	var all []recordedEncodings
	check(tb, json.Unmarshal(text, &all))
	return all
}

func TestRecordedEncodings(t *testing.T) {
	for i, rec := range readRecordedEncodings(t) {
		t.Run(rec.Why+" "+strconv.Itoa(i), func(t *testing.T) {
			want := unhex(t, rec.Bytes)
			if got := rec.Fields.ZebusAppend(nil); !bytes.Equal(got, want) || rec.Fields.ZebusSize() != len(want) {
				t.Errorf("append = %x of size %d\nwant     %x", got, rec.Fields.ZebusSize(), want)
			}
			r, read := wire.NewReader(want), encodings{}
			read.ZebusRead(&r)
			check(t, r.Err())
			if diff := cmp.Diff(rec.Fields, read); diff != "" {
				t.Errorf("read differs (-want +got):\n%s", diff)
			}
		})
	}
}
