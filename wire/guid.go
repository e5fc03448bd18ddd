package wire

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrText means that a text is not the text form of the value it should hold.
var ErrText = errors.New("wire: malformed text")

// A GUID is a .NET Guid. Its bytes stand in the order of the text form, which is the order of RFC 9562, so that it
// converts to and from the UUID types of other libraries. The wire has another order, see [GUID.Layout].
type GUID [16]byte

// NewGUID returns a random GUID of version 4.
func NewGUID() GUID {
	var g GUID
	_, _ = rand.Read(g[:]) // never fails: without randomness the runtime ends the program
	g[6] = g[6]&0x0f | 0x40
	g[8] = g[8]&0x3f | 0x80
	return g
}

// ParseGUID reads the form 00112233-4455-6677-8899-aabbccddeeff, in either case. Other text is an error wrapping
// [ErrText].
func ParseGUID(s string) (GUID, error) {
	var g GUID
	err := g.UnmarshalText([]byte(s))
	return g, err
}

// GUIDFromLayout returns the GUID whose bytes in memory of .NET are layout.
func GUIDFromLayout(layout [16]byte) GUID {
	lo, hi := binary.LittleEndian.Uint64(layout[:8]), binary.LittleEndian.Uint64(layout[8:])
	return GUIDFromHalves(lo, hi)
}

// Layout returns the bytes as .NET has them in memory and on the wire: the first three groups of the text are little
// endian, the others as written.
func (g GUID) Layout() [16]byte {
	var layout [16]byte
	lo, hi := g.halves()
	binary.LittleEndian.PutUint64(layout[:8], lo)
	binary.LittleEndian.PutUint64(layout[8:], hi)
	return layout
}

// IsZero reports whether g is the all-zero GUID.
func (g GUID) IsZero() bool {
	return g == GUID{}
}

// String returns the dashed text form in lower case.
func (g GUID) String() string {
	text, _ := g.AppendText(make([]byte, 0, guidText))
	return string(text)
}

// AppendText appends what [GUID.String] returns. The error is always nil.
func (g GUID) AppendText(b []byte) ([]byte, error) {
	for i, p := range guidGroups {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, g[p.first:p.end])
	}
	return b, nil
}

// MarshalText returns what [GUID.String] returns. It makes a GUID a JSON string.
func (g GUID) MarshalText() ([]byte, error) {
	return g.AppendText(nil)
}

// UnmarshalText reads what [ParseGUID] reads, and leaves g alone when that fails.
func (g *GUID) UnmarshalText(text []byte) error {
	if len(text) != guidText || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return fmt.Errorf("guid %q: %w", clip(text), ErrText)
	}
	var parsed GUID
	for _, p := range guidGroups {
		if _, err := hex.Decode(parsed[p.first:p.end], text[p.text:p.text+2*(p.end-p.first)]); err != nil {
			return fmt.Errorf("guid %q: %w", text, ErrText)
		}
	}
	*g = parsed
	return nil
}

// clip bounds what an error repeats of a text that somebody sent.
func clip(text []byte) []byte {
	return text[:min(len(text), 64)]
}

// guidText is the length of the text form.
const guidText = 36

// guidGroups says which bytes make up each group of the text form, and where the group stands in it.
var guidGroups = [...]struct{ first, end, text int }{{0, 4, 0}, {4, 6, 9}, {6, 8, 14}, {8, 10, 19}, {10, 16, 24}}

// halves returns the two numbers of bcl.Guid.
func (g GUID) halves() (lo, hi uint64) {
	groups := binary.BigEndian.Uint64(g[:8]) // of 4, 2 and 2 bytes
	lo = groups>>32 | groups>>16&0xffff<<32 | groups<<48
	return lo, binary.LittleEndian.Uint64(g[8:])
}

// GUIDFromHalves returns the GUID of a bcl.Guid: lo is the number in its field 1, hi that in its field 2, both as fixed64
// reads them.
func GUIDFromHalves(lo, hi uint64) GUID {
	var g GUID
	binary.BigEndian.PutUint64(g[:8], lo<<32|lo>>32&0xffff<<16|lo>>48)
	binary.LittleEndian.PutUint64(g[8:], hi)
	return g
}

// GUIDLength is the length of a bcl.Guid with both of its fields.
const GUIDLength = 18

// The tag bytes of bcl.Guid: lo = 1 and hi = 2, both fixed64.
const (
	guidLo = 1<<3 | byte(Fixed64)
	guidHi = 2<<3 | byte(Fixed64)
)

// AppendGUIDContent appends the [GUIDLength] bytes of a bcl.Guid without tag and length, zero or not. The envelope has
// its ids in this form, always.
func AppendGUIDContent(b []byte, v GUID) []byte {
	lo, hi := v.halves()
	b = binary.LittleEndian.AppendUint64(append(b, guidLo), lo)
	return binary.LittleEndian.AppendUint64(append(b, guidHi), hi)
}

// AppendGUID appends v as a bcl.Guid field. The zero GUID is an empty sub-message.
func AppendGUID(b []byte, field int, v GUID) []byte {
	b = AppendTag(b, field, Bytes)
	if v.IsZero() {
		return append(b, 0)
	}
	return AppendGUIDContent(append(b, GUIDLength), v)
}

// SizeGUID returns the length of what [AppendGUID] appends.
func SizeGUID(field int, v GUID) int {
	if v.IsZero() {
		return SizeTag(field) + 1
	}
	return SizeTag(field) + 1 + GUIDLength
}

// GUID reads a bcl.Guid. Its halves may come in any order; one that is missing is zero.
func (r *Reader) GUID() GUID {
	if g, ok := r.wholeGUID(); ok {
		return g
	}
	var lo, hi uint64
	outer := r.Enter()
	for r.Next() {
		switch r.Field() {
		case 1:
			lo = r.Uint64()
		case 2:
			hi = r.Uint64()
		default:
			r.Skip()
		}
	}
	r.Leave(outer)
	return GUIDFromHalves(lo, hi)
}

// wholeGUID reads a bcl.Guid in the form in which everybody writes it.
func (r *Reader) wholeGUID() (GUID, bool) {
	const length = 1 + GUIDLength
	if r.Type() != Bytes || len(r.buf)-r.pos < length {
		return GUID{}, false
	}
	b := r.buf[r.pos : r.pos+length]
	if b[0] != GUIDLength || b[1] != guidLo || b[10] != guidHi {
		return GUID{}, false
	}
	r.pos += length
	return GUIDFromHalves(binary.LittleEndian.Uint64(b[2:]), binary.LittleEndian.Uint64(b[11:])), true
}
