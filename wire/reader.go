package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Errors of a [Reader], each wrapped with the field and the position at which it was met.
var (
	// ErrTruncated means that the bytes ended inside a field, or that a length points past their end.
	ErrTruncated = errors.New("wire: truncated")
	// ErrOverflow means that a number does not fit: a varint of more than ten bytes, or a value too large for its type.
	ErrOverflow = errors.New("wire: number out of range")
	// ErrWireType means that the field has a wire type from which its value cannot be read.
	ErrWireType = errors.New("wire: wrong wire type")
	// ErrTag means a field number of zero, one beyond 2^29-1, or a group end without its start.
	ErrTag = errors.New("wire: bad tag")
	// ErrValue means a number that stands for nothing in its place, such as a scale that no DateTime has.
	ErrValue = errors.New("wire: meaningless value")
	// ErrNesting means sub-messages or groups nested deeper than [MaxNesting].
	ErrNesting = errors.New("wire: nested too deeply")
)

// MaxNesting is how deep sub-messages and groups may be nested. It keeps a hostile frame from exhausting the stack.
const MaxNesting = 100

const maxField = 1<<29 - 1

// A Reader is a cursor over the fields of a message.
//
// It must not be copied while in use, and is used by one goroutine. It is meant to live on the stack:
// none of its methods keeps it.
type Reader struct {
	// buf ends where the message being read ends. The messages around it lie in its capacity.
	buf    []byte
	pos    int    // never beyond len(buf); there when err is set
	tag    uint64 // of the current field, see Next
	depth  int32
	series bool   // of messages, see Reset
	used   uint16 // of texts
	packed int    // what surrounds the element being read, see Element
	texts  []byte // memory of short texts: texts[used:] is for those to come, see shared
	err    error
}

// NewReader returns a reader over b. The reader does not change b.
func NewReader(b []byte) Reader {
	return Reader{buf: slices.Clip(b)}
}

// Reset makes the reader one over b, as NewReader does, that reads a series of messages: short texts share memory with those of
// the messages before and after, in blocks of at most 512 bytes.
func (r *Reader) Reset(b []byte) {
	r.buf, r.pos, r.tag, r.depth, r.packed, r.series = slices.Clip(b), 0, 0, 0, 0, true
	if r.err != nil {
		r.err = nil
	}
}

// Err returns the first error met, or nil.
func (r *Reader) Err() error {
	return r.err
}

// Fail makes err the reader's error unless it has one, and ends the reading. Hand-written ZebusRead methods report
// values that make no sense with it.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = fmt.Errorf("field %d at byte %d: %w", r.number(), r.pos, err)
	}
	r.pos = len(r.buf)
}

// Next moves to the next field of the current message. It returns false at the end and after an error.
//
// It takes the first byte of the tag for the whole, which mostly it is, and leaves longer and wrong ones to whoever asks
// about the field first. That makes it small enough to be inlined into the loop of each message. Only who asks, by
// [Reader.Field], [Reader.Type] or [Reader.Skip], learns that a field has the number zero, which is an error.
func (r *Reader) Next() bool {
	if uint(r.pos) >= uint(len(r.buf)) {
		return false
	}
	r.tag = uint64(r.buf[r.pos])
	r.pos++
	return true
}

// Reader.tag holds a tag of one byte as it is, from leastTag to 127. Of a longer one it holds the first byte, which has the
// bit unresolved, and once that is resolved the number of the field, shifted by longTag, and the wire type. So typeBits of
// it are the wire type where nothing is left to resolve, and no wire type where something is.
const (
	leastTag   = 1 << 3
	unresolved = 0x80
	typeBits   = unresolved | 7
	longTag    = 8
)

// isShort says whether the current tag is one of one byte.
func (r *Reader) isShort() bool {
	return r.tag-leastTag < unresolved-leastTag
}

// is says whether the current field is of wire type t and its tag resolved.
func (r *Reader) is(t Type) bool {
	return r.tag&typeBits == uint64(t)
}

// number is the number of the current field, 0 while that is not known.
func (r *Reader) number() int {
	if r.isShort() {
		return int(r.tag >> 3)
	}
	return int(r.tag >> longTag)
}

// resolve reads the tag of which Next has seen the first byte, unless that was done. A wrong one becomes 0.
func (r *Reader) resolve() {
	if r.tag >= 1<<longTag || r.err != nil || r.pos == 0 {
		return
	}
	tag := r.tag
	if tag >= unresolved {
		r.pos--
		tag = r.varint()
	}
	number := tag >> 3
	if r.err == nil && (number == 0 || number > maxField) {
		r.Fail(ErrTag)
	}
	switch {
	case r.err != nil:
		r.tag = 0
	case tag < unresolved:
		r.tag = tag
	default:
		r.tag = number<<longTag | tag&7
	}
}

// Field returns the number of the current field. It is 0 when the tag is wrong, which [Reader.Err] then tells.
func (r *Reader) Field() int {
	if r.isShort() {
		return int(r.tag >> 3)
	}
	return r.longField()
}

func (r *Reader) longField() int {
	r.resolve()
	return r.number()
}

// Type returns the wire type of the current field.
func (r *Reader) Type() Type {
	if !r.isShort() {
		r.resolve()
	}
	return Type(r.tag & 7)
}

// varint reads a bare varint.
func (r *Reader) varint() uint64 {
	if v, ok := r.shortVarint(); ok {
		return v
	}
	return r.longVarint()
}

// shortVarint reads a varint of one or two bytes, as most are, if there is one: numbers up to 16383. It is small enough to
// be inlined where it counts, which the failures of other varints are not.
func (r *Reader) shortVarint() (v uint64, ok bool) {
	at := uint(r.pos)
	if at >= uint(len(r.buf)) {
		return 0, false
	}
	first := uint64(r.buf[at])
	if first < 0x80 {
		r.pos++
		return first, true
	}
	if at++; at >= uint(len(r.buf)) || r.buf[at] >= 0x80 {
		return 0, false
	}
	v = first&0x7f | uint64(r.buf[at])<<7
	r.pos += 2
	return v, true
}

// longVarint reads a varint of any length.
func (r *Reader) longVarint() uint64 {
	var v uint64
	for i, c := range r.buf[r.pos:] {
		if i == binary.MaxVarintLen64-1 && c > 1 {
			r.Fail(ErrOverflow)
			return 0
		}
		v |= uint64(c&0x7f) << (7 * uint(i) & 63) // i is 9 at most; the mask spares the compiler a comparison
		if c < 0x80 {
			r.pos += i + 1
			return v
		}
	}
	r.Fail(ErrTruncated)
	return 0
}

// take returns the next n bytes and moves past them; nil when there are fewer.
func (r *Reader) take(n uint64) []byte {
	if b, ok := r.ahead(n); ok {
		return b
	}
	r.Fail(ErrTruncated)
	return nil
}

// ahead is take without the failure, and as small as shortVarint.
func (r *Reader) ahead(n uint64) (b []byte, ok bool) {
	b = r.buf[r.pos:]
	if n > uint64(len(b)) {
		return nil, false
	}
	r.pos += int(n)
	return b[:n:n], true
}

// Enter begins reading the sub-message in the current field; what it returns goes to [Reader.Leave]. Between the two
// the reader sees the fields of the sub-message alone.
func (r *Reader) Enter() (outer int) {
	outer = len(r.buf)
	content, ok := r.short()
	if !ok {
		content = r.View()
	}
	if r.depth++; r.depth > MaxNesting {
		r.Fail(ErrNesting)
	}
	if r.err == nil {
		r.buf, r.pos = r.buf[:r.pos], r.pos-len(content)
	}
	return outer
}

// Leave ends the sub-message begun by [Reader.Enter]. What was not read of it is passed over.
func (r *Reader) Leave(outer int) {
	r.depth--
	r.pos = len(r.buf)
	r.buf = r.buf[:outer]
	if r.err != nil {
		r.pos = outer
	}
}

// Skip passes over the current field, whatever its type.
func (r *Reader) Skip() {
	switch r.Type() {
	case Varint:
		r.varint()
	case Fixed64:
		r.take(8)
	case Bytes:
		r.take(r.varint())
	case Fixed32:
		r.take(4)
	case startGroup:
		r.skipGroup(r.number())
	case endGroup:
		r.Fail(ErrTag)
	default:
		r.Fail(ErrWireType)
	}
}

// skipGroup passes over the fields of a group up to the end tag of its number.
func (r *Reader) skipGroup(group int) {
	if r.depth++; r.depth > MaxNesting {
		r.Fail(ErrNesting)
	}
	for r.Next() {
		if r.Type() == endGroup && r.Field() == group {
			r.depth--
			return
		}
		r.Skip()
	}
	if r.err == nil {
		r.Fail(ErrTruncated)
	}
}
