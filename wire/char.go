package wire

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// A Char is a .NET char: one UTF-16 unit. On the wire it is a number. Half of a surrogate pair, which is no character
// of its own, is shown as U+FFFD.
type Char uint16

// String returns the character.
func (c Char) String() string {
	return string(rune(c))
}

// MarshalText returns the character. It makes a Char a JSON string.
func (c Char) MarshalText() ([]byte, error) {
	return utf8.AppendRune(nil, rune(c)), nil
}

// UnmarshalText reads a single character of one UTF-16 unit. Other text is an error wrapping [ErrText].
func (c *Char) UnmarshalText(text []byte) error {
	char, length := utf8.DecodeRune(text)
	if length != len(text) || length == 0 || char > math.MaxUint16 || char == utf8.RuneError && length == 1 {
		return fmt.Errorf("char %q: %w", clip(text), ErrText)
	}
	*c = Char(char)
	return nil
}

// Char reads a number and fails when it does not fit into 16 bits.
func (r *Reader) Char() Char {
	return Char(r.Uint16())
}
