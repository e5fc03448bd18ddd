package wire

import (
	"encoding/binary"
	"math"
	"slices"
)

// Elements of a repeated field mostly follow each other. What is in this file looks ahead how many there are and makes
// room for all of them at once, where append would grow a slice step by step.

// Extend returns s with one more element, which is zero. The reader is at the field of that element.
//
//	m.Lines = wire.Extend(r, m.Lines)
//	outer := r.Enter()
//	m.Lines[len(m.Lines)-1].ZebusRead(r)
//	r.Leave(outer)
func Extend[T any](r *Reader, s []T) []T {
	if len(s) == cap(s) {
		s = withRoom(s, r.run())
	}
	var zero T
	return append(s, zero)
}

// A Spare makes the elements of a slice of pointers, several at a time while they follow each other. The zero Spare is
// ready for use, for the elements of one slice.
//
//	m.Lines = spareLines.Extend(r, m.Lines)
type Spare[T any] struct {
	block []T // elements that no slice has yet
	run   int // how many fields follow that block has no elements for
}

// spareLength is how many elements share a block of memory, which lives as long as any of them. The longer the blocks,
// the faster a message of many elements is read, and the more is kept by somebody who keeps one element.
const spareLength = 16

// Extend is the function [Extend] for a slice of pointers. The new element points to a zero T.
func (spare *Spare[T]) Extend(r *Reader, s []*T) []*T {
	if len(spare.block) == 0 {
		s = spare.refill(r, s)
	}
	s = append(s, &spare.block[0])
	spare.block = spare.block[1:]
	return s
}

func (spare *Spare[T]) refill(r *Reader, s []*T) []*T {
	if spare.run == 0 {
		spare.run = r.run()
		s = withRoom(s, spare.run)
	}
	n := min(spare.run, spareLength)
	spare.block = make([]T, n)
	spare.run -= n
	return s
}

// ReadStrings appends the text in the current field to s, as [Reader.String] reads it.
func ReadStrings[T ~string](r *Reader, s []T) []T {
	if len(s) == cap(s) {
		s = withRoom(s, r.run())
	}
	return append(s, T(r.String()))
}

// ReadInts appends the whole number in the current field to s, or all that are packed into it. A packed field without
// elements gives an empty slice, to differ from no field.
func ReadInts[T Integer](r *Reader, s []T) []T {
	if r.Type() != Bytes {
		return append(s, readInt[T](r))
	}
	block := r.View()
	s = withRoom(s, countVarints(block))
	for len(block) > 0 {
		v, n := binary.Uvarint(block)
		if n <= 0 || uint64(T(v)) != v {
			r.pos -= len(block)
			r.Fail(wrongVarint(n))
			break
		}
		s = append(s, T(v))
		block = block[n:]
	}
	return s
}

// readInt reads a whole number that is not packed.
func readInt[T Integer](r *Reader) T {
	var v uint64
	if least := T(0) - 1; least < 0 {
		v = uint64(r.Int64()) // extends the sign of a fixed32
	} else {
		v = r.Uint64()
	}
	if uint64(T(v)) != v {
		r.Fail(ErrOverflow)
		return 0
	}
	return T(v)
}

// wrongVarint says what is wrong with a varint for which [binary.Uvarint] returned n, or which the type does not hold.
func wrongVarint(n int) error {
	if n == 0 {
		return ErrTruncated
	}
	return ErrOverflow
}

// withRoom returns s, which is never nil then, with room for n more elements. A new slice gets no more than that.
func withRoom[T any](s []T, n int) []T {
	if s == nil {
		return make([]T, 0, n)
	}
	return slices.Grow(s, n)
}

// run returns how many length-delimited fields of the current number follow each other, the current one included. It is
// at least 1, and all but the last are there from beginning to end: nobody can make it larger than what was sent.
func (r *Reader) run() int {
	current := uint64(r.Field())<<3 | uint64(r.Type())
	rest := r.buf[r.pos:]
	for n := 1; ; n++ {
		length, k := peekVarint(rest)
		if length >= uint64(len(rest)-k) {
			return n
		}
		rest = rest[k+int(length):]
		tag, k := peekVarint(rest)
		if tag != current {
			return n
		}
		rest = rest[k:]
	}
}

// peekVarint returns the varint at the beginning of b, and its length; a number that no field and no content has, if
// there is none.
func peekVarint(b []byte) (v uint64, n int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	v, n = binary.Uvarint(b)
	if n <= 0 {
		return math.MaxUint64, 0
	}
	return v, n
}
