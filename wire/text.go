package wire

import "unicode/utf8"

// View returns the content of a length-delimited field without copying it. It is valid as long as the bytes behind
// the reader are.
func (r *Reader) View() []byte {
	if r.typ != Bytes {
		r.Fail(ErrWireType)
		return nil
	}
	n, ok := r.oneByte()
	if !ok {
		n = r.longVarint()
	}
	if b, ok := r.ahead(n); ok {
		return b
	}
	return r.take(n) // fails
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
	return replaceInvalid(v)
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
