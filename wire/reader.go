package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
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
	buf    []byte
	pos    int
	end    int // of the message being read; a sub-message ends before its parent
	field  int
	typ    Type
	depth  int
	packed int // what surrounds the element being read, see Element
	err    error
}

// NewReader returns a reader over b. The reader does not change b.
func NewReader(b []byte) Reader {
	return Reader{buf: b, end: len(b)}
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
	r.pos = r.end
}

// Next moves to the next field of the current message. It returns false at the end and after an error.
func (r *Reader) Next() bool {
	if r.pos >= r.end || r.err != nil {
		return false
	}
	tag := r.varint()
	r.field, r.typ = int(tag>>3), Type(tag&7)
	if tag>>3 == 0 || tag>>3 > maxField {
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
	if r.pos < r.end && r.buf[r.pos] < 0x80 {
		r.pos++
		return uint64(r.buf[r.pos-1])
	}
	v, n := binary.Uvarint(r.buf[r.pos:r.end])
	if n <= 0 {
		r.failVarint(n)
		return 0
	}
	r.pos += n
	return v
}

func (r *Reader) failVarint(n int) {
	if n < 0 {
		r.Fail(ErrOverflow)
		return
	}
	r.Fail(ErrTruncated)
}

// take returns the next n bytes and moves past them; nil when there are fewer.
func (r *Reader) take(n uint64) []byte {
	if n > uint64(r.end-r.pos) {
		r.Fail(ErrTruncated)
		return nil
	}
	b := r.buf[r.pos : r.pos+int(n) : r.pos+int(n)]
	r.pos += int(n)
	return b
}

func (r *Reader) fixed32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *Reader) fixed64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// View returns the content of a length-delimited field without copying it. It is valid as long as the bytes behind
// the reader are.
func (r *Reader) View() []byte {
	if r.typ != Bytes {
		r.Fail(ErrWireType)
		return nil
	}
	return r.take(r.varint())
}

// Bytes reads a length-delimited field into memory of its own: never nil, so that an empty field differs from none.
func (r *Reader) Bytes() []byte {
	v := r.View()
	return append(make([]byte, 0, len(v)), v...)
}

// String reads a length-delimited field as text. Invalid UTF-8 becomes U+FFFD, as in .NET.
func (r *Reader) String() string {
	v := r.View()
	if utf8.Valid(v) {
		return string(v)
	}
	return strings.ToValidUTF8(string(v), "\uFFFD")
}

// Enter begins reading the sub-message in the current field; what it returns goes to [Reader.Leave]. Between the two
// the reader sees the fields of the sub-message alone.
func (r *Reader) Enter() (outer int) {
	outer = r.end
	n := len(r.View())
	if r.depth++; r.depth > MaxNesting {
		r.Fail(ErrNesting)
	}
	if r.err == nil {
		r.end, r.pos = r.pos, r.pos-n
	}
	return outer
}

// Leave ends the sub-message begun by [Reader.Enter].
func (r *Reader) Leave(outer int) {
	r.depth--
	r.end = outer
	if r.err != nil {
		r.pos = r.end
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
		r.View()
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
