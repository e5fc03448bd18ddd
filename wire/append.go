package wire

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// Type is the wire type of a field: the low three bits of its tag.
type Type uint8

// The wire types of protobuf.
const (
	Varint     Type = 0
	Fixed64    Type = 1
	Bytes      Type = 2
	startGroup Type = 3
	endGroup   Type = 4
	Fixed32    Type = 5
)

// A Message appends and reads itself. Generated types implement it on their pointer; a hand-written type that does is
// carried as a sub-message wherever generated code meets it.
type Message interface {
	// ZebusSize returns the number of bytes that ZebusAppend appends.
	ZebusSize() int
	// ZebusAppend appends the fields of the message to b and returns the longer buffer. It keeps no reference to b.
	ZebusAppend(b []byte) []byte
	// ZebusRead reads fields from r until it has no more, merging them into the message. It keeps no reference to the
	// bytes behind r.
	ZebusRead(r *Reader)
}

// AppendVarint appends v without a tag.
func AppendVarint(b []byte, v uint64) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

// SizeVarint returns the length of v as a varint.
func SizeVarint(v uint64) int {
	return (bits.Len64(v|1) + 6) / 7
}

// AppendTag appends the tag of a field.
func AppendTag(b []byte, field int, t Type) []byte {
	return AppendVarint(b, uint64(field)<<3|uint64(t))
}

// SizeTag returns the length of the tag of a field.
func SizeTag(field int) int {
	return SizeVarint(uint64(field) << 3)
}

// Zigzag maps signed numbers to unsigned ones so that small magnitudes stay short.
func Zigzag(v int64) uint64 {
	return uint64(v<<1) ^ uint64(v>>63)
}

// Unzigzag is the inverse of [Zigzag].
func Unzigzag(v uint64) int64 {
	return int64(v>>1) ^ -int64(v&1)
}

// AppendUint appends v as a varint field. A signed number goes in as uint64(int64(v)), which makes a negative one ten
// bytes long, as protobuf-net has it.
func AppendUint(b []byte, field int, v uint64) []byte {
	return AppendVarint(AppendTag(b, field, Varint), v)
}

// SizeUint returns the length of what [AppendUint] appends.
func SizeUint(field int, v uint64) int {
	return SizeTag(field) + SizeVarint(v)
}

// AppendSint appends v as a zig-zag varint field.
func AppendSint(b []byte, field int, v int64) []byte {
	return AppendUint(b, field, Zigzag(v))
}

// SizeSint returns the length of what [AppendSint] appends.
func SizeSint(field int, v int64) int {
	return SizeUint(field, Zigzag(v))
}

// AppendBool appends v as a varint field of one byte.
func AppendBool(b []byte, field int, v bool) []byte {
	return append(AppendTag(b, field, Varint), truth(v))
}

// truth returns the varint of v.
func truth(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// SizeBool returns the length of what [AppendBool] appends.
func SizeBool(field int, _ bool) int {
	return SizeTag(field) + 1
}

// AppendFixed32 appends v as a field of four bytes.
func AppendFixed32(b []byte, field int, v uint32) []byte {
	return binary.LittleEndian.AppendUint32(AppendTag(b, field, Fixed32), v)
}

// AppendFixed64 appends v as a field of eight bytes.
func AppendFixed64(b []byte, field int, v uint64) []byte {
	return binary.LittleEndian.AppendUint64(AppendTag(b, field, Fixed64), v)
}

// SizeFixed32 returns the length of what [AppendFixed32] appends.
func SizeFixed32(field int) int {
	return SizeTag(field) + 4
}

// SizeFixed64 returns the length of what [AppendFixed64] appends.
func SizeFixed64(field int) int {
	return SizeTag(field) + 8
}

// AppendFloat32 appends v as a fixed32 field.
func AppendFloat32(b []byte, field int, v float32) []byte {
	return AppendFixed32(b, field, math.Float32bits(v))
}

// AppendFloat64 appends v as a fixed64 field.
func AppendFloat64(b []byte, field int, v float64) []byte {
	return AppendFixed64(b, field, math.Float64bits(v))
}

// SizeFloat32 returns the length of what [AppendFloat32] appends.
func SizeFloat32(field int) int {
	return SizeFixed32(field)
}

// SizeFloat64 returns the length of what [AppendFloat64] appends.
func SizeFloat64(field int) int {
	return SizeFixed64(field)
}

// AppendString appends v as a length-delimited field, empty or not.
func AppendString(b []byte, field int, v string) []byte {
	b = AppendVarint(AppendTag(b, field, Bytes), uint64(len(v)))
	return append(b, v...)
}

// AppendBytes appends v as a length-delimited field, empty or not.
func AppendBytes(b []byte, field int, v []byte) []byte {
	b = AppendVarint(AppendTag(b, field, Bytes), uint64(len(v)))
	return append(b, v...)
}

// SizeString returns the length of what [AppendString] appends.
func SizeString(field int, v string) int {
	return SizeBytes(field, len(v))
}

// SizeBytes returns the length of a length-delimited field whose content has n bytes.
func SizeBytes(field, n int) int {
	return SizeTag(field) + SizeVarint(uint64(n)) + n
}

// Begin appends the tag of a length-delimited field whose length is not known yet. The content follows, then [End].
//
// One byte is set aside for the length, which is right for a content of up to 127 bytes; [End] moves a longer content.
// That costs less than walking a nested message twice, once for its size and once for its bytes.
func Begin(b []byte, field int) (longer []byte, mark int) {
	b = append(AppendTag(b, field, Bytes), 0)
	return b, len(b)
}

// End writes the length of the content that was appended since [Begin] returned mark.
func End(b []byte, mark int) []byte {
	n := len(b) - mark
	if n < 0x80 {
		b[mark-1] = byte(n)
		return b
	}
	return endLong(b, mark, n)
}

// endLong makes room for a length of more than one byte.
func endLong(b []byte, mark, n int) []byte {
	extra := SizeVarint(uint64(n)) - 1
	var room [binary.MaxVarintLen64]byte
	b = append(b, room[:extra]...)
	copy(b[mark+extra:], b[mark:mark+n])
	AppendVarint(b[:mark-1], uint64(n))
	return b
}
