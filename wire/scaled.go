package wire

import "math"

// A scaled number is how bcl.TimeSpan and bcl.DateTime carry ticks: a count of some unit.
//
//	sint64 value = 1; int32 scale = 2; int32 kind = 3 (DateTime only)
type scaled struct {
	value int64
	scale uint64
	kind  uint64
}

// The scales of bcl.TimeSpan and bcl.DateTime. Each unit is a multiple of the one after it.
const (
	scaleDays   = 0
	scaleTicks  = 5
	scaleMinMax = 15 // value 1 is the greatest value of the type, -1 the least
)

// ticksPer is the length of the unit of each scale, from days to ticks, in ticks of 100 ns.
var ticksPer = [...]int64{864_000_000_000, 36_000_000_000, 600_000_000, 10_000_000, 10_000, 1}

// scale returns ticks in the largest unit that divides them.
//
// It starts at the small end: most times have a fraction of a millisecond, and are done after one division.
func scale(ticks int64) scaled {
	unit := scaleTicks
	for unit > scaleDays && ticks%ticksPer[unit-1] == 0 {
		unit--
	}
	return scaled{value: ticks / ticksPer[unit], scale: uint64(unit)}
}

// ticks is the inverse of scale. Greatest and least values are those of int64; false means that they do not fit there.
func (s scaled) ticks() (int64, error) {
	if s.scale == scaleMinMax {
		return s.minMax()
	}
	if s.scale > scaleTicks {
		return 0, ErrValue
	}
	unit := ticksPer[s.scale]
	if s.value > math.MaxInt64/unit || s.value < math.MinInt64/unit {
		return 0, ErrOverflow
	}
	return s.value * unit, nil
}

func (s scaled) minMax() (int64, error) {
	switch s.value {
	case 1:
		return math.MaxInt64, nil
	case -1:
		return math.MinInt64, nil
	default:
		return 0, ErrValue
	}
}

func (s scaled) append(b []byte, field int) []byte {
	b, mark := Begin(b, field)
	if s.value != 0 {
		b = AppendUint(b, 1, Zigzag(s.value))
	}
	if s.scale != 0 {
		b = AppendUint(b, 2, s.scale)
	}
	return End(b, mark)
}

func (s scaled) size(field int) int {
	n := 0
	if s.value != 0 {
		n += SizeUint(1, Zigzag(s.value))
	}
	if s.scale != 0 {
		n += SizeUint(2, s.scale)
	}
	return SizeBytes(field, n)
}

// scaledTicks reads a bcl.TimeSpan or bcl.DateTime, or the plain ticks of their fixed64 form.
func (r *Reader) scaledTicks() int64 {
	if r.Type() == Fixed64 {
		return int64(r.fixed64())
	}
	s := r.scaled()
	if r.err != nil {
		return 0
	}
	ticks, err := s.ticks()
	if err == nil && s.kind > 2 {
		err = ErrValue
	}
	if err != nil {
		r.Fail(err)
		return 0
	}
	return ticks
}

func (r *Reader) scaled() scaled {
	var s scaled
	outer := r.Enter()
	for r.Next() {
		switch r.Field() {
		case 1:
			s.value = r.Sint64()
		case 2:
			s.scale = uint64(r.Int32())
		case 3:
			s.kind = uint64(r.Int32())
		default:
			r.Skip()
		}
	}
	r.Leave(outer)
	return s
}
