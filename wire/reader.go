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
	pos    int // never beyond len(buf); there when err is set
	tag    uint32
	typ    Type // of the current field, or unresolved
	shares bool // whether short texts share memory, see String
	depth  int
	packed int    // what surrounds the element being read, see Element
	spare  []byte // for short texts to come, see shared
	err    error
}

// NewReader returns a reader over b. The reader does not change b.
func NewReader(b []byte) Reader {
	return Reader{buf: slices.Clip(b), shares: len(b) >= leastSharing}
}

// Err returns the first error met, or nil.
func (r *Reader) Err() error {
	return r.err
}

// Fail makes err the reader's error unless it has one, and ends the reading. Hand-written ZebusRead methods report
// values that make no sense with it.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = fmt.Errorf("field %d at byte %d: %w", r.tag>>3, r.pos, err)
	}
	r.pos = len(r.buf)
}

// Next moves to the next field of the current message. It returns false at the end and after an error.
//
// It takes the first byte of the tag for the whole, which mostly it is, and leaves longer and wrong ones to whoever asks
// about the field first. That makes it small enough to be inlined into the loop of each message.
func (r *Reader) Next() bool {
	if uint(r.pos) >= uint(len(r.buf)) {
		return false
	}
	first := r.buf[r.pos]
	r.pos++
	r.tag = uint32(first)
	r.typ = Type((first | (first - 1<<3)) & (unresolved | 7))
	return true
}

// unresolved is set in Reader.typ while tag is the first byte of one that is longer, or has no field number: while the
// byte is not from 8 to 127. It keeps typ from being any wire type.
const unresolved = 0x80

// resolve reads the tag of which Next has seen the first byte.
func (r *Reader) resolve() {
	r.pos--
	tag := r.varint()
	r.tag, r.typ = uint32(tag), Type(tag&7)
	if number := tag >> 3; r.err == nil && (number == 0 || number > maxField) {
		r.Fail(ErrTag)
	}
	if r.err != nil {
		r.tag = 0
	}
}

// Field returns the number of the current field. It is 0 when the tag is wrong, which [Reader.Err] then tells.
func (r *Reader) Field() int {
	if r.typ&unresolved != 0 {
		r.resolve()
	}
	return int(r.tag >> 3)
}

// Type returns the wire type of the current field.
func (r *Reader) Type() Type {
	if r.typ&unresolved != 0 {
		r.resolve()
	}
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
	if uint(r.pos) >= uint(len(r.buf)) || r.buf[r.pos] >= 0x80 {
		return 0, false
	}
	v = uint64(r.buf[r.pos])
	r.pos++
	return v, true
}

// twoBytes reads what oneByte did not, when it is a varint of two bytes: numbers up to 16383, and longer texts.
func (r *Reader) twoBytes() (v uint64, ok bool) {
	second := uint(r.pos) + 1
	if second >= uint(len(r.buf)) || r.buf[second] >= 0x80 {
		return 0, false
	}
	v = uint64(r.buf[second-1]&0x7f) | uint64(r.buf[second])<<7
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
		r.skipGroup(int(r.tag >> 3))
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
