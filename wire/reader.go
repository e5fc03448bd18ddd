package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
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
	pos    int // never beyond len(buf); there when err is set
	field  int
	typ    Type
	packed int // what surrounds the element being read, see Element
	depth  int
	err    error
}

// NewReader returns a reader over b. The reader does not change b.
func NewReader(b []byte) Reader {
	return Reader{buf: b}
}

// Err returns the first error met, or nil.
func (r *Reader) Err() error {
	return r.err
}

// Fail makes err the reader's error unless it has one, and ends the reading. Hand-written ZebusRead methods report
// values that make no sense with it.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = fmt.Errorf("field %d at byte %d: %w", r.field, r.pos, err)
	}
	r.pos = len(r.buf)
}

// Next moves to the next field of the current message. It returns false at the end and after an error.
func (r *Reader) Next() bool {
	if r.pos >= len(r.buf) {
		return false
	}
	tag := uint64(r.buf[r.pos])
	if tag < 1<<3 || tag >= 0x80 { // field 0, or one of 16 and above
		return r.nextLong()
	}
	r.pos++
	r.field, r.typ = int(tag>>3), Type(tag&7)
	return true
}

// nextLong is Next for a tag of more than one byte, or none that a field can have.
func (r *Reader) nextLong() bool {
	tag := r.varint()
	if r.err != nil {
		return false
	}
	r.field, r.typ = int(tag>>3&maxField), Type(tag&7)
	if number := tag >> 3; number == 0 || number > maxField {
		r.Fail(ErrTag)
	}
	return r.err == nil
}

// Field returns the number of the current field.
func (r *Reader) Field() int {
	return r.field
}

// Type returns the wire type of the current field.
func (r *Reader) Type() Type {
	return r.typ
}

// varint reads a bare varint.
func (r *Reader) varint() uint64 {
	if v, ok := r.oneByte(); ok {
		return v
	}
	return r.longVarint()
}

// oneByte reads a varint of one byte, as most are, if there is one. It is small enough to be inlined where it counts,
// which the failures of other varints are not.
func (r *Reader) oneByte() (v uint64, ok bool) {
	if r.pos >= len(r.buf) || r.buf[r.pos] >= 0x80 {
		return 0, false
	}
	v = uint64(r.buf[r.pos])
	r.pos++
	return v, true
}

func (r *Reader) longVarint() uint64 {
	v, n := binary.Uvarint(r.buf[r.pos:])
	switch {
	case n > 0:
		r.pos += n
	case n == 0:
		r.Fail(ErrTruncated)
	default:
		r.Fail(ErrOverflow)
	}
	return v
}

// take returns the next n bytes and moves past them; nil when there are fewer.
func (r *Reader) take(n uint64) []byte {
	if b, ok := r.ahead(n); ok {
		return b
	}
	r.Fail(ErrTruncated)
	return nil
}

// ahead is take without the failure, and as small as oneByte.
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
	n := len(r.View())
	if r.depth++; r.depth > MaxNesting {
		r.Fail(ErrNesting)
	}
	if r.err == nil {
		r.buf, r.pos = r.buf[:r.pos], r.pos-n
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
	switch r.typ {
	case Varint:
		r.varint()
	case Fixed64:
		r.take(8)
	case Bytes:
		r.take(r.varint())
	case Fixed32:
		r.take(4)
	case startGroup:
		r.skipGroup(r.field)
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
		if r.typ == endGroup && r.field == group {
			r.depth--
			return
		}
		r.Skip()
	}
	if r.err == nil {
		r.Fail(ErrTruncated)
	}
}
