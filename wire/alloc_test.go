package wire_test

import (
	"runtime"
	"testing"

	"github.com/zebus-go/zebus/wire"
)

func TestNoAllocations(t *testing.T) {
	m := newOrder()
	buf := m.ZebusAppend(nil)
	if m.ZebusSize() != len(buf) {
		t.Fatalf("size = %d, want %d", m.ZebusSize(), len(buf))
	}
	read := &order{Codes: make([]int32, 0, len(m.Codes))}
	tests := map[string]struct {
		do   func()
		most float64
	}{
		"size":                         {func() { m.ZebusSize() }, 0},
		"append into a buffer of size": {func() { buf = m.ZebusAppend(buf[:0]) }, 0},
		"read, with one for each of the two texts": {func() {
			r := wire.NewReader(buf)
			read.Codes = read.Codes[:0]
			read.ZebusRead(&r)
		}, 2},
		"the other encodings": {func() {
			b := wire.AppendDateTimeWellKnown(buf[:0], 1, m.At)
			b = wire.AppendDateTimeFixed(b, 2, m.At)
			b = wire.AppendTimeSpanWellKnown(b, 3, 5)
			b = wire.AppendPackedUint(b, 4, m.Codes)
			b = wire.AppendPackedFixed64(b, 4, m.Codes)
			r := wire.NewReader(b)
			for r.Next() {
				r.Skip()
			}
		}, 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := testing.AllocsPerRun(100, tc.do); got > tc.most {
				t.Errorf("%v allocations, want at most %v", got, tc.most)
			}
		})
	}
}

// A frame of a few bytes that announces a huge content must not make the reader provide for it.
func TestLengthsAreNotTrusted(t *testing.T) {
	for name, message := range map[string]string{
		"a text of 2 GiB":         "0affffffff07" + "61",
		"a block of 2 GiB":        "0affffffff07" + "01",
		"a text of 2^63 bytes":    "0a80808080808080808001" + "61",
		"a sub-message of 1 GiB":  "12ffffffff03" + "08",
		"a block of 2^64-1 bytes": "0affffffffffffffffff01" + "01",
	} {
		t.Run(name, func(t *testing.T) {
			b := unhex(t, message)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _ = readInts(b)
			r := wire.NewReader(b)
			for r.Next() {
				_ = r.Bytes()
			}
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > 64<<10 {
				t.Errorf("%d bytes allocated for %d bytes", got, len(b))
			}
		})
	}
}
