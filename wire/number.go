package wire

import (
	"encoding/binary"
	"math"
)

// Readers of numbers take what protobuf-net takes: a whole number from a varint, a fixed32 or a fixed64 field, a
// floating one from a fixed32 or a fixed64 field. A number that the type does not hold is an [ErrOverflow].

func (r *Reader) fixed32() uint32 {
	if b, ok := r.ahead(4); ok {
		return binary.LittleEndian.Uint32(b)
	}
	r.Fail(ErrTruncated)
	return 0
}

func (r *Reader) fixed64() uint64 {
	if b, ok := r.ahead(8); ok {
		return binary.LittleEndian.Uint64(b)
	}
	r.Fail(ErrTruncated)
	return 0
}

// Uint64 reads an unsigned number.
func (r *Reader) Uint64() uint64 {
	if !r.is(Varint) {
		return r.anyUint()
	}
	if v, ok := r.shortVarint(); ok {
		return v
	}
	return r.longVarint()
}

// Int64 reads a signed number.
func (r *Reader) Int64() int64 {
	if !r.is(Varint) {
		return r.anyInt()
	}
	if v, ok := r.shortVarint(); ok {
		return int64(v)
	}
	return int64(r.longVarint())
}

// anyInt reads a signed number of any wire type.
func (r *Reader) anyInt() int64 {
	if r.Type() == Fixed32 {
		return int64(int32(r.fixed32()))
	}
	return int64(r.anyUint())
}

// anyUint reads an unsigned number of any wire type.
func (r *Reader) anyUint() uint64 {
	switch r.Type() {
	case Varint:
		return r.varint()
	case Fixed32:
		return uint64(r.fixed32())
	case Fixed64:
		return r.fixed64()
	default:
		r.Fail(ErrWireType)
		return 0
	}
}

// Int reads a signed number that fits into an int.
func (r *Reader) Int() int {
	return int(r.signed(math.MinInt, math.MaxInt))
}

// Int32 reads a signed number of 32 bits.
func (r *Reader) Int32() int32 {
	if !r.is(Varint) {
		return int32(r.signed(math.MinInt32, math.MaxInt32))
	}
	if v, ok := r.shortVarint(); ok {
		return int32(v)
	}
	return int32(r.within(int64(r.longVarint()), math.MinInt32, math.MaxInt32))
}

// Int16 reads a signed number of 16 bits.
func (r *Reader) Int16() int16 {
	return int16(r.signed(math.MinInt16, math.MaxInt16))
}

// Int8 reads a signed number of 8 bits.
func (r *Reader) Int8() int8 {
	return int8(r.signed(math.MinInt8, math.MaxInt8))
}

// Uint reads an unsigned number that fits into a uint.
func (r *Reader) Uint() uint {
	return uint(r.unsigned(math.MaxUint))
}

// Uint32 reads an unsigned number of 32 bits.
func (r *Reader) Uint32() uint32 {
	return uint32(r.unsigned(math.MaxUint32))
}

// Uint16 reads an unsigned number of 16 bits.
func (r *Reader) Uint16() uint16 {
	return uint16(r.unsigned(math.MaxUint16))
}

// Uint8 reads an unsigned number of 8 bits.
func (r *Reader) Uint8() uint8 {
	return uint8(r.unsigned(math.MaxUint8))
}

// Sint64 reads a signed number whose varint is zig-zag.
func (r *Reader) Sint64() int64 {
	if r.Type() == Varint {
		return Unzigzag(r.varint())
	}
	return r.Int64()
}

// Sint32 reads a signed number of 32 bits whose varint is zig-zag.
func (r *Reader) Sint32() int32 {
	if r.is(Varint) {
		if v, ok := r.shortVarint(); ok {
			return int32(Unzigzag(v))
		}
	}
	return int32(r.within(r.Sint64(), math.MinInt32, math.MaxInt32))
}

// Sint16 reads a signed number of 16 bits whose varint is zig-zag.
func (r *Reader) Sint16() int16 {
	return int16(r.within(r.Sint64(), math.MinInt16, math.MaxInt16))
}

// Sint8 reads a signed number of 8 bits whose varint is zig-zag.
func (r *Reader) Sint8() int8 {
	return int8(r.within(r.Sint64(), math.MinInt8, math.MaxInt8))
}

func (r *Reader) signed(least, most int64) int64 {
	return r.within(r.Int64(), least, most)
}

// within returns v when it lies in a range, and fails otherwise.
func (r *Reader) within(v, least, most int64) int64 {
	if v < least || v > most {
		r.Fail(ErrOverflow)
		return 0
	}
	return v
}

func (r *Reader) unsigned(most uint64) uint64 {
	v := r.Uint64()
	if v > most {
		r.Fail(ErrOverflow)
		return 0
	}
	return v
}

// Bool reads a truth value: any number but zero is true.
func (r *Reader) Bool() bool {
	if r.is(Varint) {
		if v, ok := r.shortVarint(); ok {
			return v != 0
		}
	}
	return r.Uint64() != 0
}

// Float64 reads a number of double precision.
func (r *Reader) Float64() float64 {
	end := r.pos + 8
	if !r.is(Fixed64) || end > len(r.buf) {
		return r.anyFloat()
	}
	b := r.buf[r.pos:end:end]
	r.pos = end
	return math.Float64frombits(binary.LittleEndian.Uint64(b))
}

// anyFloat reads a floating number of either size.
func (r *Reader) anyFloat() float64 {
	switch r.Type() {
	case Fixed64:
		return math.Float64frombits(r.fixed64())
	case Fixed32:
		return float64(math.Float32frombits(r.fixed32()))
	default:
		r.Fail(ErrWireType)
		return 0
	}
}

// Float32 reads a number of single precision. A double is rounded; one that is too large is an [ErrOverflow].
func (r *Reader) Float32() float32 {
	if r.is(Fixed32) {
		return math.Float32frombits(r.fixed32())
	}
	double := r.Float64()
	single := float32(double)
	if math.IsInf(float64(single), 0) && !math.IsInf(double, 0) {
		r.Fail(ErrOverflow)
		return 0
	}
	return single
}
