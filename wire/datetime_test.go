package wire_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/wire"
)

func date(tb testing.TB, text string) time.Time {
	tb.Helper()
	at, err := time.Parse("2006-01-02 15:04:05.999999999", text)
	check(tb, err)
	return at
}

// dateTimes is the table of section 3.3 of the protocol: a UTC value and the content of its bcl.DateTime.
var dateTimes = map[string]string{
	"1970-01-01 00:00:00":         "",
	"1970-01-02 00:00:00":         "08 02",
	"1969-12-31 00:00:00":         "08 01",
	"2024-03-15 00:00:00":         "08 aa b5 02",
	"2024-03-15 13:00:00":         "08 8a 80 3a 10 01",
	"2024-03-15 13:45:00":         "08 b2 85 98 1b 10 02",
	"2024-03-15 13:45:30":         "08 f4 c3 a2 df 0c 10 03",
	"2024-03-15 13:45:30.123":     "08 96 c4 e2 a5 c8 63 10 04",
	"2024-03-15 13:45:30.1234567": "08 8e be ee e1 86 c0 e2 3c 10 05",
	"0001-01-01 00:00:00":         "08 01 10 0f",
	"9999-12-31 23:59:59.9999999": "08 02 10 0f",
}

func TestDateTimeTable(t *testing.T) {
	for text, content := range dateTimes {
		t.Run("X04 "+text, func(t *testing.T) {
			at, want := date(t, text), unhex(t, strings.ReplaceAll(content, " ", ""))
			if got := wire.AppendDateTime(nil, 1, at); !bytes.Equal(got, wire.AppendBytes(nil, 1, want)) {
				t.Errorf("append = %x, want the content %x", got, want)
			}
			r := field(t, want)
			if got := r.DateTime(); got != at || r.Err() != nil {
				t.Errorf("read %x = %v, %v, want %v", want, got, r.Err(), at)
			}
		})
	}
}

func TestReadDateTime(t *testing.T) {
	tests := map[string]struct{ content, want string }{
		"X04 kind 0":                        {"0802 1800", "1970-01-02 00:00:00"},
		"X04 kind 1, as zebus-rs writes it": {"088ebeeee186c0e23c 1005 1801", "2024-03-15 13:45:30.1234567"},
		"X04 kind 2 changes nothing":        {"0802 1802", "1970-01-02 00:00:00"},
		"X04 kind of a minimum":             {"0801 100f 1801", "0001-01-01 00:00:00"},
		"X04 fields swapped":                {"1003 08f4c3a2df0c", "2024-03-15 13:45:30"},
		"X04 an empty sub-message":          {"", "1970-01-01 00:00:00"},
		"X04 a scale alone":                 {"1005", "1970-01-01 00:00:00"},
		"X04 a smaller unit than needed":    {"0830 1001", "1970-01-02 00:00:00"},
		"X04 ticks of a whole day":          {"088080cea6a532 1005", "1970-01-02 00:00:00"},
		"X04 a scale that says zero":        {"0802 1000", "1970-01-02 00:00:00"},
		"an unknown field":                  {"2a00 0802 1000", "1970-01-02 00:00:00"},
		"the last value of a field wins":    {"0804 0802", "1970-01-02 00:00:00"},
		"the value as plain fixed64":        {"090100000000000000", "1970-01-02 00:00:00"},
		"ticks of the minimum":              {"08ffffabfbbefdbf9f11 1005", "0001-01-01 00:00:00"},
		"the least ticks of all":            {"08ffffffffffffffffff01 1005", "0001-01-01 00:00:00"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r := field(t, unhex(t, strings.ReplaceAll(tc.content, " ", "")))
			if got := r.DateTime(); got != date(t, tc.want) || r.Err() != nil {
				t.Errorf("DateTime of %s = %v, %v, want %s", tc.content, got, r.Err(), tc.want)
			}
		})
	}
}

func TestDateTimeLimits(t *testing.T) {
	t.Run("X05 the zero time is written in full", func(t *testing.T) {
		if got := wire.AppendDateTime(nil, 1, time.Time{}); !bytes.Equal(got, unhex(t, "0a040801100f")) {
			t.Errorf("append = %x, want 0a040801100f", got)
		}
	})
	t.Run("the zero time comes back as the zero time", func(t *testing.T) {
		r := field(t, unhex(t, "0801100f"))
		if got := r.DateTime(); got != (time.Time{}) {
			t.Errorf("read %#v, want the zero time", got)
		}
	})
	t.Run("zone and what is left of a tick are lost", func(t *testing.T) {
		at := time.Date(2024, 3, 15, 14, 45, 30, 123456799, time.FixedZone("CET", 3600))
		r := wire.NewReader(wire.AppendDateTime(nil, 1, at))
		r.Next()
		if got, want := r.DateTime(), date(t, "2024-03-15 13:45:30.1234567"); got != want {
			t.Errorf("read %v, want %v", got, want)
		}
	})
	t.Run("before 1970 a time is rounded down as after", func(t *testing.T) {
		r := wire.NewReader(wire.AppendDateTime(nil, 1, time.Unix(0, -1)))
		r.Next()
		if got, want := r.DateTime(), date(t, "1969-12-31 23:59:59.9999999"); got != want {
			t.Errorf("read %v, want %v", got, want)
		}
	})
	for _, seconds := range []int64{-1 << 62, -62_135_596_801, 253_402_300_800, 1 << 40, 1 << 62} {
		t.Run("a time that .NET does not have becomes the nearest one "+time.Unix(seconds, 0).UTC().String(), func(t *testing.T) {
			want := date(t, "0001-01-01 00:00:00")
			if seconds > 0 {
				want = date(t, "9999-12-31 23:59:59.9999999")
			}
			for name, message := range map[string][]byte{
				"DateTime":          wire.AppendDateTime(nil, 1, time.Unix(seconds, 5)),
				"DateTimeWellKnown": wire.AppendDateTimeWellKnown(nil, 1, time.Unix(seconds, 5)),
			} {
				r := wire.NewReader(message)
				r.Next()
				if got := readers[name](&r); got != want || r.Err() != nil {
					t.Errorf("%s of %x = %v, %v, want %v", name, message, got, r.Err(), want)
				}
			}
		})
	}
	t.Run("a timestamp keeps nanoseconds", func(t *testing.T) {
		at := date(t, "1969-12-31 23:59:59.123456789")
		r := wire.NewReader(wire.AppendDateTimeWellKnown(nil, 1, at))
		r.Next()
		if got := r.DateTimeWellKnown(); got != at {
			t.Errorf("read %v, want %v", got, at)
		}
	})
}
