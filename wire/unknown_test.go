package wire_test

import (
	"bytes"
	"testing"

	"github.com/zebus-go/zebus/wire"
)

func TestAppendField(t *testing.T) {
	tests := map[string][]byte{
		"a varint":        {0x08, 0xac, 0x02},
		"a fixed64":       {0x09, 1, 2, 3, 4, 5, 6, 7, 8},
		"bytes":           {0xfa, 0x07, 2, 'h', 'i'},
		"a fixed32":       {0x0d, 1, 2, 3, 4},
		"a group":         {0x0b, 0x08, 0x01, 0x0c},
		"nested groups":   {0x0b, 0x13, 0x14, 0x0c},
		"an empty string": {0x0a, 0x00},
	}
	for name, field := range tests {
		t.Run(name+" is appended as it came, and passed over", func(t *testing.T) {
			r := wire.NewReader(append(bytes.Clone(field), 0x10, 0x01))
			if !r.Next() {
				t.Fatal(r.Err())
			}
			if got := r.AppendField([]byte("head")); !bytes.Equal(got, append([]byte("head"), field...)) {
				t.Errorf("%x, want %x behind the head", got, field)
			}
			if !r.Next() || r.Field() != 2 || r.Int32() != 1 {
				t.Errorf("then field %d, error %v", r.Field(), r.Err())
			}
		})
	}
	t.Run("a field that is cut off is not appended", func(t *testing.T) {
		r := wire.NewReader([]byte{0x0a, 5, 'x'})
		r.Next()
		if got := r.AppendField(nil); got != nil || r.Err() == nil {
			t.Errorf("%x, error %v", got, r.Err())
		}
	})
}

func TestSmallZigzags(t *testing.T) {
	read := func(v int64, method func(*wire.Reader) int64) (int64, error) {
		r := wire.NewReader(wire.AppendSint(nil, 1, v))
		r.Next()
		got := method(&r)
		return got, r.Err()
	}
	eight := func(r *wire.Reader) int64 { return int64(r.Sint8()) }
	sixteen := func(r *wire.Reader) int64 { return int64(r.Sint16()) }
	tests := []struct {
		name   string
		method func(*wire.Reader) int64
		v      int64
		fits   bool
	}{
		{"the least of 8 bits", eight, -128, true},
		{"the most of 8 bits", eight, 127, true},
		{"more than 8 bits", eight, 128, false},
		{"the least of 16 bits", sixteen, -32768, true},
		{"the most of 16 bits", sixteen, 32767, true},
		{"less than 16 bits", sixteen, -32769, false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, err := read(tc.v, tc.method)
			if tc.fits && (err != nil || got != tc.v) || !tc.fits && err == nil {
				t.Errorf("%d, error %v", got, err)
			}
		})
	}
}
