package host_test

import (
	"errors"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/zebus-go/zebus/host"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	tests := map[string]struct {
		text string
		want time.Duration
	}{
		"one minute, as zebus-rs writes it":       {"1min", time.Minute},
		"ten seconds, as zebus-rs writes it":      {"10s", 10 * time.Second},
		"two spans with a space":                  {"1h 30m", 90 * time.Minute},
		"two spans without a space":               {"2h37min", 157 * time.Minute},
		"a space before the unit":                 {"5 seconds", 5 * time.Second},
		"spaces around":                           {" \t1s\n", time.Second},
		"a space between digits":                  {"1 0s", 10 * time.Second},
		"zero needs no unit":                      {"0", 0},
		"zero with a unit":                        {"0ms", 0},
		"nanoseconds":                             {"7ns", 7},
		"nanoseconds, long":                       {"7nsec 3nanos", 10},
		"microseconds":                            {"7us", 7 * time.Microsecond},
		"microseconds with the micro sign":        {"7µs", 7 * time.Microsecond},
		"microseconds, long":                      {"7usec", 7 * time.Microsecond},
		"milliseconds":                            {"32ms", 32 * time.Millisecond},
		"milliseconds, long":                      {"32msec 1millis", 33 * time.Millisecond},
		"every name of a second":                  {"1s 1sec 1secs 1second 1seconds", 5 * time.Second},
		"every name of a minute":                  {"1m 1min 1mins 1minute 1minutes", 5 * time.Minute},
		"every name of an hour":                   {"1h 1hr 1hrs 1hour 1hours", 5 * time.Hour},
		"every name of a day":                     {"1d 1day 1days", 3 * day},
		"every name of a week":                    {"1w 1wk 1wks 1week 1weeks", 35 * day},
		"a month is 30.44 days and a capital":     {"1M", 2_630_016 * time.Second},
		"every name of a month":                   {"1month 1months", 2 * 2_630_016 * time.Second},
		"a year is 365.25 days":                   {"1y", 31_557_600 * time.Second},
		"every name of a year":                    {"1yr 1yrs 1year 1years", 4 * 31_557_600 * time.Second},
		"a fraction":                              {"4.2s", 4200 * time.Millisecond},
		"a fraction of an hour":                   {"1.5h", 90 * time.Minute},
		"zeros behind a fraction":                 {"0.5000000000000000000000s", 500 * time.Millisecond},
		"the smallest fraction":                   {"0.000000001s", 1},
		"the longest":                             {"9223372036854775807ns", math.MaxInt64},
		"the order of units is free, they add up": {"1s 1h 1s", time.Hour + 2*time.Second},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := host.ParseDuration(tc.text)
			if err != nil || got != tc.want {
				t.Errorf("ParseDuration(%q) = %v, %v, want %v", tc.text, got, err, tc.want)
			}
		})
	}
}

func TestParseDurationRefuses(t *testing.T) {
	t.Parallel()
	const tooLong = "is too long, want at most 292 years"
	tests := map[string]struct{ text, want string }{
		"nothing":                  {"", `"" is not a duration, want for example "10s" or "1h 30m"`},
		"spaces":                   {"  ", `"  " is not a duration, want for example "10s" or "1h 30m"`},
		"no unit":                  {"10", `"10" has no time unit, want for example "10s" or "10ms"`},
		"no unit in the end":       {"1h 30", `"30" has no time unit, want for example "30s" or "30ms"`},
		"no number":                {"soon", `"soon" does not start with a number`},
		"a minus":                  {"-1s", `"-1s" does not start with a number`},
		"a unit of fiction":        {"10 parsecs", `"parsecs" is no time unit, want one of ns, us, ms, s, min, h, days, weeks, months, years`},
		"a unit in capitals":       {"10S", `"S" is no time unit, want one of ns, us, ms, s, min, h, days, weeks, months, years`},
		"the form of .NET":         {"00:00:10", `"00:00:10" has no time unit, want for example "00s" or "00ms"`},
		"two points":               {"1.2.3s", `"1.2.3" is no number, want digits on both sides of one point`},
		"a point without decimals": {"1.s", `"1." is no number, want digits on both sides of one point`},
		"a point without a number": {".5s", `".5" is no number, want digits on both sides of one point`},
		"half a nanosecond":        {"0.5ns", `"0.5" is no number of whole nanoseconds`},
		"too many decimals":        {"0.00000000000000000001y", `"0.00000000000000000001" is no number of whole nanoseconds`},
		"one nanosecond too long":  {"9223372036854775808ns", `"9223372036854775808" of 1ns ` + tooLong},
		"years that overflow":      {"293y", `"293" of 8766h0m0s ` + tooLong},
		"a number beyond 64 bits":  {"99999999999999999999999s", `"99999999999999999999999" of 1s ` + tooLong},
		"a sum that overflows":     {"292y 1y", `"292y 1y" ` + tooLong},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := host.ParseDuration(tc.text)
			if !errors.Is(err, host.ErrInvalidValue) || err.Error() != tc.want {
				t.Errorf("ParseDuration(%q): %v, want %s", tc.text, err, tc.want)
			}
		})
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, seed := range []string{"", "0", "1min", "10s", "1h 30m", "4.2s", "0.5ns", "1 0 s", "7µs", "1y 1M 1w 1d", "292y 1y", "1.2.3s", "00:00:10", "9223372036854775807ns"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := host.ParseDuration(text)
		if err != nil {
			if !errors.Is(err, host.ErrInvalidValue) {
				t.Fatalf("ParseDuration(%q): %v is no ErrInvalidValue", text, err)
			}
			return
		}
		if d < 0 {
			t.Fatalf("ParseDuration(%q) = %v", text, d)
		}
		if again, err := host.ParseDuration(strconv.FormatInt(int64(d), 10) + "ns"); again != d || err != nil {
			t.Fatalf("ParseDuration(%q) = %v, again %v, %v", text, d, again, err)
		}
	})
}
