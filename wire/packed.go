package wire

import (
	"encoding/binary"
	"math"
	"slices"
)

// An Integer is a whole number of any size, named or not.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// Repeated numbers declared as packed follow protobuf-net: nothing for nil, an empty block for no elements, a plain
// field for exactly one, a block for more.

// AppendPackedUint appends v as a packed field of varints. Negative elements are ten bytes long.
func AppendPackedUint[T Integer](b []byte, field int, v []T) []byte {
	if len(v) == 1 {
		return AppendUint(b, field, uint64(v[0]))
	}
	if v == nil {
		return b
	}
	b, mark := Begin(b, field)
	for _, e := range v {
		b = AppendVarint(b, uint64(e))
	}
	return End(b, mark)
}

// SizePackedUint returns the length of what [AppendPackedUint] appends.
func SizePackedUint[T Integer](field int, v []T) int {
	n := 0
	for _, e := range v {
		n += SizeVarint(uint64(e))
	}
	return sizePacked(field, len(v), n, v == nil)
}

// sizePacked returns the length of a packed field of count elements that are n bytes long together.
func sizePacked(field, count, n int, isNil bool) int {
	switch {
	case isNil:
		return 0
	case count == 1:
		return SizeTag(field) + n
	default:
		return SizeBytes(field, n)
	}
}

// AppendPackedSint appends v as a packed field of zig-zag varints.
func AppendPackedSint[T Integer](b []byte, field int, v []T) []byte {
	if len(v) == 1 {
		return AppendSint(b, field, int64(v[0]))
	}
	if v == nil {
		return b
	}
	b, mark := Begin(b, field)
	for _, e := range v {
		b = AppendVarint(b, Zigzag(int64(e)))
	}
	return End(b, mark)
}

// SizePackedSint returns the length of what [AppendPackedSint] appends.
func SizePackedSint[T Integer](field int, v []T) int {
	n := 0
	for _, e := range v {
		n += SizeVarint(Zigzag(int64(e)))
	}
	return sizePacked(field, len(v), n, v == nil)
}

// AppendPackedBool appends v as a packed field of varints.
func AppendPackedBool[T ~bool](b []byte, field int, v []T) []byte {
	if len(v) == 1 {
		return AppendBool(b, field, bool(v[0]))
	}
	b = appendPackedHeader(b, field, len(v), v == nil)
	for _, e := range v {
		b = append(b, truth(bool(e)))
	}
	return b
}

// SizePackedBool returns the length of what [AppendPackedBool] appends.
func SizePackedBool[T ~bool](field int, v []T) int {
	return sizePacked(field, len(v), len(v), v == nil)
}

// appendPackedHeader appends tag and length of a block of n bytes, or nothing.
func appendPackedHeader(b []byte, field, n int, isNil bool) []byte {
	if isNil {
		return b
	}
	return AppendVarint(AppendTag(b, field, Bytes), uint64(n))
}

// AppendPackedFixed32 appends v as a packed field of four bytes each.
func AppendPackedFixed32[T Integer](b []byte, field int, v []T) []byte {
	if len(v) == 1 {
		return AppendFixed32(b, field, uint32(v[0]))
	}
	b = appendPackedHeader(b, field, 4*len(v), v == nil)
	for _, e := range v {
		b = binary.LittleEndian.AppendUint32(b, uint32(e))
	}
	return b
}

// SizePackedFixed32 returns the length of what [AppendPackedFixed32] appends.
func SizePackedFixed32[T any](field int, v []T) int {
	return sizePacked(field, len(v), 4*len(v), v == nil)
}

// AppendPackedFixed64 appends v as a packed field of eight bytes each.
func AppendPackedFixed64[T Integer](b []byte, field int, v []T) []byte {
	if len(v) == 1 {
		return AppendFixed64(b, field, uint64(v[0]))
	}
	b = appendPackedHeader(b, field, 8*len(v), v == nil)
	for _, e := range v {
		b = binary.LittleEndian.AppendUint64(b, uint64(e))
	}
	return b
}

// SizePackedFixed64 returns the length of what [AppendPackedFixed64] appends.
func SizePackedFixed64[T any](field int, v []T) int {
	return sizePacked(field, len(v), 8*len(v), v == nil)
}

// AppendPackedFloat32 appends v as a packed field of four bytes each.
func AppendPackedFloat32[T ~float32](b []byte, field int, v []T) []byte {
	if len(v) == 1 {
		return AppendFloat32(b, field, float32(v[0]))
	}
	b = appendPackedHeader(b, field, 4*len(v), v == nil)
	for _, e := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(e)))
	}
	return b
}

// SizePackedFloat32 returns the length of what [AppendPackedFloat32] appends.
func SizePackedFloat32[T ~float32](field int, v []T) int {
	return SizePackedFixed32(field, v)
}

// AppendPackedFloat64 appends v as a packed field of eight bytes each.
func AppendPackedFloat64[T ~float64](b []byte, field int, v []T) []byte {
	if len(v) == 1 {
		return AppendFloat64(b, field, float64(v[0]))
	}
	b = appendPackedHeader(b, field, 8*len(v), v == nil)
	for _, e := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(e)))
	}
	return b
}

// SizePackedFloat64 returns the length of what [AppendPackedFloat64] appends.
func SizePackedFloat64[T ~float64](field int, v []T) int {
	return SizePackedFixed64(field, v)
}

// What Reader.packed holds. Inside a packed block it is the end of the message around the block, which is never below
// two: a tag and a length stand before it. The reader's own end is then that of the block, so that no element can be
// read beyond it.
const (
	noElement       = 0
	unpackedElement = 1
)

// Element says whether there is one more element of a repeated number in the current field, and makes it the current
// value. An unpacked field is one element; a packed block has any number of them, of wire type t. The elements must be
// read until there are no more.
//
//	for r.Element(wire.Varint) {
//		m.Codes = append(m.Codes, r.Int32())
//	}
func (r *Reader) Element(t Type) bool {
	if r.packed > unpackedElement && r.pos < len(r.buf) {
		return true
	}
	return r.outermostElement(t)
}

// outermostElement is Element at either end of a field.
func (r *Reader) outermostElement(t Type) bool {
	switch {
	case r.err != nil:
		return false
	case r.packed == noElement:
		return r.firstElement(t)
	case r.packed == unpackedElement:
		r.packed = noElement
		return false
	default:
		r.buf, r.packed = r.buf[:r.packed], noElement
		return false
	}
}

func (r *Reader) firstElement(t Type) bool {
	if r.Type() != Bytes {
		r.packed = unpackedElement
		return true
	}
	n := len(r.View())
	if n == 0 {
		return false
	}
	r.packed, r.buf = len(r.buf), r.buf[:r.pos]
	r.pos, r.tag = r.pos-n, r.tag&^7|uint64(t)
	return true
}

// Elements returns how many elements of wire type t the current field of a repeated number holds, as far as can be told
// without reading them: at most one for each byte there is. It moves nothing.
func (r *Reader) Elements(t Type) int {
	if r.Type() != Bytes {
		return 1
	}
	ahead := *r
	block := ahead.View()
	switch t {
	case Fixed32:
		return len(block) / 4
	case Fixed64:
		return len(block) / 8
	default:
		return countVarints(block)
	}
}

// countVarints returns the number of varints in block: each has one byte without the high bit, its last.
func countVarints(block []byte) int {
	n := 0
	for _, c := range block {
		if c < 0x80 {
			n++
		}
	}
	return n
}

// Room returns s with room for the elements of the current field, for the loop over [Reader.Element] that follows. It
// never returns nil, so that a packed field without elements differs from no field.
func Room[T any](r *Reader, t Type, s []T) []T {
	if s == nil {
		return make([]T, 0, r.Elements(t))
	}
	return slices.Grow(s, r.Elements(t))
}
