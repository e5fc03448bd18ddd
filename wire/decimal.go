package wire

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strings"
)

// MaxScale is the greatest number of digits that a [Decimal] has after its point.
const MaxScale = 28

// A Decimal is a .NET decimal: a whole number of 96 bits, divided by a power of ten, with a sign. It keeps the zeros at
// its end, so 1.0 and 1.00 are different values of the same size: == tells them apart, [Decimal.Compare] does not.
// The zero Decimal is 0.
type Decimal struct {
	lo       uint64
	hi       uint32
	scale    uint8 // digits after the point, at most MaxScale
	negative bool
}

// NewDecimal returns (hi·2⁶⁴ + lo) / 10^scale, negative where asked. A scale above [MaxScale] is an error wrapping
// [ErrValue].
func NewDecimal(hi uint32, lo uint64, scale uint8, negative bool) (Decimal, error) {
	if scale > MaxScale {
		return Decimal{}, fmt.Errorf("decimal of scale %d: %w", scale, ErrValue)
	}
	return Decimal{lo: lo, hi: hi, scale: scale, negative: negative}, nil
}

// ParseDecimal reads digits with an optional minus before and an optional point among them. Other text is an error
// wrapping [ErrText]. A number that would have to be rounded, because it has more than 96 bits or more than [MaxScale]
// digits after the point, is one wrapping [ErrOverflow].
func ParseDecimal(text string) (Decimal, error) {
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, hasPoint := strings.Cut(digits, ".")
	d, err := parseDigits(whole + fraction)
	switch {
	case err == nil && (whole == "" || hasPoint && fraction == ""):
		err = ErrText
	case err == nil && len(fraction) > MaxScale:
		err = ErrOverflow
	}
	if err != nil {
		return Decimal{}, fmt.Errorf("decimal %q: %w", clip([]byte(text)), err)
	}
	d.scale, d.negative = uint8(len(fraction)), negative
	return d, nil
}

// parseDigits returns digits as a decimal without point and sign.
func parseDigits(digits string) (Decimal, error) {
	var d Decimal
	fits := true
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return Decimal{}, ErrText
		}
		if fits {
			d, fits = d.withDigit(c - '0')
		}
	}
	if !fits {
		return Decimal{}, ErrOverflow
	}
	return d, nil
}

// withDigit returns d with one more digit at the end of its whole number, unless that becomes too large.
func (d Decimal) withDigit(digit byte) (Decimal, bool) {
	top, lo := bits.Mul64(d.lo, 10)
	lo, carry := bits.Add64(lo, uint64(digit), 0)
	hi := uint64(d.hi)*10 + top + carry
	d.hi, d.lo = uint32(hi), lo
	return d, hi <= math.MaxUint32
}

// withoutDigit returns d without the last digit of its whole number, and that digit.
func (d Decimal) withoutDigit() (shorter Decimal, digit byte) {
	lo, last := bits.Div64(uint64(d.hi%10), d.lo, 10)
	d.hi, d.lo = d.hi/10, lo
	return d, byte(last)
}

// Parts returns what [NewDecimal] takes.
func (d Decimal) Parts() (hi uint32, lo uint64, scale uint8, negative bool) {
	return d.hi, d.lo, d.scale, d.negative
}

// IsZero reports whether d is a zero of any scale and sign.
func (d Decimal) IsZero() bool {
	return d.lo == 0 && d.hi == 0
}

// Compare returns -1, 0 or 1 as d is less than, as large as, or greater than other. Scales do not matter to it, nor does
// the sign of a zero.
func (d Decimal) Compare(other Decimal) int {
	if d.scale == other.scale && !d.negative && !other.negative {
		return cmp.Or(cmp.Compare(d.hi, other.hi), cmp.Compare(d.lo, other.lo))
	}
	scale := max(d.scale, other.scale)
	return d.whole(scale).Cmp(other.whole(scale))
}

// whole returns d·10^scale, where scale is not below that of d.
func (d Decimal) whole(scale uint8) *big.Int {
	n := new(big.Int).SetUint64(uint64(d.hi))
	n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(d.lo))
	n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale-d.scale)), nil))
	if d.negative {
		n.Neg(n)
	}
	return n
}

// maxDecimalText is the length of the longest text: sign, a zero, a point, 29 digits at most.
const maxDecimalText = 32

// String returns the digits with all zeros that d keeps at its end. As in .NET a negative zero shows no sign.
func (d Decimal) String() string {
	text, _ := d.AppendText(make([]byte, 0, maxDecimalText))
	return string(text)
}

// AppendText appends what [Decimal.String] returns. The error is always nil.
func (d Decimal) AppendText(b []byte) ([]byte, error) {
	if d.negative && !d.IsZero() {
		b = append(b, '-')
	}
	var text [maxDecimalText]byte
	first := len(text)
	for n := 0; n <= int(d.scale) || !d.IsZero(); n++ {
		if n == int(d.scale) && n > 0 {
			first--
			text[first] = '.'
		}
		rest, digit := d.withoutDigit()
		first--
		text[first] = '0' + digit
		d = rest
	}
	return append(b, text[first:]...), nil
}

// MarshalText returns what [Decimal.String] returns. It makes a Decimal a JSON string: a JSON number would lose digits.
func (d Decimal) MarshalText() ([]byte, error) {
	return d.AppendText(nil)
}

// UnmarshalText reads what [ParseDecimal] reads, and leaves d alone when that fails.
func (d *Decimal) UnmarshalText(text []byte) error {
	parsed, err := ParseDecimal(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}

// signScale is the third field of bcl.Decimal.
func (d Decimal) signScale() uint64 {
	v := uint64(d.scale) << 1
	if d.negative {
		v |= 1
	}
	return v
}

// AppendDecimal appends v as a bcl.Decimal field. Parts that are zero are left out; a zero keeps its scale and sign.
//
//	uint64 lo = 1; uint32 hi = 2; uint32 sign_scale = 3
func AppendDecimal(b []byte, field int, v Decimal) []byte {
	b, mark := Begin(b, field)
	if v.lo != 0 {
		b = AppendUint(b, 1, v.lo)
	}
	if v.hi != 0 {
		b = AppendUint(b, 2, uint64(v.hi))
	}
	if s := v.signScale(); s != 0 {
		b = AppendUint(b, 3, s)
	}
	return End(b, mark)
}

// SizeDecimal returns the length of what [AppendDecimal] appends.
func SizeDecimal(field int, v Decimal) int {
	n := 0
	if v.lo != 0 {
		n += SizeUint(1, v.lo)
	}
	if v.hi != 0 {
		n += SizeUint(2, uint64(v.hi))
	}
	if s := v.signScale(); s != 0 {
		n += SizeUint(3, s)
	}
	return SizeBytes(field, n)
}

// Decimal reads a bcl.Decimal. A scale above [MaxScale] is an [ErrValue].
func (r *Reader) Decimal() Decimal {
	var d Decimal
	var signScale uint32
	outer := r.Enter()
	for r.Next() {
		switch r.Field() {
		case 1:
			d.lo = r.Uint64()
		case 2:
			d.hi = r.Uint32()
		case 3:
			signScale = r.Uint32()
		default:
			r.Skip()
		}
	}
	r.Leave(outer)
	if signScale>>1 > MaxScale {
		r.Fail(ErrValue)
		return Decimal{}
	}
	d.scale, d.negative = uint8(signScale>>1), signScale&1 == 1
	return d
}
