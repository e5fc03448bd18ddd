package wire

import (
	"math"
	"time"
)

// A wellKnown is the content of google.protobuf.Timestamp and google.protobuf.Duration, the form that .NET calls
// DataFormat.WellKnown.
//
//	int64 seconds = 1; int32 nanos = 2
type wellKnown struct {
	seconds int64
	nanos   int64
}

func (w wellKnown) append(b []byte, field int) []byte {
	b, mark := Begin(b, field)
	if w.seconds != 0 {
		b = AppendUint(b, 1, uint64(w.seconds))
	}
	if w.nanos != 0 {
		b = AppendUint(b, 2, uint64(w.nanos))
	}
	return End(b, mark)
}

func (w wellKnown) size(field int) int {
	n := 0
	if w.seconds != 0 {
		n += SizeUint(1, uint64(w.seconds))
	}
	if w.nanos != 0 {
		n += SizeUint(2, uint64(w.nanos))
	}
	return SizeBytes(field, n)
}

func (r *Reader) wellKnown() wellKnown {
	var w wellKnown
	outer := r.Enter()
	for r.Next() {
		switch r.Field() {
		case 1:
			w.seconds = r.Int64()
		case 2:
			w.nanos = int64(r.Int32())
		default:
			r.Skip()
		}
	}
	r.Leave(outer)
	return w
}

// wellKnownTime keeps t within the years 1 to 9999, as [AppendDateTime] does.
func wellKnownTime(t time.Time) wellKnown {
	switch seconds := t.Unix(); {
	case seconds < minSeconds:
		return wellKnown{seconds: minSeconds}
	case seconds > maxSeconds:
		return wellKnown{seconds: maxSeconds, nanos: int64(time.Second - nanosPerTick)}
	default:
		return wellKnown{seconds: seconds, nanos: int64(t.Nanosecond())}
	}
}

// AppendDateTimeWellKnown appends v as a google.protobuf.Timestamp field. Unlike [AppendDateTime] it keeps nanoseconds;
// the range is the same.
func AppendDateTimeWellKnown(b []byte, field int, v time.Time) []byte {
	return wellKnownTime(v).append(b, field)
}

// SizeDateTimeWellKnown returns the length of what [AppendDateTimeWellKnown] appends.
func SizeDateTimeWellKnown(field int, v time.Time) int {
	return wellKnownTime(v).size(field)
}

// DateTimeWellKnown reads a google.protobuf.Timestamp as a time in UTC. A time outside the years 1 to 9999 is an
// [ErrOverflow].
func (r *Reader) DateTimeWellKnown() time.Time {
	w := r.wellKnown()
	if w.seconds < minSeconds || w.seconds > maxSeconds {
		r.Fail(ErrOverflow)
	}
	t := time.Unix(w.seconds, w.nanos).UTC()
	if t.Unix() < minSeconds || t.Unix() > maxSeconds { // nanos of another sign or of more than a second
		r.Fail(ErrOverflow)
	}
	if r.err != nil {
		return time.Time{}
	}
	return t
}

func wellKnownSpan(s TimeSpan) wellKnown {
	return wellKnown{seconds: int64(s / Second), nanos: int64(s%Second) * nanosPerTick}
}

// AppendTimeSpanWellKnown appends v as a google.protobuf.Duration field.
func AppendTimeSpanWellKnown(b []byte, field int, v TimeSpan) []byte {
	return wellKnownSpan(v).append(b, field)
}

// SizeTimeSpanWellKnown returns the length of what [AppendTimeSpanWellKnown] appends.
func SizeTimeSpanWellKnown(field int, v TimeSpan) int {
	return wellKnownSpan(v).size(field)
}

// TimeSpanWellKnown reads a google.protobuf.Duration. What is left of a tick is cut off; a span that does not fit is an
// [ErrOverflow].
func (r *Reader) TimeSpanWellKnown() TimeSpan {
	w := r.wellKnown()
	ticks, ok := w.sum(int64(Second), w.nanos/nanosPerTick)
	if !ok {
		r.Fail(ErrOverflow)
	}
	return TimeSpan(ticks)
}

func wellKnownDuration(d time.Duration) wellKnown {
	return wellKnown{seconds: int64(d / time.Second), nanos: int64(d % time.Second)}
}

// AppendDurationWellKnown appends v as a google.protobuf.Duration field, to the nanosecond.
func AppendDurationWellKnown(b []byte, field int, v time.Duration) []byte {
	return wellKnownDuration(v).append(b, field)
}

// SizeDurationWellKnown returns the length of what [AppendDurationWellKnown] appends.
func SizeDurationWellKnown(field int, v time.Duration) int {
	return wellKnownDuration(v).size(field)
}

// DurationWellKnown reads a google.protobuf.Duration, and fails with [ErrOverflow] when it is longer than 292 years.
func (r *Reader) DurationWellKnown() time.Duration {
	w := r.wellKnown()
	nanos, ok := w.sum(int64(time.Second), w.nanos)
	if !ok {
		r.Fail(ErrOverflow)
	}
	return time.Duration(nanos)
}

// sum returns the seconds, in a unit of which perSecond make a second, plus rest. It is false when that overflows.
func (w wellKnown) sum(perSecond, rest int64) (int64, bool) {
	if w.seconds > math.MaxInt64/perSecond || w.seconds < math.MinInt64/perSecond {
		return 0, false
	}
	whole := w.seconds * perSecond
	total := whole + rest
	return total, (total >= whole) == (rest >= 0)
}
