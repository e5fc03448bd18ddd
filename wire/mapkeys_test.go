package wire_test

import (
	"slices"
	"testing"

	"github.com/zebus-go/zebus/wire"
)

func TestKeysAreSorted(t *testing.T) {
	t.Run("texts and numbers ascend", func(t *testing.T) {
		if got := wire.SortedKeys(nil, map[string]bool{"b": true, "": true, "a": false}); !slices.Equal(got, []string{"", "a", "b"}) {
			t.Errorf("keys %q", got)
		}
		if got := wire.SortedKeys(nil, map[int8]bool{1: true, -1: true, 0: false}); !slices.Equal(got, []int8{-1, 0, 1}) {
			t.Errorf("keys %d", got)
		}
	})
	t.Run("identifiers ascend byte by byte", func(t *testing.T) {
		low, high := wire.GUID{0: 1, 15: 9}, wire.GUID{0: 2}
		if got := wire.SortedIDs(nil, map[wire.GUID]int{high: 1, low: 2}); !slices.Equal(got, []wire.GUID{low, high}) {
			t.Errorf("keys %v", got)
		}
	})
	t.Run("false comes first", func(t *testing.T) {
		if got := wire.SortedBools(nil, map[bool]int{true: 1, false: 2}); !slices.Equal(got, []bool{false, true}) {
			t.Errorf("keys %v", got)
		}
	})
	t.Run("keys that have room cost no allocation", func(t *testing.T) {
		m := map[string]int{"b": 1, "a": 2}
		if n := testing.AllocsPerRun(10, func() { wire.SortedKeys(make([]string, 0, 16), m) }); n != 0 {
			t.Errorf("%v allocations, want none", n)
		}
	})
}

func TestSizeHeader(t *testing.T) {
	for _, n := range []int{0, 127, 128, 20000} {
		if got, want := wire.SizeHeader(16, n), wire.SizeBytes(16, n)-n; got != want {
			t.Errorf("SizeHeader(16, %d) = %d, want %d", n, got, want)
		}
	}
}
