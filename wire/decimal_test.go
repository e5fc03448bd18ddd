package wire_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/wire"
)

func mustParseDecimal(tb testing.TB, text string) wire.Decimal {
	tb.Helper()
	d, err := wire.ParseDecimal(text)
	check(tb, err)
	return d
}

func TestDecimalText(t *testing.T) {
	for text, want := range map[string]string{
		"0":                               "0",
		"000":                             "0",
		"007.50":                          "7.50",
		"0.00":                            "0.00",
		"-0.00":                           "0.00", // .NET shows no sign either
		"-1.5":                            "-1.5",
		"0.0000000000000000000000000001":  "0.0000000000000000000000000001",
		"79228162514264337593543950335":   "79228162514264337593543950335",
		"-7.9228162514264337593543950335": "-7.9228162514264337593543950335",
		strings.Repeat("0", 99) + "1.0":   "1.0",
	} {
		t.Run(text, func(t *testing.T) {
			if got := mustParseDecimal(t, text).String(); got != want {
				t.Errorf("String = %s, want %s", got, want)
			}
		})
	}
	for text, want := range map[string]error{
		"":                                wire.ErrText,
		"-":                               wire.ErrText,
		".":                               wire.ErrText,
		".5":                              wire.ErrText,
		"5.":                              wire.ErrText,
		"+5":                              wire.ErrText,
		"--5":                             wire.ErrText,
		"1e5":                             wire.ErrText,
		"1,5":                             wire.ErrText,
		"1.2.3":                           wire.ErrText,
		"1 000":                           wire.ErrText,
		strings.Repeat("9", 99) + "x":     wire.ErrText,
		"79228162514264337593543950336":   wire.ErrOverflow,
		"0." + strings.Repeat("0", 29):    wire.ErrOverflow,
		"0." + strings.Repeat("0", 1_000): wire.ErrOverflow,
	} {
		t.Run("no decimal: "+text, func(t *testing.T) {
			d := mustParseDecimal(t, "7")
			if err := d.UnmarshalText([]byte(text)); !errors.Is(err, want) || d.String() != "7" {
				t.Errorf("UnmarshalText = %v and %v, want %v and no change", err, d, want)
			}
		})
	}
	t.Run("it is a JSON string", func(t *testing.T) {
		text, err := json.Marshal(mustParseDecimal(t, "1.50"))
		check(t, err)
		var back wire.Decimal
		check(t, json.Unmarshal(text, &back))
		if string(text) != `"1.50"` || back.String() != "1.50" {
			t.Errorf("JSON %s came back as %v", text, back)
		}
	})
}

func TestDecimalCompare(t *testing.T) {
	tests := map[string]struct {
		a, b string
		want int
	}{
		"zeros at the end do not matter":      {"1.0", "1.000", 0},
		"the sign of zero does not matter":    {"-0.0", "0", 0},
		"a tenth more":                        {"1.1", "1", 1},
		"a negative is less":                  {"-1", "1", -1},
		"of two negatives the larger is less": {"-2", "-1.5", -1},
		"the same scale, by the high part":    {"18446744073709551616", "18446744073709551615", 1},
		"the same scale, by the low part":     {"5", "6", -1},
		"scales that are far apart":           {"79228162514264337593543950335", "0.0000000000000000000000000001", 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a, b := mustParseDecimal(t, tc.a), mustParseDecimal(t, tc.b)
			if got := a.Compare(b); got != tc.want {
				t.Errorf("%s compared with %s = %d, want %d", tc.a, tc.b, got, tc.want)
			}
			if got := b.Compare(a); got != -tc.want {
				t.Errorf("%s compared with %s = %d, want %d", tc.b, tc.a, got, -tc.want)
			}
		})
	}
}

func TestDecimalParts(t *testing.T) {
	d, err := wire.NewDecimal(1, 2, 3, true)
	check(t, err)
	if hi, lo, scale, negative := d.Parts(); hi != 1 || lo != 2 || scale != 3 || !negative {
		t.Errorf("Parts = %d, %d, %d, %t, want 1, 2, 3, true", hi, lo, scale, negative)
	}
	if d.String() != "-18446744073709551.618" {
		t.Errorf("String = %v, want -18446744073709551.618", d)
	}
	if _, err := wire.NewDecimal(0, 0, 29, false); !errors.Is(err, wire.ErrValue) {
		t.Errorf("a scale of 29 gives %v, want ErrValue", err)
	}
	if !mustParseDecimal(t, "-0.00").IsZero() || d.IsZero() {
		t.Error("IsZero is true for zeros of every scale and sign, and only for them")
	}
}

func TestReadDecimal(t *testing.T) {
	tests := map[string]struct{ message, want string }{
		"fields in another order":    {"0a06 1803 080f 1000", "-1.5"},
		"an empty sub-message":       {"0a00", "0"},
		"an unknown field":           {"0a07 3d00000000 0801", "1"},
		"the last value wins":        {"0a04 0801 0802", "2"},
		"a scale without a mantissa": {"0a02 1804", "0.00"},
		"the low part as fixed64":    {"0a09 090f00000000000000", "15"},
		"the greatest scale":         {"0a04 0801 1838", "0.0000000000000000000000000001"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readField(t, "Decimal", tc.message)
			if d, ok := got.(wire.Decimal); !ok || d.String() != tc.want || err != nil {
				t.Errorf("Decimal of %s = %v, %v, want %s", tc.message, got, err, tc.want)
			}
		})
	}
}

func TestChar(t *testing.T) {
	for char, want := range map[wire.Char]string{
		0: `"\u0000"`, 'a': `"a"`, 'ž': `"ž"`, 0xffff: "\"\uffff\"", 0xd800: "\"\uFFFD\"",
	} {
		t.Run("JSON "+want, func(t *testing.T) {
			text, err := json.Marshal(char)
			check(t, err)
			var back wire.Char
			check(t, json.Unmarshal(text, &back))
			if string(text) != want || back.String() != char.String() {
				t.Errorf("JSON %s came back as %q, want %s", text, back, want)
			}
		})
	}
	for _, text := range []string{"", "ab", "🦓", "\xff"} {
		c := wire.Char('x')
		if err := c.UnmarshalText([]byte(text)); !errors.Is(err, wire.ErrText) || c != 'x' {
			t.Errorf("UnmarshalText(%q) = %v and %v, want ErrText and no change", text, err, c)
		}
	}
}
