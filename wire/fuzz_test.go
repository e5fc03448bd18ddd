package wire_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/zebus-go/zebus/wire"
)

// seed gives a fuzz test everything that was recorded of one bcl type, or all of it.
func seed(f *testing.F, typ string) {
	f.Helper()
	for _, rec := range readRecorded(f) {
		if typ == "" || rec.Type == typ {
			f.Add(unhex(f, rec.Bytes))
		}
	}
}

// FuzzReader reads each field of random bytes with every method: none may panic, or move the reader back.
func FuzzReader(f *testing.F) {
	seed(f, "")
	for _, rec := range readRecordedEncodings(f) {
		f.Add(unhex(f, rec.Bytes))
	}
	f.Add(newOrder().ZebusAppend(nil))
	f.Add(newTree(wire.MaxNesting).ZebusAppend(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		given := bytes.Clone(b)
		var series wire.Reader
		for name, read := range readers {
			r := wire.NewReader(b)
			series.Reset(b)
			for n := 0; r.Next(); n++ {
				if n > len(b) {
					t.Fatalf("%s reads more fields than there are bytes", name)
				}
				series.Next()
				one, other := read(&r), read(&series)
				if !reflect.DeepEqual(one, other) && fmt.Sprint(one) != fmt.Sprint(other) { // NaN
					t.Fatalf("%s reads %v, and in a series %v", name, one, other)
				}
			}
			if series.Next() || (r.Err() == nil) != (series.Err() == nil) {
				t.Fatalf("%s ends with %v, in a series with %v", name, r.Err(), series.Err())
			}
		}
		readEverywhere(b)
		if !bytes.Equal(b, given) {
			t.Fatal("reading changed the bytes")
		}
		if got, want := isMessage(b), isProtobuf(b); got && !want {
			t.Fatalf("%x is no message for protobuf", b)
		}
	})
}

// readEverywhere reads b with what calls several methods in turn.
func readEverywhere(b []byte) {
	for _, m := range []interface{ ZebusRead(r *wire.Reader) }{new(order), new(tree), new(encodings), new(ints), new(lists)} {
		r := wire.NewReader(b)
		m.ZebusRead(&r)
	}
	for _, typ := range []wire.Type{wire.Varint, wire.Fixed32, wire.Fixed64} {
		r := wire.NewReader(b)
		for r.Next() {
			for r.Element(typ) {
				r.Sint64()
			}
		}
	}
}

// fuzzValue checks that what a reader accepts as the content of a sub-message is appended and read as the same value.
func fuzzValue(f *testing.F, typ string, read func(r *wire.Reader) any, write func(v any) []byte) {
	f.Helper()
	seed(f, typ)
	f.Fuzz(func(t *testing.T, content []byte) {
		r := field(t, content)
		v := read(&r)
		if r.Err() != nil {
			return
		}
		again := wire.NewReader(write(v))
		again.Next()
		if got := read(&again); got != v || again.Err() != nil {
			t.Errorf("%x is %v, and came back as %v, %v", content, v, got, again.Err())
		}
		if again.Next() {
			t.Errorf("%v takes more than a field", v)
		}
	})
}

func FuzzGUID(f *testing.F) {
	fuzzValue(f, "bcl.Guid", readers["GUID"], func(v any) []byte { return wire.AppendGUID(nil, 1, v.(wire.GUID)) })
}

func FuzzDateTime(f *testing.F) {
	fuzzValue(f, "bcl.DateTime", readers["DateTime"], func(v any) []byte {
		return wire.AppendDateTime(nil, 1, v.(time.Time))
	})
}

func FuzzTimestamp(f *testing.F) {
	fuzzValue(f, "bcl.DateTime", readers["DateTimeWellKnown"], func(v any) []byte {
		return wire.AppendDateTimeWellKnown(nil, 1, v.(time.Time))
	})
}

func FuzzTimeSpan(f *testing.F) {
	fuzzValue(f, "bcl.TimeSpan", readers["TimeSpan"], func(v any) []byte {
		return wire.AppendTimeSpan(nil, 1, v.(wire.TimeSpan))
	})
}

func FuzzDuration(f *testing.F) {
	fuzzValue(f, "bcl.TimeSpan", readers["DurationWellKnown"], func(v any) []byte {
		return wire.AppendDurationWellKnown(nil, 1, v.(time.Duration))
	})
}

func FuzzDecimal(f *testing.F) {
	fuzzValue(f, "bcl.Decimal", readers["Decimal"], func(v any) []byte {
		return wire.AppendDecimal(nil, 1, v.(wire.Decimal))
	})
}

// FuzzText checks that every text a value is read from stands for the value that its own text stands for.
func FuzzText(f *testing.F) {
	for _, text := range []string{guidExample, "-0.00", "79228162514264337593543950335", "-10675199.02:48:05.4775808", "ž"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if g, err := wire.ParseGUID(text); err == nil && g != mustParseGUID(t, g.String()) {
			t.Errorf("guid %q is %v", text, g)
		}
		if d, err := wire.ParseDecimal(text); err == nil && d.Compare(mustParseDecimal(t, d.String())) != 0 {
			t.Errorf("decimal %q is %v", text, d)
		}
		if s, err := wire.ParseTimeSpan(text); err == nil {
			if again, err := wire.ParseTimeSpan(s.String()); again != s || err != nil {
				t.Errorf("time span %q is %v, and came back as %v, %v", text, s, again, err)
			}
		}
	})
}
