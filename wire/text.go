package wire

import (
	"encoding/binary"
	"unicode/utf8"
	"unsafe"
)

// View returns the content of a length-delimited field without copying it. It is valid as long as the bytes behind
// the reader are.
func (r *Reader) View() []byte {
	if r.Type() != Bytes {
		r.Fail(ErrWireType)
		return nil
	}
	n, ok := r.shortVarint()
	if !ok {
		n = r.longVarint()
	}
	if b, ok := r.ahead(n); ok {
		return b
	}
	return r.take(n) // fails
}

// short is View for a content of up to 127 bytes, if that is what comes. It is as small as shortVarint.
func (r *Reader) short() (b []byte, ok bool) {
	if !r.is(Bytes) || uint(r.pos) >= uint(len(r.buf)) {
		return nil, false
	}
	n := r.buf[r.pos]
	b = r.buf[r.pos+1:]
	if n >= 0x80 || int(n) > len(b) {
		return nil, false
	}
	r.pos += 1 + int(n)
	return b[:n], true
}

// Bytes reads a length-delimited field into memory of its own: never nil, so that an empty field differs from none.
func (r *Reader) Bytes() []byte {
	v, ok := r.short()
	if !ok {
		v = r.View()
	}
	own := make([]byte, len(v))
	copy(own, v)
	return own
}

// String reads a length-delimited field as text. Invalid UTF-8 becomes U+FFFD, as in .NET.
//
// Short texts of one message share memory, in blocks of at most 256 bytes (and with those of others after [Reader.Reset]),
// because one larger allocation takes much less time than many small ones. Whoever keeps a single text for long, and nothing else of the message, may want
// [strings.Clone].
func (r *Reader) String() string {
	// Most texts are shorter than 128 bytes, and read here, where nothing but their memory takes time.
	at := uint(r.pos)
	if !r.is(Bytes) || at >= uint(len(r.buf)) {
		return r.longText()
	}
	end := at + 1 + uint(r.buf[at])
	if r.buf[at] >= 0x80 || end > uint(len(r.buf)) {
		return r.longText()
	}
	v := r.buf[at+1 : end : end]
	r.pos = int(end)
	switch {
	case !isASCII(v):
		return r.text(v)
	case (r.series || cap(r.buf) >= leastSharing) && len(v) <= mostShared:
		return r.shared(v)
	default:
		return string(v)
	}
}

// longText is String for a text that is not short.
func (r *Reader) longText() string {
	return r.text(r.View())
}

// text returns the text that v is, in memory of its own or that it shares.
func (r *Reader) text(v []byte) string {
	switch {
	case !isASCII(v) && !utf8.Valid(v):
		return replaceInvalid(v)
	case (r.series || cap(r.buf) >= leastSharing) && len(v) <= mostShared:
		return r.shared(v)
	default:
		return string(v)
	}
}

// Sizes in bytes.
const (
	leastSharing = 64  // messages shorter than this have too few texts for sharing to pay off
	mostShared   = 64  // longer texts have memory of their own
	textBlock    = 256 // what a text can keep from being collected, at most,
	seriesBlock  = 512 // and in a series of messages
)

// shared returns v as text in a block of memory with its neighbours. A block has room for half of what is left of the
// whole message, which is about what texts are of it, and for the last of them in any case; that of a series is as large as it
// may be.
func (r *Reader) shared(v []byte) string {
	if len(r.texts)-int(r.used) < len(v) {
		r.texts, r.used = make([]byte, r.textBlock(len(v))), 0
	}
	own := r.texts[r.used:]
	n := copy(own, v)
	text := unsafe.String(unsafe.SliceData(own), n) //nolint:gosec // nobody writes to these bytes again
	r.used += uint16(n)                             // which is no more than the block has
	return text
}

// textBlock returns how large a block should be that begins with a text of that length, which has been read.
func (r *Reader) textBlock(length int) int {
	if r.series {
		return seriesBlock
	}
	left := length + cap(r.buf) - r.pos
	return min(textBlock, max(left/2, min(left, mostShared)))
}

// isASCII finds most texts valid in less time than a call of utf8.Valid takes. It looks at eight or four bytes at a
// time, and at some of the last ones twice, because that is faster than one by one.
func isASCII(v []byte) bool {
	var all uint64
	switch n := len(v); {
	case n >= 8:
		all = binary.LittleEndian.Uint64(v[n-8:])
		for i := 0; i < n-8; i += 8 {
			all |= binary.LittleEndian.Uint64(v[i:])
		}
	case n >= 4:
		all = uint64(binary.LittleEndian.Uint32(v) | binary.LittleEndian.Uint32(v[n-4:]))
	default:
		for _, c := range v {
			all |= uint64(c)
		}
	}
	return all&0x8080_8080_8080_8080 == 0
}

// replaceInvalid returns v with U+FFFD for what is no UTF-8. The Go way would be one for each bad byte; .NET, like
// browsers, has one for each start of a character that breaks off.
func replaceInvalid(v []byte) string {
	text := make([]byte, 0, len(v)+2*utf8.UTFMax)
	for len(v) > 0 {
		char, length := utf8.DecodeRune(v)
		if char == utf8.RuneError && length == 1 {
			length = brokenOff(v)
		}
		text = utf8.AppendRune(text, char)
		v = v[length:]
	}
	return string(text)
}

// brokenOff returns how many bytes of v, which begins with no character, could have become one.
func brokenOff(v []byte) int {
	n := 1
	for n < len(v) && !utf8.FullRune(v[:n+1]) {
		n++
	}
	return n
}
