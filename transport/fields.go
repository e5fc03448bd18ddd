package transport

import (
	"fmt"

	"github.com/zebus-go/zebus/wire"
)

// fields is a cursor over the fields of an envelope, with the rules of .NET's reader: what it refuses would be refused
// there, and what .NET makes of damaged frames by accident is refused here. The first error ends the reading.
//
// It is not a [wire.Reader] because that one is lenient where the envelope must not be.
type fields struct {
	buf   []byte
	pos   int
	field uint32
	typ   wire.Type
	fault string // what was wrong, at pos; empty while nothing is
}

// next moves to the next field. It returns false at the end and after a fault.
func (f *fields) next() bool {
	if f.pos >= len(f.buf) || f.fault != "" {
		return false
	}
	tag := f.varint()
	f.field, f.typ = tag>>3, wire.Type(tag&7)
	if f.field == 0 {
		f.fail("field number zero")
	}
	return f.fault == ""
}

// err returns the fault as an error.
func (f *fields) err() error {
	if f.fault == "" {
		return nil
	}
	return fmt.Errorf("%w: %s, field %d at byte %d of %d", ErrFrame, f.fault, f.field, f.pos, len(f.buf))
}

// fail makes fault the fault, unless there is one.
func (f *fields) fail(fault string) {
	if f.fault == "" {
		f.fault = fault
	}
}

// maxVarint is the number of bytes of the longest number that .NET reads.
const maxVarint = 4

// varint reads a number of at most 28 bits.
func (f *fields) varint() uint32 {
	if f.pos < len(f.buf) && f.buf[f.pos] < 0x80 {
		f.pos++
		return uint32(f.buf[f.pos-1])
	}
	return f.longVarint()
}

func (f *fields) longVarint() uint32 {
	var v uint32
	for i := range maxVarint {
		if f.pos+i >= len(f.buf) {
			f.fail("cut inside a number")
			return 0
		}
		c := f.buf[f.pos+i]
		v |= uint32(c&0x7f) << (7 * i)
		if c < 0x80 {
			f.pos += i + 1
			return v
		}
	}
	f.fail("number of more than four bytes")
	return 0
}

// number reads the value of a varint field.
func (f *fields) number() uint32 {
	if f.typ != wire.Varint {
		f.fail("not a number")
		return 0
	}
	return f.varint()
}

// bytes returns the content of a length-delimited field, which stays part of the frame.
func (f *fields) bytes() []byte {
	if f.typ != wire.Bytes {
		f.fail("wrong wire type")
		return nil
	}
	return f.take(int(f.varint()))
}

// take returns the next n bytes; nil when there are fewer.
func (f *fields) take(n int) []byte {
	if n > len(f.buf)-f.pos {
		f.fail("cut, or a length past the end")
	}
	if f.fault != "" {
		return nil
	}
	b := f.buf[f.pos : f.pos+n : f.pos+n]
	f.pos += n
	return b
}

// inner returns a cursor over the content of the current field. Its fault is to be given to adopt.
func (f *fields) inner() fields {
	return fields{buf: f.bytes()}
}

// adopt makes the fault of an inner cursor that of f.
func (f *fields) adopt(inner *fields) {
	if inner.fault != "" {
		f.fail(inner.fault)
	}
}

// skip passes over a field that is not known: one that .NET passes over too.
func (f *fields) skip() {
	switch f.typ {
	case wire.Bytes:
		f.bytes()
	case wire.Fixed64:
		f.take(8)
	case wire.Fixed32:
		f.take(4)
	default:
		f.fail("unknown field that is no bytes")
	}
}
