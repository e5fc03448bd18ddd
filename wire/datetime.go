package wire

import (
	"math"
	"time"
)

// The range of a .NET DateTime, in seconds since 1970: the years 1 to 9999.
const (
	minSeconds = -62_135_596_800
	maxSeconds = 253_402_300_799
)

// The first and the last DateTime in ticks since 1970.
const (
	minTicks = minSeconds * int64(Second)
	maxTicks = maxSeconds*int64(Second) + int64(Second) - 1
)

// dateTimeTicks returns t in ticks since 1970, rounded down, and within the years of .NET.
func dateTimeTicks(t time.Time) int64 {
	seconds := t.Unix()
	switch {
	case seconds < minSeconds:
		return minTicks
	case seconds > maxSeconds:
		return maxTicks
	default:
		return seconds*int64(Second) + int64(t.Nanosecond()/nanosPerTick)
	}
}

// timeOf is the inverse of dateTimeTicks.
func timeOf(ticks int64) time.Time {
	return time.Unix(ticks/int64(Second), ticks%int64(Second)*nanosPerTick).UTC()
}

func scaleDateTime(t time.Time) scaled {
	switch ticks := dateTimeTicks(t); ticks {
	case minTicks:
		return scaled{value: -1, scale: scaleMinMax}
	case maxTicks:
		return scaled{value: 1, scale: scaleMinMax}
	default:
		return scale(ticks)
	}
}

// AppendDateTime appends v as a bcl.DateTime field, in the largest unit that divides it and without a kind.
//
// The wire has UTC with a resolution of 100 ns, so zone and remaining nanoseconds are lost. The zero time is .NET's
// MinValue. A time outside the years 1 to 9999, which .NET does not have, becomes the nearest one that it has.
func AppendDateTime(b []byte, field int, v time.Time) []byte {
	return scaleDateTime(v).append(b, field)
}

// SizeDateTime returns the length of what [AppendDateTime] appends.
func SizeDateTime(field int, v time.Time) int {
	return scaleDateTime(v).size(field)
}

// AppendDateTimeFixed appends v as a fixed64 field of ticks since 1970, with the limits of [AppendDateTime].
func AppendDateTimeFixed(b []byte, field int, v time.Time) []byte {
	return AppendFixed64(b, field, uint64(dateTimeTicks(v)))
}

// SizeDateTimeFixed returns the length of what [AppendDateTimeFixed] appends.
func SizeDateTimeFixed(field int, _ time.Time) int {
	return SizeFixed64(field)
}

// DateTime reads a bcl.DateTime, or the ticks of a fixed64 field, as a time in UTC: .NET peers send no zone and mean
// UTC, so a kind is checked and then ignored. A time outside the years 1 to 9999 is an [ErrOverflow].
func (r *Reader) DateTime() time.Time {
	bcl := r.Type() != Fixed64
	ticks := r.scaledTicks()
	switch {
	case r.err != nil:
		return time.Time{}
	case bcl && ticks == math.MinInt64:
		ticks = minTicks
	case bcl && ticks == math.MaxInt64:
		ticks = maxTicks
	case ticks < minTicks || ticks > maxTicks:
		r.Fail(ErrOverflow)
		return time.Time{}
	}
	return timeOf(ticks)
}
