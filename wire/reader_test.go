package wire_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/wire"
)

// readers are the methods that read one value, by name.
var readers = map[string]func(r *wire.Reader) any{
	"Bool":              func(r *wire.Reader) any { return r.Bool() },
	"Int":               func(r *wire.Reader) any { return r.Int() },
	"Int8":              func(r *wire.Reader) any { return r.Int8() },
	"Int16":             func(r *wire.Reader) any { return r.Int16() },
	"Int32":             func(r *wire.Reader) any { return r.Int32() },
	"Int64":             func(r *wire.Reader) any { return r.Int64() },
	"Uint":              func(r *wire.Reader) any { return r.Uint() },
	"Uint8":             func(r *wire.Reader) any { return r.Uint8() },
	"Uint16":            func(r *wire.Reader) any { return r.Uint16() },
	"Uint32":            func(r *wire.Reader) any { return r.Uint32() },
	"Uint64":            func(r *wire.Reader) any { return r.Uint64() },
	"Sint32":            func(r *wire.Reader) any { return r.Sint32() },
	"Sint64":            func(r *wire.Reader) any { return r.Sint64() },
	"Float32":           func(r *wire.Reader) any { return r.Float32() },
	"Float64":           func(r *wire.Reader) any { return r.Float64() },
	"Char":              func(r *wire.Reader) any { return r.Char() },
	"String":            func(r *wire.Reader) any { return r.String() },
	"Bytes":             func(r *wire.Reader) any { return string(r.Bytes()) },
	"GUID":              func(r *wire.Reader) any { return r.GUID() },
	"DateTime":          func(r *wire.Reader) any { return r.DateTime() },
	"DateTimeWellKnown": func(r *wire.Reader) any { return r.DateTimeWellKnown() },
	"TimeSpan":          func(r *wire.Reader) any { return r.TimeSpan() },
	"TimeSpanWellKnown": func(r *wire.Reader) any { return r.TimeSpanWellKnown() },
	"Duration":          func(r *wire.Reader) any { return r.Duration() },
	"DurationWellKnown": func(r *wire.Reader) any { return r.DurationWellKnown() },
	"Decimal":           func(r *wire.Reader) any { return r.Decimal() },
}

// readField reads the first field of a message given in hex, where blanks do not count.
func readField(tb testing.TB, method, message string) (any, error) {
	tb.Helper()
	r := wire.NewReader(unhex(tb, strings.ReplaceAll(message, " ", "")))
	if !r.Next() {
		return nil, r.Err()
	}
	r.Field()
	return readers[method](&r), r.Err()
}

func TestReadNumber(t *testing.T) {
	tests := map[string]struct {
		method, message string
		want            any
	}{
		"X09 an error code of -1 is a varint of ten bytes": {"Int32", "10 ffffffffffffffffff01", int32(-1)},
		"a number as varint":                          {"Int32", "08 ac02", int32(300)},
		"a number as fixed32":                         {"Int32", "0d feffffff", int32(-2)},
		"a number as fixed64":                         {"Int32", "09 feffffffffffffff", int32(-2)},
		"a longer varint than needed":                 {"Int32", "08 81808000", int32(1)},
		"an unsigned number as fixed32 is not signed": {"Uint64", "0d feffffff", uint64(math.MaxUint32 - 1)},
		"an unsigned number as fixed64":               {"Uint32", "09 0500000000000000", uint32(5)},
		"the least int64":                             {"Int64", "08 80808080808080808001", int64(math.MinInt64)},
		"the greatest uint64":                         {"Uint64", "08 ffffffffffffffffff01", uint64(math.MaxUint64)},
		"an int64 as fixed32":                         {"Int64", "0d ffffffff", int64(-1)},
		"the least int8":                              {"Int8", "08 80ffffffffffffffff01", int8(-128)},
		"the greatest int16":                          {"Int16", "08 ffff01", int16(math.MaxInt16)},
		"the greatest uint8":                          {"Uint8", "08 ff01", uint8(255)},
		"the greatest uint16":                         {"Uint16", "08 ffff03", uint16(math.MaxUint16)},
		"an int":                                      {"Int", "08 ffffffffffffffffff01", -1},
		"a uint":                                      {"Uint", "08 07", uint(7)},
		"a character":                                 {"Char", "08 c101", wire.Char('Á')},
		"a zig-zag varint":                            {"Sint32", "08 03", int32(-2)},
		"a zig-zag number as fixed32 is plain":        {"Sint32", "0d feffffff", int32(-2)},
		"the least zig-zag number":                    {"Sint64", "08 ffffffffffffffffff01", int64(math.MinInt64)},
		"false":                                       {"Bool", "08 00", false},
		"any other number is true":                    {"Bool", "08 8002", true},
		"a double as fixed64":                         {"Float64", "09 000000000000f83f", 1.5},
		"a double as fixed32":                         {"Float64", "0d 0000c03f", 1.5},
		"a float as fixed32":                          {"Float32", "0d 0000c03f", float32(1.5)},
		"a float as fixed64":                          {"Float32", "09 000000000000f83f", float32(1.5)},
		"an infinite float as fixed64":                {"Float32", "09 000000000000f07f", float32(math.Inf(1))},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readField(t, tc.method, tc.message)
			if got != tc.want || err != nil {
				t.Errorf("%s of %s = %v, %v, want %v", tc.method, tc.message, got, err, tc.want)
			}
		})
	}
}

func TestReadText(t *testing.T) {
	tests := map[string]struct{ content, want string }{
		"nothing":                                   {"", ""},
		"ASCII":                                     {"Zebus", "Zebus"},
		"more than one byte a character":            {"žebra 🦓", "žebra 🦓"},
		"a zero is a character":                     {"a\x00b", "a\x00b"},
		"a bad byte becomes U+FFFD":                 {"a\xffb", "a\uFFFDb"},
		"bad bytes become as many":                  {"\xff\xfe", "\uFFFD\uFFFD"},
		"a character that breaks off becomes one":   {"\xe2\x82(", "\uFFFD("},
		"one that breaks off at the end too":        {"a\xf0\x9f\xa6", "a\uFFFD"},
		"half a surrogate pair is three bad bytes":  {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},
		"a longer form than needed is two of them":  {"\xc0\x80", "\uFFFD\uFFFD"},
		"U+FFFD itself stays as it is":              {"\uFFFD\xff", "\uFFFD\uFFFD"},
		"beyond the last character is four of them": {"\xf4\x90\x80\x80", strings.Repeat("\uFFFD", 4)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r := field(t, []byte(tc.content))
			if got := r.String(); got != tc.want || r.Err() != nil {
				t.Errorf("String of %q = %q, %v, want %q", tc.content, got, r.Err(), tc.want)
			}
		})
	}
}

func TestReadBytes(t *testing.T) {
	t.Run("an empty field is not nil", func(t *testing.T) {
		r := field(t, nil)
		if got := r.Bytes(); got == nil || len(got) != 0 {
			t.Errorf("Bytes = %#v, want an empty slice", got)
		}
	})
	t.Run("the copy does not share memory with the message, the view does", func(t *testing.T) {
		message := wire.AppendBytes(nil, 1, []byte("abc"))
		message = wire.AppendBytes(message, 2, []byte("abc"))
		r := wire.NewReader(message)
		r.Next()
		own := r.Bytes()
		r.Next()
		view := r.View()
		clear(message)
		if string(own) != "abc" || string(view) != "\x00\x00\x00" {
			t.Errorf("own = %q, view = %q", own, view)
		}
	})
	t.Run("appending to a view leaves the message alone", func(t *testing.T) {
		message := wire.AppendUint(wire.AppendBytes(nil, 1, []byte("abc")), 2, 5)
		r := wire.NewReader(message)
		r.Next()
		_ = append(r.View(), 0xff)
		r.Next()
		if got := r.Uint64(); got != 5 || r.Err() != nil {
			t.Errorf("the field after the view = %d, %v, want 5", got, r.Err())
		}
	})
}

func TestReset(t *testing.T) {
	t.Run("texts of a series of messages stay as they were read", func(t *testing.T) {
		var r wire.Reader
		var got, want []string
		for i := range 1000 {
			text := strings.Repeat(string(rune('a'+i%26)), i%80)
			content := wire.AppendString(wire.AppendString(nil, 1, text), 2, "žebra")
			r.Reset(content)
			for r.Next() {
				got = append(got, r.String())
			}
			if r.Err() != nil {
				t.Fatal(r.Err())
			}
			clear(content)
			want = append(want, text, "žebra")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("texts (-want +got):\n%s", diff)
		}
	})
	t.Run("an error, and a message that ends in the middle, are forgotten", func(t *testing.T) {
		var r wire.Reader
		r.Reset(unhex(t, "0a05"))
		if r.Next(); r.String() != "" || r.Err() == nil {
			t.Fatal("a text that is not there was read")
		}
		r.Reset(wire.AppendUint(nil, 3, 7))
		if !r.Next() || r.Field() != 3 || r.Uint64() != 7 || r.Next() || r.Err() != nil {
			t.Errorf("the next message was not read: %v", r.Err())
		}
	})
	t.Run("short texts of a series cost a fraction of an allocation", func(t *testing.T) {
		var r wire.Reader
		content := wire.AppendString(nil, 1, "a text of some length")
		allocations := testing.AllocsPerRun(1000, func() {
			r.Reset(content)
			r.Next()
			_ = r.String()
		})
		if allocations > 0 { // the average is rounded down
			t.Errorf("%v allocations a message, want less than one", allocations)
		}
	})
}

func TestReadErrors(t *testing.T) {
	tests := map[string]struct {
		method, message string
		want            error
		at              string
	}{
		"a varint that breaks off":               {"Int32", "08 80", wire.ErrTruncated, "field 1 at byte 1"},
		"a varint that is missing":               {"Int32", "08", wire.ErrTruncated, "field 1 at byte 1"},
		"a varint of eleven bytes":               {"Uint64", "08 8080808080808080808000", wire.ErrOverflow, "field 1 at byte 1"},
		"a varint of 65 bits":                    {"Uint64", "08 80808080808080808002", wire.ErrOverflow, "field 1 at byte 1"},
		"a fixed32 that breaks off":              {"Int32", "0d 000000", wire.ErrTruncated, "field 1 at byte 1"},
		"a fixed64 that breaks off":              {"Float64", "09 00000000000000", wire.ErrTruncated, "field 1 at byte 1"},
		"a length beyond the end":                {"String", "0a 03 6162", wire.ErrTruncated, "field 1 at byte 2"},
		"a length beyond every memory":           {"Bytes", "0a ffffffffffffffffff01 61", wire.ErrTruncated, "field 1 at byte 11"},
		"field number zero":                      {"Int32", "00 01", wire.ErrTag, "field 0 at byte 1"},
		"field number zero in two bytes":         {"Int32", "8200 01", wire.ErrTag, "field 0 at byte 2"},
		"a field number that is too large":       {"Int32", "8080808010 01", wire.ErrTag, ""},
		"a tag that breaks off":                  {"Int32", "88", wire.ErrTruncated, "byte 0"},
		"a number in a length-delimited field":   {"Int32", "0a 00", wire.ErrWireType, "field 1 at byte 1"},
		"an unsigned one too":                    {"Uint32", "0a 00", wire.ErrWireType, ""},
		"a truth value too":                      {"Bool", "0a 00", wire.ErrWireType, ""},
		"a float in a varint":                    {"Float32", "08 01", wire.ErrWireType, ""},
		"a double in a varint":                   {"Float64", "08 01", wire.ErrWireType, ""},
		"a text in a varint":                     {"String", "08 01", wire.ErrWireType, ""},
		"a GUID in a varint":                     {"GUID", "08 01", wire.ErrWireType, ""},
		"a value in a group":                     {"Int32", "0b", wire.ErrWireType, ""},
		"a value in an end of group":             {"Int32", "0c", wire.ErrWireType, ""},
		"a value of wire type 6":                 {"Int32", "0e 00", wire.ErrWireType, ""},
		"an int8 of 128":                         {"Int8", "08 8001", wire.ErrOverflow, "field 1 at byte 3"},
		"an int16 of -32769":                     {"Int16", "08 fffffdffffffffffff01", wire.ErrOverflow, ""},
		"an int32 of 2^31":                       {"Int32", "08 8080808008", wire.ErrOverflow, ""},
		"an int32 of 2^32-1, no sign extended":   {"Int32", "08 ffffffff0f", wire.ErrOverflow, ""},
		"a zig-zag int32 of 2^31":                {"Sint32", "08 8080808010", wire.ErrOverflow, ""},
		"a uint8 of 256":                         {"Uint8", "08 8002", wire.ErrOverflow, ""},
		"a uint16 of 65536":                      {"Uint16", "08 808004", wire.ErrOverflow, ""},
		"a character of 65536":                   {"Char", "08 808004", wire.ErrOverflow, ""},
		"a uint32 of -1":                         {"Uint32", "08 ffffffffffffffffff01", wire.ErrOverflow, ""},
		"a double that is too large for a float": {"Float32", "09 000000000000f047", wire.ErrOverflow, ""},
		"half a GUID that breaks off":            {"GUID", "0a 04 09 000000", wire.ErrTruncated, "field 1 at byte 3"},
		"a GUID whose halves are texts":          {"GUID", "0a 02 0a 00", wire.ErrWireType, ""},
		"a field number zero in a GUID":          {"GUID", "0a 02 00 00", wire.ErrTag, ""},
		"scale 6":                                {"DateTime", "0a 02 10 06", wire.ErrValue, ""},
		"scale 14":                               {"TimeSpan", "0a 02 10 0e", wire.ErrValue, ""},
		"scale 16":                               {"DateTime", "0a 02 10 10", wire.ErrValue, ""},
		"scale -1":                               {"DateTime", "0a 0b 10 ffffffffffffffffff01", wire.ErrValue, ""},
		"kind 3":                                 {"DateTime", "0a 02 18 03", wire.ErrValue, ""},
		"kind 3 of a minimum":                    {"DateTime", "0a 06 08 01 10 0f 18 03", wire.ErrValue, ""},
		"scale 15 and value 0":                   {"DateTime", "0a 02 10 0f", wire.ErrValue, ""},
		"scale 15 and value 2":                   {"TimeSpan", "0a 04 08 04 10 0f", wire.ErrValue, ""},
		"more days than an int64 has ticks":      {"TimeSpan", "0a 06 08 80808080 01", wire.ErrOverflow, ""},
		"more days back too":                     {"TimeSpan", "0a 06 08 ffffffff 01", wire.ErrOverflow, ""},
		"a time in the year 10000":               {"DateTime", "0a 05 08 c282e602", wire.ErrOverflow, ""},
		"a time before the year 1":               {"DateTime", "0a 04 08 f5e457", wire.ErrOverflow, ""},
		"a fixed time in the year 10000":         {"DateTime", "09 00c081fc7fa82a23", wire.ErrOverflow, ""},
		"a fixed time at the end of int64":       {"DateTime", "09 ffffffffffffff7f", wire.ErrOverflow, ""},
		"a timestamp in the year 10000":          {"DateTimeWellKnown", "0a 07 08 80 83 d1 ff af 07", wire.ErrOverflow, ""},
		"nanoseconds before the year 1":          {"DateTimeWellKnown", "0a 16 08 8092b8c398feffffff01 10 ffffffffffffffffff01", wire.ErrOverflow, ""},
		"nanoseconds beyond 32 bits":             {"DateTimeWellKnown", "0a 06 10 8080808010", wire.ErrOverflow, ""},
		"a time span beyond 292 years":           {"Duration", "0a 04 08 02 10 0f", wire.ErrOverflow, ""},
		"a fixed time span beyond 292 years":     {"Duration", "09 0000000000000040", wire.ErrOverflow, ""},
		"a duration beyond a time span":          {"TimeSpanWellKnown", "0a 07 08 e6 ab d3 fc eb 1a", wire.ErrOverflow, ""},
		"a duration beyond it by its nanos":      {"TimeSpanWellKnown", "0a 0d 08 e5abd3fceb1a 10 809cdde301", wire.ErrOverflow, ""},
		"a duration beyond 292 years":            {"DurationWellKnown", "0a 06 08 85fa85ae22", wire.ErrOverflow, ""},
		"a decimal of scale 29":                  {"Decimal", "0a 02 18 3a", wire.ErrValue, ""},
		"a decimal whose high part has 33 bits":  {"Decimal", "0a 06 10 8080808010", wire.ErrOverflow, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readField(t, tc.method, tc.message)
			if !errors.Is(err, tc.want) || !strings.Contains(fmt.Sprint(err), tc.at) {
				t.Errorf("%s of %s = %v, %v, want %v with %q", tc.method, tc.message, got, err, tc.want, tc.at)
			}
		})
	}
}

// Hand-written code may know what comes, and not ask for the field.
func TestReadWithoutAsking(t *testing.T) {
	r := wire.NewReader(unhex(t, "0805"+"800107"+"8a010161"))
	var got []any
	for _, read := range []func() any{
		func() any { return r.Int32() },
		func() any { return r.Int32() },
		func() any { return r.String() },
	} {
		r.Next()
		got = append(got, read())
	}
	if diff := cmp.Diff([]any{int32(5), int32(7), "a"}, got); diff != "" || r.Err() != nil {
		t.Errorf("%v (-want +got):\n%s", r.Err(), diff)
	}
}

func TestFirstErrorSticks(t *testing.T) {
	r := wire.NewReader(unhex(t, "0a00"+"1001"))
	r.Next()
	r.Int32()
	first := r.Err()
	r.Fail(wire.ErrNesting)
	if !errors.Is(r.Err(), wire.ErrWireType) || !errors.Is(r.Err(), first) {
		t.Errorf("Err = %v, want %v", r.Err(), first)
	}
	if r.Next() || r.Int64() != 0 || r.Element(wire.Varint) {
		t.Error("reading goes on after an error")
	}
	for name, read := range readers {
		read(&r)
		if !errors.Is(r.Err(), first) {
			t.Errorf("%s replaced the first error by %v", name, r.Err())
		}
	}
}

func TestSkip(t *testing.T) {
	tests := map[string]struct {
		unknown string
		want    error
	}{
		"a varint":                         {"10 8001", nil},
		"a fixed64":                        {"11 0102030405060708", nil},
		"a length-delimited field":         {"12 03 010203", nil},
		"a fixed32":                        {"15 01020304", nil},
		"a group":                          {"13 08 01 12 01 61 14", nil},
		"a group in a group of its number": {"13 13 14 14", nil},
		"a field of a large number":        {"f8ffffff0f 01", nil},
		"a varint that breaks off":         {"10 80", wire.ErrTruncated},
		"a fixed64 that breaks off":        {"11 01020304050607", wire.ErrTruncated},
		"a length beyond the end":          {"12 04 010203", wire.ErrTruncated},
		"a fixed32 that breaks off":        {"15 010203", wire.ErrTruncated},
		"a group without its end":          {"13 08 01", wire.ErrTruncated},
		"a group with the end of another":  {"13 08 01 1c", wire.ErrTag},
		"the end of no group":              {"14", wire.ErrTag},
		"wire type 6":                      {"16", wire.ErrWireType},
		"wire type 7":                      {"17", wire.ErrWireType},
		"groups that are nested too deep":  {strings.Repeat("13", 101) + strings.Repeat("14", 101), wire.ErrNesting},
		"groups that are nested deep":      {strings.Repeat("13", 100) + strings.Repeat("14", 100), nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			message := strings.ReplaceAll(tc.unknown, " ", "")
			if tc.want == nil {
				message += "0807"
			}
			r := wire.NewReader(unhex(t, message))
			last := uint64(0)
			for r.Next() {
				if r.Field() == 1 {
					last = r.Uint64()
				} else {
					r.Skip()
				}
			}
			if !errors.Is(r.Err(), tc.want) || tc.want == nil && last != 7 {
				t.Errorf("skip %s: %v, then %d, want %v, then 7", tc.unknown, r.Err(), last, tc.want)
			}
		})
	}
}

// A tree nests sub-messages as deep as one likes.
type tree struct {
	Name  string
	Child *tree
}

func (m *tree) ZebusAppend(b []byte) []byte {
	b = wire.AppendString(b, 1, m.Name)
	if m.Child != nil {
		var mark int
		b, mark = wire.Begin(b, 2)
		b = wire.End(m.Child.ZebusAppend(b), mark)
	}
	return b
}

func (m *tree) ZebusRead(r *wire.Reader) {
	for r.Next() {
		switch r.Field() {
		case 1:
			m.Name = r.String()
		case 2:
			if m.Child == nil {
				m.Child = new(tree)
			}
			outer := r.Enter()
			m.Child.ZebusRead(r)
			r.Leave(outer)
		default:
			r.Skip()
		}
	}
}

func newTree(depth int) *tree {
	root := &tree{Name: "leaf"}
	for range depth {
		root = &tree{Name: "node", Child: root}
	}
	return root
}

func TestNesting(t *testing.T) {
	t.Run("as deep as allowed", func(t *testing.T) {
		r, read := wire.NewReader(newTree(wire.MaxNesting).ZebusAppend(nil)), new(tree)
		read.ZebusRead(&r)
		check(t, r.Err())
		for range wire.MaxNesting {
			read = read.Child
		}
		if read.Name != "leaf" || read.Child != nil {
			t.Errorf("the innermost is %v", read)
		}
	})
	t.Run("deeper", func(t *testing.T) {
		r := wire.NewReader(newTree(wire.MaxNesting + 1).ZebusAppend(nil))
		new(tree).ZebusRead(&r)
		if !errors.Is(r.Err(), wire.ErrNesting) {
			t.Errorf("Err = %v, want ErrNesting", r.Err())
		}
	})
	t.Run("a sub-message sent twice is merged", func(t *testing.T) {
		message := (&tree{Name: "a", Child: &tree{Name: "b", Child: &tree{Name: "c"}}}).ZebusAppend(nil)
		message = append(message, (&tree{Name: "d", Child: &tree{Name: "e"}}).ZebusAppend(nil)...)
		r, read := wire.NewReader(message), new(tree)
		read.ZebusRead(&r)
		if got := read.Name + read.Child.Name + read.Child.Child.Name; got != "dec" || r.Err() != nil {
			t.Errorf("read %q, %v, want dec", got, r.Err())
		}
	})
	t.Run("a field beyond the end of its sub-message", func(t *testing.T) {
		r := wire.NewReader(unhex(t, "12030a0361"+"6263"))
		new(tree).ZebusRead(&r)
		if !errors.Is(r.Err(), wire.ErrTruncated) {
			t.Errorf("Err = %v, want ErrTruncated", r.Err())
		}
	})
	t.Run("what is left unread of a sub-message is passed over", func(t *testing.T) {
		r := wire.NewReader(unhex(t, "12020801"+"0807"))
		r.Next()
		r.Leave(r.Enter())
		if !r.Next() || r.Uint64() != 7 || r.Err() != nil {
			t.Errorf("the field after the sub-message was not read: %v", r.Err())
		}
	})
}

func TestLongSubMessages(t *testing.T) {
	for _, n := range []int{0, 1, 123, 124, 125, 126, 127, 128, 129, 16380, 16383, 16384, 16385, 70_000} {
		want := &tree{Name: "outer", Child: &tree{Name: strings.Repeat("x", n)}}
		r, read := wire.NewReader(want.ZebusAppend([]byte{8, 1})), new(tree)
		read.ZebusRead(&r) // skips nothing: field 1 of another type fails
		if !errors.Is(r.Err(), wire.ErrWireType) {
			t.Fatalf("the prefix was overwritten: %v", r.Err())
		}
		r, read = wire.NewReader(want.ZebusAppend(nil)), new(tree)
		read.ZebusRead(&r)
		if r.Err() != nil || read.Child.Name != want.Child.Name {
			t.Errorf("a name of %d bytes came back as %d bytes, %v", n, len(read.Child.Name), r.Err())
		}
	}
}
