package host

import (
	"math"
	"math/bits"
	"strings"
	"time"
	"unicode"
)

// ParseDuration reads a duration as humantime, the library of zebus-rs, writes it: numbers with
// units, one after the other, with or without spaces, such as "10s", "1h 30m", "2 days" or
// "4.2s". Units run from ns to years; a month is 30.44 days and a year 365.25. Only "0" needs no
// unit. An error wraps [ErrInvalidValue].
func ParseDuration(text string) (time.Duration, error) {
	if text == "0" {
		return 0, nil
	}
	rest := strings.TrimSpace(text)
	if rest == "" {
		return 0, invalid("%q is not a duration, want for example \"10s\" or \"1h 30m\"", text)
	}
	var total uint64
	for rest != "" {
		span, tail, err := parseSpan(rest)
		if err != nil {
			return 0, err
		}
		if total += span; total > math.MaxInt64 {
			return 0, invalid("%q is too long, want at most 292 years", text)
		}
		rest = strings.TrimSpace(tail)
	}
	return time.Duration(total), nil
}

// parseSpan reads one number with its unit, in nanoseconds below 2⁶³, and returns what follows.
func parseSpan(text string) (nanos uint64, rest string, err error) {
	number, rest := cut(text, isNumberPart)
	if number == "" {
		return 0, "", invalid("%q does not start with a number", text)
	}
	name, rest := cut(rest, isUnitPart)
	if name == "" {
		return 0, "", invalid("%q has no time unit, want for example \"%ss\" or \"%sms\"", text, number, number)
	}
	unit := unitOf(name)
	if unit == 0 {
		return 0, "", invalid("%q is no time unit, want one of ns, us, ms, s, min, h, days, weeks, months, years", name)
	}
	nanos, err = multiply(number, uint64(unit))
	return nanos, rest, err
}

// cut splits text before the first rune that is not of the kind, and drops all spaces from the
// first part: humantime skips them between digits.
func cut(text string, kind func(rune) bool) (head, tail string) {
	end := strings.IndexFunc(text, func(r rune) bool { return !kind(r) })
	if end < 0 {
		end = len(text)
	}
	return strings.Join(strings.Fields(text[:end]), ""), text[end:]
}

func isNumberPart(r rune) bool { return isDigit(r) || r == '.' || unicode.IsSpace(r) }

func isUnitPart(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == 'µ' }

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// unitOf returns the unit with that name, zero when there is none. Case counts: m is a minute,
// M a month.
func unitOf(name string) time.Duration {
	const day = 24 * time.Hour
	switch name {
	case "ns", "nsec", "nanos":
		return time.Nanosecond
	case "us", "usec", "µs":
		return time.Microsecond
	case "ms", "msec", "millis":
		return time.Millisecond
	case "s", "sec", "secs", "second", "seconds":
		return time.Second
	case "m", "min", "mins", "minute", "minutes":
		return time.Minute
	case "h", "hr", "hrs", "hour", "hours":
		return time.Hour
	case "d", "day", "days":
		return day
	case "w", "wk", "wks", "week", "weeks":
		return 7 * day
	case "M", "month", "months":
		return 3044 * day / 100
	case "y", "yr", "yrs", "year", "years":
		return 36525 * day / 100
	default:
		return 0
	}
}

// multiply returns the decimal number times unit, exactly.
func multiply(number string, unit uint64) (uint64, error) {
	whole, fraction, pointed := strings.Cut(number, ".")
	if whole == "" || pointed && fraction == "" || strings.Contains(fraction, ".") {
		return 0, invalid("%q is no number, want digits on both sides of one point", number)
	}
	high, nanos := bits.Mul64(digits(whole), unit)
	if high != 0 || nanos > math.MaxInt64 {
		return 0, invalid("%q of %v is too long, want at most 292 years", number, time.Duration(unit))
	}
	part, exact := divide(strings.TrimRight(fraction, "0"), unit)
	if !exact {
		return 0, invalid("%q is no number of whole nanoseconds", number)
	}
	if nanos += part; nanos > math.MaxInt64 {
		return 0, invalid("%q of %v is too long, want at most 292 years", number, time.Duration(unit))
	}
	return nanos, nil
}

// divide returns the decimals after a point times unit, and whether that is a whole number.
// With at most 19 digits everything fits: 10¹⁹ is below 2⁶⁴.
func divide(decimals string, unit uint64) (part uint64, exact bool) {
	if len(decimals) > 19 {
		return 0, false
	}
	scale := uint64(1)
	for range decimals {
		scale *= 10
	}
	high, low := bits.Mul64(digits(decimals), unit)
	part, remainder := bits.Div64(high, low, scale)
	return part, remainder == 0
}
