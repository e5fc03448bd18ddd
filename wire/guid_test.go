package wire_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/wire"
)

const guidExample = "00112233-4455-6677-8899-aabbccddeeff"

func mustParseGUID(tb testing.TB, text string) wire.GUID {
	tb.Helper()
	g, err := wire.ParseGUID(text)
	check(tb, err)
	return g
}

func TestGUIDOnTheWire(t *testing.T) {
	g := mustParseGUID(t, guidExample)
	t.Run("X03 the first three groups are little endian, the others as written", func(t *testing.T) {
		want := unhex(t, "093322110055447766118899aabbccddeeff")
		if got := wire.AppendGUIDContent(nil, g); string(got) != string(want) {
			t.Errorf("content = %x, want %x", got, want)
		}
		if got := wire.AppendGUID(nil, 1, g); string(got) != "\x0a\x12"+string(want) {
			t.Errorf("field = %x, want 0a12 and %x", got, want)
		}
	})
	t.Run("the layout goes both ways", func(t *testing.T) {
		layout := g.Layout()
		if want := unhex(t, "33221100554477668899aabbccddeeff"); string(layout[:]) != string(want) {
			t.Errorf("layout = %x, want %x", layout, want)
		}
		if got := wire.GUIDFromLayout(layout); got != g {
			t.Errorf("GUIDFromLayout = %v, want %v", got, g)
		}
	})
	t.Run("the content of the zero GUID has all bytes, its field has none", func(t *testing.T) {
		if got := wire.AppendGUIDContent(nil, wire.GUID{}); len(got) != wire.GUIDLength {
			t.Errorf("content = %x, want %d bytes", got, wire.GUIDLength)
		}
		if got := wire.AppendGUID(nil, 1, wire.GUID{}); string(got) != "\x0a\x00" {
			t.Errorf("field = %x, want 0a00", got)
		}
	})
}

func TestReadGUID(t *testing.T) {
	tests := map[string]struct{ message, want string }{
		"as written":             {"0a12 093322110055447766 118899aabbccddeeff", guidExample},
		"its halves swapped":     {"0a12 118899aabbccddeeff 093322110055447766", guidExample},
		"the second half alone":  {"0a09 118899aabbccddeeff", "00000000-0000-0000-8899-aabbccddeeff"},
		"the first half alone":   {"0a09 093322110055447766", "00112233-4455-6677-0000-000000000000"},
		"nothing is zero":        {"0a00", "00000000-0000-0000-0000-000000000000"},
		"with an unknown field":  {"0a14 1801 093322110055447766 118899aabbccddeeff", guidExample},
		"a half sent twice":      {"0a1b 090000000000000000 093322110055447766 118899aabbccddeeff", guidExample},
		"a length in two bytes":  {"0a9200 093322110055447766 118899aabbccddeeff", guidExample},
		"its halves as varints":  {"0a04 0801 1002", "00000001-0000-0000-0200-000000000000"},
		"followed by a field":    {"0a12 093322110055447766 118899aabbccddeeff 1001", guidExample},
		"18 bytes of other tags": {"0a12 193322110055447766 118899aabbccddeeff", "00000000-0000-0000-8899-aabbccddeeff"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readField(t, "GUID", tc.message)
			if got != mustParseGUID(t, tc.want) || err != nil {
				t.Errorf("GUID of %s = %v, %v, want %s", tc.message, got, err, tc.want)
			}
		})
	}
}

func TestGUIDText(t *testing.T) {
	t.Run("upper case is read, lower case is written", func(t *testing.T) {
		if got := mustParseGUID(t, strings.ToUpper(guidExample)).String(); got != guidExample {
			t.Errorf("String = %s, want %s", got, guidExample)
		}
	})
	t.Run("it is a JSON string", func(t *testing.T) {
		text, err := json.Marshal(mustParseGUID(t, guidExample))
		check(t, err)
		var back wire.GUID
		check(t, json.Unmarshal(text, &back))
		if string(text) != `"`+guidExample+`"` || back.String() != guidExample {
			t.Errorf("JSON %s came back as %v", text, back)
		}
	})
	for name, text := range map[string]string{
		"nothing":                   "",
		"too short":                 guidExample[1:],
		"too long":                  guidExample + "0",
		"no hexadecimal digit":      "g" + guidExample[1:],
		"a dash in another place":   "0011223-34455-6677-8899-aabbccddeeff",
		"no dashes":                 "00112233445566778899aabbccddeeff",
		"braces":                    "{" + guidExample + "}",
		"a digit instead of a dash": strings.ReplaceAll(guidExample, "-", "0"),
	} {
		t.Run(name+" is no GUID", func(t *testing.T) {
			g := wire.GUID{1}
			if err := g.UnmarshalText([]byte(text)); !errors.Is(err, wire.ErrText) || g != (wire.GUID{1}) {
				t.Errorf("UnmarshalText(%q) = %v and %v, want ErrText and no change", text, err, g)
			}
		})
	}
}

func TestNewGUID(t *testing.T) {
	seen := make(map[wire.GUID]bool)
	for range 1000 {
		g := wire.NewGUID()
		if text := g.String(); text[14] != '4' || g[8]>>6 != 0b10 {
			t.Fatalf("%s is not of version 4", text)
		}
		if seen[g] {
			t.Fatalf("%s came twice", g)
		}
		seen[g] = true
	}
}
