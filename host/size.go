package host

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// A Size is a number of bytes.
type Size int64

// Binary units of a Size.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
)

// String returns the size with the largest binary unit that divides it: "64MiB", "1500B".
func (s Size) String() string {
	for _, unit := range []struct {
		size Size
		name string
	}{{GiB, "GiB"}, {MiB, "MiB"}, {KiB, "KiB"}} {
		if s != 0 && s%unit.size == 0 {
			return strconv.FormatInt(int64(s/unit.size), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}

// ParseSize reads a number of bytes with or without a unit, such as "64MiB", "10 kB" or "4096".
// KiB, MiB and GiB are powers of 1024, kB, MB and GB powers of 1000, in any case. An error
// wraps [ErrInvalidValue].
func ParseSize(text string) (Size, error) {
	number, name := cut(strings.TrimSpace(text), isDigit)
	unit := sizeUnit(strings.ToLower(strings.TrimSpace(name)))
	if number == "" || unit == 0 {
		return 0, invalid("%q is no size, want bytes or for example \"64MiB\"", text)
	}
	high, bytes := bits.Mul64(digits(number), uint64(unit))
	if high != 0 || bytes > math.MaxInt64 {
		return 0, invalid("%q is too large for a size", text)
	}
	return Size(bytes), nil
}

// sizeUnit returns the unit with that lower-case name, zero when there is none.
func sizeUnit(name string) Size {
	switch name {
	case "", "b":
		return 1
	case "kib":
		return KiB
	case "mib":
		return MiB
	case "gib":
		return GiB
	case "kb":
		return 1000
	case "mb":
		return 1000 * 1000
	case "gb":
		return 1000 * 1000 * 1000
	default:
		return 0
	}
}

// digits returns the value of a text of digits, the largest uint64 when it is too large for
// one. An empty text is zero.
func digits(text string) uint64 {
	var value uint64
	for _, d := range []byte(text) {
		high, product := bits.Mul64(value, 10)
		sum, carry := bits.Add64(product, uint64(d-'0'), 0)
		if high != 0 || carry != 0 {
			return math.MaxUint64
		}
		value = sum
	}
	return value
}
