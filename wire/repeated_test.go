package wire_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/wire"
)

// lists is a message of repeated fields, read as generated code reads them.
type lists struct {
	Texts    []station
	Values   []named
	Pointers []*named
	Far      []string
	Ints     []int32
	Bytes    []uint8
	After    uint64
}

type station string

type named struct{ Name string }

func (m *named) ZebusRead(r *wire.Reader) {
	for r.Next() {
		switch r.Field() {
		case 1:
			m.Name = r.String()
		default:
			r.Skip()
		}
	}
}

func (m *lists) ZebusRead(r *wire.Reader) {
	var sparePointers wire.Spare[named]
	for r.Next() {
		switch r.Field() {
		case 1:
			m.Texts = wire.ReadStrings(r, m.Texts)
		case 2:
			m.Values = wire.Extend(r, m.Values)
			outer := r.Enter()
			m.Values[len(m.Values)-1].ZebusRead(r)
			r.Leave(outer)
		case 3:
			m.Pointers = sparePointers.Extend(r, m.Pointers)
			outer := r.Enter()
			m.Pointers[len(m.Pointers)-1].ZebusRead(r)
			r.Leave(outer)
		case 4:
			m.Ints = wire.ReadInts(r, m.Ints)
		case 5:
			m.Bytes = wire.ReadInts(r, m.Bytes)
		case 7:
			m.After = r.Uint64()
		case 300:
			m.Far = wire.ReadStrings(r, m.Far)
		default:
			r.Skip()
		}
	}
}

func readLists(b []byte) (*lists, error) {
	m := new(lists)
	r := wire.NewReader(b)
	m.ZebusRead(&r)
	return m, r.Err()
}

func TestReadElements(t *testing.T) {
	long := strings.Repeat("z", 300)
	tests := map[string]struct {
		message string
		want    lists
	}{
		"none": {"", lists{}},
		"one":  {"0a0161 1204 12026162 1a04 12026162", lists{Texts: []station{"a"}, Values: []named{{}}, Pointers: []*named{{}}}},
		"two in a row": {
			"0a0161 0a0162 12030a0163 1200 1a030a0164 1a00",
			lists{Texts: []station{"a", "b"}, Values: []named{{Name: "c"}, {}}, Pointers: []*named{{Name: "d"}, {}}},
		},
		"others in between": {
			"0a0161 12030a0163 0a0162 1a030a0164 1200 1a00",
			lists{Texts: []station{"a", "b"}, Values: []named{{Name: "c"}, {}}, Pointers: []*named{{Name: "d"}, {}}},
		},
		"in a row twice": {
			"0a0161 0a0162 3005 0a0163 0a0164 3005",
			lists{Texts: []station{"a", "b", "c", "d"}},
		},
		"a tag of two bytes": {"e2120161 e2120162 e21200", lists{Far: []string{"a", "b", ""}}},
		"a tag that is longer than needed is met again": {
			"8a000161 0a0162",
			lists{Texts: []station{"a", "b"}},
		},
		"lengths of two bytes": {
			"0aac02" + hex.EncodeToString([]byte(long)) + "0aac02" + hex.EncodeToString([]byte(long)),
			lists{Texts: []station{station(long), station(long)}},
		},
		"numbers of all wire types": {
			"2001 20ac02 25feffffff 21fdffffffffffffff 2204 0102ac02 28ff01 2a03 01ff01",
			lists{Ints: []int32{1, 300, -2, -3, 1, 2, 300}, Bytes: []uint8{255, 1, 255}},
		},
		"negative numbers":          {"20feffffffffffffffff01 220a fdffffffffffffffff01", lists{Ints: []int32{-2, -3}}},
		"an empty block is not nil": {"2200", lists{Ints: []int32{}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			tc.want.After = 7
			got, err := readLists(unhex(t, strings.ReplaceAll(tc.message, " ", "")+"3807"))
			if diff := cmp.Diff(&tc.want, got); diff != "" || err != nil {
				t.Errorf("read %s: %v, and differs (-want +got):\n%s", tc.message, err, diff)
			}
		})
	}
}

func TestReadElementsErrors(t *testing.T) {
	tests := map[string]struct {
		message string
		want    error
		at      string
	}{
		"a text that breaks off":                      {"0a0161 0a0262", wire.ErrTruncated, "field 1 at byte 5"},
		"an element that breaks off":                  {"1200 1205", wire.ErrTruncated, "field 2"},
		"an element behind a pointer that does":       {"1a00 1a030a", wire.ErrTruncated, "field 3"},
		"an error inside an element":                  {"1a00 1a020d 00", wire.ErrWireType, "field 1"},
		"a length without end":                        {"0a0161 0affffffff", wire.ErrTruncated, "field 1 at byte 4"},
		"a tag without end":                           {"0a0161 8a", wire.ErrTruncated, ""},
		"texts as numbers":                            {"0801", wire.ErrWireType, "field 1"},
		"a number that does not fit":                  {"288002", wire.ErrOverflow, "field 5"},
		"a packed number that does not fit":           {"2a03 018002", wire.ErrOverflow, "field 5 at byte 3"},
		"a packed number that breaks off":             {"2202 0180 0801", wire.ErrTruncated, "field 4 at byte 3"},
		"a packed number of eleven bytes":             {"220b 8080808080808080808001", wire.ErrOverflow, "field 4 at byte 2"},
		"a block that breaks off":                     {"2205 01", wire.ErrTruncated, "field 4"},
		"numbers as a group":                          {"23", wire.ErrWireType, "field 4"},
		"a negative fixed32 for an unsigned number":   {"2dffffffff", wire.ErrOverflow, "field 5"},
		"a fixed64 that is too large for a 32 bits":   {"21 0000000001000000", wire.ErrOverflow, "field 4"},
		"a number of 33 bits among others that fit":   {"2206 01 ffffffff0f", wire.ErrOverflow, "field 4 at byte 3"},
		"a field number zero behind the last element": {"0a0161 0001", wire.ErrTag, "field 0"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := readLists(unhex(t, strings.ReplaceAll(tc.message, " ", "")))
			if !errors.Is(err, tc.want) || !strings.Contains(fmt.Sprint(err), tc.at) {
				t.Errorf("read %s = %v, want %v with %q", tc.message, err, tc.want, tc.at)
			}
		})
	}
}

// Room is made once for a row of elements, and for no more than there are.
func TestElementsAllocations(t *testing.T) {
	const count = 40
	var texts, values, pointers []byte
	for range count {
		texts = wire.AppendString(texts, 1, "")
		values = wire.AppendBytes(values, 2, nil)
		pointers = wire.AppendBytes(pointers, 3, nil)
	}
	tests := map[string]struct {
		message []byte
		length  func(m *lists) (elements, room int)
		most    float64
	}{
		"texts":                            {texts, func(m *lists) (int, int) { return len(m.Texts), cap(m.Texts) }, 2},
		"values":                           {values, func(m *lists) (int, int) { return len(m.Values), cap(m.Values) }, 2},
		"pointers, and sixteen at a time":  {pointers, func(m *lists) (int, int) { return len(m.Pointers), cap(m.Pointers) }, 2 + count/16 + 1},
		"pointers, of which one is left":   {pointers[:66], func(m *lists) (int, int) { return len(m.Pointers), cap(m.Pointers) }, 2 + 5},
		"an announced gigabyte, not there": {append(texts[:4:4], 0x0a, 0xff, 0xff, 0xff, 0xff, 3), func(*lists) (int, int) { return 0, 0 }, 9},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var m *lists
			allocs := testing.AllocsPerRun(10, func() { m, _ = readLists(tc.message) })
			if elements, room := tc.length(m); room != elements || allocs > tc.most {
				t.Errorf("%d elements, room for %d, %v allocations, want at most %v", elements, room, allocs, tc.most)
			}
		})
	}
}

// A slice that is used again keeps its memory, and elements that somebody else still has are left alone.
func TestExtendAgain(t *testing.T) {
	message := unhex(t, "12030a01611a030a0162")
	first, err := readLists(message)
	if err != nil {
		t.Fatal(err)
	}
	kept := first.Pointers[0]
	first.Values, first.Pointers = first.Values[:0], first.Pointers[:0]
	r := wire.NewReader(unhex(t, "12001a030a0163"))
	first.ZebusRead(&r)
	want := &lists{Values: []named{{}}, Pointers: []*named{{Name: "c"}}}
	if diff := cmp.Diff(want, first); diff != "" || kept.Name != "b" {
		t.Errorf("kept %q, and differs (-want +got):\n%s", kept.Name, diff)
	}
}

func TestShortTextsShareMemory(t *testing.T) {
	const count = 100
	message := []byte{}
	var want []station
	for i := range count {
		text := strings.Repeat("ž", i%40)
		message = wire.AppendString(message, 1, text)
		want = append(want, station(text))
	}
	got, err := readLists(message)
	if diff := cmp.Diff(want, got.Texts); diff != "" || err != nil {
		t.Errorf("%v, and differs (-want +got):\n%s", err, diff)
	}
	short := []byte{}
	for range count {
		short = wire.AppendString(short, 1, "Paris")
	}
	if got := testing.AllocsPerRun(10, func() { _, _ = readLists(short) }); got > 6 { // the message, its slice, and blocks
		t.Errorf("%v allocations for %d short texts", got, count)
	}
}
