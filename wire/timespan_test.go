package wire_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/zebus-go/zebus/wire"
)

// timeSpans are time spans and their text in .NET.
var timeSpans = map[wire.TimeSpan]string{
	0:                                  "00:00:00",
	1:                                  "00:00:00.0000001",
	-1:                                 "-00:00:00.0000001",
	250 * wire.Millisecond:             "00:00:00.2500000",
	wire.Day:                           "1.00:00:00",
	-2 * wire.Day:                      "-2.00:00:00",
	wire.Day - 1:                       "23:59:59.9999999",
	25*wire.Hour + 61*wire.Second:      "1.01:01:01",
	-(100*wire.Day + 5*wire.Minute):    "-100.00:05:00",
	math.MaxInt64:                      "10675199.02:48:05.4775807",
	math.MinInt64:                      "-10675199.02:48:05.4775808",
	23*wire.Hour + 59*wire.Minute + 10: "23:59:00.0000010",
}

func TestTimeSpanText(t *testing.T) {
	for span, text := range timeSpans {
		t.Run(text, func(t *testing.T) {
			if got := span.String(); got != text {
				t.Errorf("String = %s, want %s", got, text)
			}
			if got, err := wire.ParseTimeSpan(text); got != span || err != nil {
				t.Errorf("ParseTimeSpan = %d, %v, want %d", got, err, span)
			}
		})
	}
	for text, want := range map[string]error{
		"":                           wire.ErrText,
		"1":                          wire.ErrText,
		"1:2:3":                      wire.ErrText,
		"--00:00:01":                 wire.ErrText,
		"+00:00:01":                  wire.ErrText,
		"00:+1:01":                   wire.ErrText,
		"24:00:00":                   wire.ErrText,
		"00:60:00":                   wire.ErrText,
		"00:00:60":                   wire.ErrText,
		"00:00:01.":                  wire.ErrText,
		"00:00:01.5":                 wire.ErrText,
		"00:00:01.12345678":          wire.ErrText,
		".00:00:01":                  wire.ErrText,
		"1.00:00":                    wire.ErrText,
		"10675199.02:48:05.4775808":  wire.ErrOverflow,
		"-10675199.02:48:05.4775809": wire.ErrOverflow,
		"10675200.00:00:00":          wire.ErrOverflow,
	} {
		t.Run("no time span: "+text, func(t *testing.T) {
			span := wire.TimeSpan(7)
			if err := span.UnmarshalText([]byte(text)); !errors.Is(err, want) || span != 7 {
				t.Errorf("UnmarshalText = %v and %d, want %v and no change", err, span, want)
			}
		})
	}
	t.Run("it is a JSON string", func(t *testing.T) {
		text, err := json.Marshal(-2 * wire.Day)
		check(t, err)
		var back wire.TimeSpan
		check(t, json.Unmarshal(text, &back))
		if string(text) != `"-2.00:00:00"` || back != -2*wire.Day {
			t.Errorf("JSON %s came back as %v", text, back)
		}
	})
}

func TestTimeSpanDuration(t *testing.T) {
	const most = math.MaxInt64 / 100
	tests := map[string]struct {
		span wire.TimeSpan
		want time.Duration
		fits bool
	}{
		"a second":                       {wire.Second, time.Second, true},
		"the longest that fits":          {most, most * 100, true},
		"the longest back that fits":     {-most, -most * 100, true},
		"a tick too long":                {most + 1, 0, false},
		"a tick too long, back":          {-most - 1, 0, false},
		"the longest time span":          {math.MaxInt64, 0, false},
		"the longest time span backward": {math.MinInt64, 0, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got, fits := tc.span.Duration(); got != tc.want || fits != tc.fits {
				t.Errorf("Duration of %v = %v, %t, want %v, %t", tc.span, got, fits, tc.want, tc.fits)
			}
		})
	}
	t.Run("what is left of a tick is cut off on both sides of zero", func(t *testing.T) {
		if a, b := wire.TimeSpanOf(199), wire.TimeSpanOf(-199); a != 1 || b != -1 {
			t.Errorf("TimeSpanOf = %d and %d, want 1 and -1", a, b)
		}
	})
}

func TestReadTimeSpan(t *testing.T) {
	tests := map[string]struct {
		message string
		want    wire.TimeSpan
	}{
		"30 seconds":                  {"0a04 083c 1003", 30 * wire.Second},
		"a smaller unit than needed":  {"0a06 08e0d403 1004", 30 * wire.Second},
		"fields swapped":              {"0a04 1003 083c", 30 * wire.Second},
		"an empty sub-message":        {"0a00", 0},
		"a scale alone":               {"0a02 1003", 0},
		"an unknown field":            {"0a05 220161 0802", wire.Day},
		"plain ticks":                 {"09 ffffffffffffffff", -1},
		"the value as fixed32":        {"0a07 0d02000000 1005", 2},
		"with a kind, as a time has":  {"0a06 083c 1003 1801", 30 * wire.Second},
		"the greatest, named as such": {"0a04 0802 100f", math.MaxInt64},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readField(t, "TimeSpan", tc.message)
			if got != tc.want || err != nil {
				t.Errorf("TimeSpan of %s = %v, %v, want %v", tc.message, got, err, tc.want)
			}
		})
	}
}
