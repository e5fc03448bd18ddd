package wire

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A TimeSpan is a .NET TimeSpan: a number of ticks of 100 ns. It holds 29,000 years either way, a hundred times more
// than a [time.Duration].
type TimeSpan int64

// Units of a TimeSpan.
const (
	Tick        TimeSpan = 1
	Millisecond          = 10_000 * Tick
	Second               = 1_000 * Millisecond
	Minute               = 60 * Second
	Hour                 = 60 * Minute
	Day                  = 24 * Hour
)

// nanosPerTick is the length of a tick in nanoseconds.
const nanosPerTick = 100

// TimeSpanOf returns d in whole ticks; what is left of a tick is cut off.
func TimeSpanOf(d time.Duration) TimeSpan {
	return TimeSpan(d / nanosPerTick)
}

// Duration returns s in nanoseconds. It is false when s is longer than the 292 years of a [time.Duration].
func (s TimeSpan) Duration() (time.Duration, bool) {
	if s > math.MaxInt64/nanosPerTick || s < math.MinInt64/nanosPerTick {
		return 0, false
	}
	return time.Duration(s) * nanosPerTick, true
}

// String returns the text form of .NET, [-][d.]hh:mm:ss[.fffffff]. Days and fraction are left out when they are zero.
func (s TimeSpan) String() string {
	text, _ := s.AppendText(make([]byte, 0, len("-10675199.02:48:05.4775808")))
	return string(text)
}

// AppendText appends what [TimeSpan.String] returns. The error is always nil.
func (s TimeSpan) AppendText(b []byte) ([]byte, error) {
	ticks := uint64(s)
	if s < 0 {
		b, ticks = append(b, '-'), -ticks // unsigned: the least value has no positive twin
	}
	if days := ticks / uint64(Day); days > 0 {
		b = append(strconv.AppendUint(b, days, 10), '.')
	}
	b = append(appendTwo(b, ticks/uint64(Hour)%24), ':')
	b = append(appendTwo(b, ticks/uint64(Minute)%60), ':')
	b = appendTwo(b, ticks/uint64(Second)%60)
	if fraction := ticks % uint64(Second); fraction > 0 {
		b = fmt.Appendf(b, ".%07d", fraction)
	}
	return b, nil
}

// appendTwo appends n, which is below 100, as two digits.
func appendTwo(b []byte, n uint64) []byte {
	return append(b, '0'+byte(n/10), '0'+byte(n%10))
}

// MarshalText returns what [TimeSpan.String] returns. It makes a TimeSpan a JSON string.
func (s TimeSpan) MarshalText() ([]byte, error) {
	return s.AppendText(nil)
}

// UnmarshalText reads what [ParseTimeSpan] reads, and leaves s alone when that fails.
func (s *TimeSpan) UnmarshalText(text []byte) error {
	parsed, err := ParseTimeSpan(string(text))
	if err == nil {
		*s = parsed
	}
	return err
}

// ParseTimeSpan reads the form [-][d.]hh:mm:ss[.fffffff]. Text of another form is an error wrapping [ErrText], a span
// beyond the range of the type one wrapping [ErrOverflow].
func ParseTimeSpan(text string) (TimeSpan, error) {
	unsigned, negative := strings.CutPrefix(text, "-")
	ticks, err := parseTicks(unsigned)
	if err == nil && ticks > math.MaxInt64 && (!negative || ticks > -math.MinInt64) {
		err = ErrOverflow
	}
	if err != nil {
		return 0, fmt.Errorf("time span %q: %w", clip([]byte(text)), err)
	}
	if negative {
		ticks = -ticks
	}
	return TimeSpan(ticks), nil
}

// parseTicks reads a time span without its sign.
func parseTicks(text string) (ticks uint64, err error) {
	days, clock := "0", text
	if dot := strings.IndexByte(text, '.'); dot >= 0 && dot < strings.IndexByte(text, ':') {
		days, clock = text[:dot], text[dot+1:]
	}
	clock, fraction, hasFraction := strings.Cut(clock, ".")
	if len(clock) != len("hh:mm:ss") || clock[2] != ':' || clock[5] != ':' || hasFraction && len(fraction) != 7 {
		return 0, ErrText
	}
	if !hasFraction {
		fraction = "0"
	}
	parts := []struct {
		text string
		most uint64
		unit TimeSpan
		err  error // of more than that
	}{
		{days, math.MaxInt64 / uint64(Day), Day, ErrOverflow},
		{clock[:2], 23, Hour, ErrText},
		{clock[3:5], 59, Minute, ErrText},
		{clock[6:], 59, Second, ErrText},
		{fraction, uint64(Second) - 1, Tick, ErrText},
	}
	for _, p := range parts {
		n, err := strconv.ParseUint(p.text, 10, 64)
		if err != nil {
			return 0, ErrText
		}
		if n > p.most {
			return 0, p.err
		}
		ticks += n * uint64(p.unit)
	}
	return ticks, nil
}

func (s TimeSpan) scaled() scaled {
	switch s {
	case math.MaxInt64:
		return scaled{value: 1, scale: scaleMinMax}
	case math.MinInt64:
		return scaled{value: -1, scale: scaleMinMax}
	default:
		return scale(int64(s))
	}
}

// AppendTimeSpan appends v as a bcl.TimeSpan field, in the largest unit that divides it.
func AppendTimeSpan(b []byte, field int, v TimeSpan) []byte {
	return v.scaled().append(b, field)
}

// SizeTimeSpan returns the length of what [AppendTimeSpan] appends.
func SizeTimeSpan(field int, v TimeSpan) int {
	return v.scaled().size(field)
}

// AppendTimeSpanFixed appends v as a fixed64 field of ticks.
func AppendTimeSpanFixed(b []byte, field int, v TimeSpan) []byte {
	return AppendFixed64(b, field, uint64(v))
}

// SizeTimeSpanFixed returns the length of what [AppendTimeSpanFixed] appends.
func SizeTimeSpanFixed(field int, _ TimeSpan) int {
	return SizeFixed64(field)
}

// TimeSpan reads a bcl.TimeSpan, or the ticks of a fixed64 field.
func (r *Reader) TimeSpan() TimeSpan {
	return TimeSpan(r.scaledTicks())
}

// AppendDuration appends v as a bcl.TimeSpan field, in whole ticks as [TimeSpanOf] has them.
func AppendDuration(b []byte, field int, v time.Duration) []byte {
	return AppendTimeSpan(b, field, TimeSpanOf(v))
}

// SizeDuration returns the length of what [AppendDuration] appends.
func SizeDuration(field int, v time.Duration) int {
	return SizeTimeSpan(field, TimeSpanOf(v))
}

// AppendDurationFixed appends v as a fixed64 field of ticks.
func AppendDurationFixed(b []byte, field int, v time.Duration) []byte {
	return AppendTimeSpanFixed(b, field, TimeSpanOf(v))
}

// SizeDurationFixed returns the length of what [AppendDurationFixed] appends.
func SizeDurationFixed(field int, _ time.Duration) int {
	return SizeFixed64(field)
}

// Duration reads what [Reader.TimeSpan] reads, and fails with [ErrOverflow] when that is longer than 292 years.
func (r *Reader) Duration() time.Duration {
	d, ok := r.TimeSpan().Duration()
	if !ok {
		r.Fail(ErrOverflow)
	}
	return d
}
