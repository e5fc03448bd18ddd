package wire

import (
	"bytes"
	"cmp"
	"slices"
)

// Maps are written sorted by key, so that equal messages have equal bytes. The keys go into room, which generated code
// keeps on the stack; a map that is larger costs one allocation.

// SortedKeys appends the keys of m to room, in ascending order.
func SortedKeys[K cmp.Ordered, V any](room []K, m map[K]V) []K {
	room = appendKeys(room, m)
	slices.Sort(room)
	return room
}

// SortedIDs is [SortedKeys] for keys like [GUID], which are compared byte by byte.
func SortedIDs[K ~[16]byte, V any](room []K, m map[K]V) []K {
	room = appendKeys(room, m)
	slices.SortFunc(room, func(a, b K) int {
		x, y := [16]byte(a), [16]byte(b)
		return bytes.Compare(x[:], y[:])
	})
	return room
}

// SortedBools is [SortedKeys] for truth values, of which false comes first.
func SortedBools[K ~bool, V any](room []K, m map[K]V) []K {
	room = appendKeys(room, m)
	slices.SortFunc(room, func(a, b K) int { return int(truth(bool(a))) - int(truth(bool(b))) })
	return room
}

func appendKeys[K comparable, V any](room []K, m map[K]V) []K {
	for k := range m {
		room = append(room, k)
	}
	return room
}

// SizeHeader returns the length of tag and length of a length-delimited field whose content has n bytes.
func SizeHeader(field, n int) int {
	return SizeTag(field) + SizeVarint(uint64(n))
}
