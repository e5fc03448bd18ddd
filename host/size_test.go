package host_test

import (
	"errors"
	"math"
	"testing"

	"github.com/zebus-go/zebus/host"
)

func TestParseSize(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want host.Size
		form string
	}{
		"plain bytes":              {"4095", 4095, "4095B"},
		"bytes with their unit":    {"10 B", 10, "10B"},
		"a binary unit":            {"64MiB", 64 << 20, "64MiB"},
		"case does not count":      {"2gib", 2 << 30, "2GiB"},
		"spaces around and inside": {" 8 KiB ", 8 << 10, "8KiB"},
		"decimal units":            {"10kB", 10_000, "10000B"},
		"decimal mega":             {"3MB", 3_000_000, "3000000B"},
		"decimal giga":             {"1GB", 1_000_000_000, "1000000000B"},
		"nothing":                  {"0", 0, "0B"},
		"the largest":              {"9223372036854775807", math.MaxInt64, "9223372036854775807B"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := host.ParseSize(tc.text)
			if err != nil || got != tc.want || got.String() != tc.form {
				t.Errorf("ParseSize(%q) = %d, %v, %q, want %d, %q", tc.text, got, err, got, tc.want, tc.form)
			}
		})
	}
}

func TestParseSizeRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"nothing":            "",
		"no number":          "MiB",
		"a unit of time":     "64ms",
		"a fraction":         "1.5MiB",
		"a minus":            "-1",
		"two numbers":        "1 2",
		"one byte too many":  "9223372036854775808",
		"an overflow":        "9000000000GiB",
		"a number too large": "99999999999999999999999",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := host.ParseSize(text); !errors.Is(err, host.ErrInvalidValue) {
				t.Errorf("ParseSize(%q) = %d, %v, want ErrInvalidValue", text, got, err)
			}
		})
	}
}

func FuzzParseSize(f *testing.F) {
	for _, seed := range []string{"", "0", "64MiB", "10 kB", "1.5MiB", "9223372036854775807", "99999999999999999999999GB"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		size, err := host.ParseSize(text)
		if err != nil {
			return
		}
		if again, err := host.ParseSize(size.String()); again != size || err != nil {
			t.Fatalf("ParseSize(%q) = %d, written %q and read again %d, %v", text, size, size, again, err)
		}
	})
}
