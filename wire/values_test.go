package wire_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/zebus-go/zebus/wire"
)

// A recorded value is the content of a bcl sub-message as Zebus (.NET) wrote it.
type recorded struct {
	Type  string          `json:"type"`
	Value json.RawMessage `json:"value"`
	Bytes string          `json:"bytes"`
}

func readRecorded(tb testing.TB) []recorded {
	tb.Helper()
	text, err := os.ReadFile("testdata/values.json")
	if err != nil {
		tb.Fatal(err)
	}
	var all []recorded
	if err := json.Unmarshal(text, &all); err != nil {
		tb.Fatal(err)
	}
	return all
}

func unhex(tb testing.TB, text string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// field puts content into field 1 and returns a reader that stands on it.
func field(tb testing.TB, content []byte) wire.Reader {
	tb.Helper()
	r := wire.NewReader(wire.AppendBytes(nil, 1, content))
	if !r.Next() {
		tb.Fatalf("no field: %v", r.Err())
	}
	return r
}

const dateTimeLayout = "2006-01-02T15:04:05.0000000"

// bcl appends, measures and reads the values of one bcl type, given as they stand in the recording.
type bcl struct {
	append func(tb testing.TB, value string) (b []byte, size int)
	read   func(r *wire.Reader) string
}

var bclTypes = map[string]bcl{
	"bcl.Guid": {
		func(tb testing.TB, value string) ([]byte, int) {
			tb.Helper()
			v, err := wire.ParseGUID(value)
			check(tb, err)
			return wire.AppendGUID(nil, 1, v), wire.SizeGUID(1, v)
		},
		func(r *wire.Reader) string { return r.GUID().String() },
	},
	"bcl.DateTime": {
		func(tb testing.TB, value string) ([]byte, int) {
			tb.Helper()
			v, err := time.Parse(dateTimeLayout, value)
			check(tb, err)
			return wire.AppendDateTime(nil, 1, v), wire.SizeDateTime(1, v)
		},
		func(r *wire.Reader) string { return r.DateTime().Format(dateTimeLayout) },
	},
	"bcl.TimeSpan": {
		func(tb testing.TB, value string) ([]byte, int) {
			tb.Helper()
			var v int64
			check(tb, json.Unmarshal([]byte(value), &v))
			return wire.AppendTimeSpan(nil, 1, wire.TimeSpan(v)), wire.SizeTimeSpan(1, wire.TimeSpan(v))
		},
		func(r *wire.Reader) string {
			text, _ := json.Marshal(int64(r.TimeSpan()))
			return string(text)
		},
	},
	"bcl.Decimal": {
		func(tb testing.TB, value string) ([]byte, int) {
			tb.Helper()
			v, err := wire.ParseDecimal(value)
			check(tb, err)
			return wire.AppendDecimal(nil, 1, v), wire.SizeDecimal(1, v)
		},
		func(r *wire.Reader) string { return r.Decimal().String() },
	},
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// negativeZero is recorded as 0.0, because .NET shows it without its sign.
const negativeZero = "1803"

func TestRecordedValues(t *testing.T) {
	for _, rec := range readRecorded(t) {
		value := string(bytes.Trim(rec.Value, `"`))
		t.Run(rec.Type+" "+value, func(t *testing.T) {
			typ, want := bclTypes[rec.Type], unhex(t, rec.Bytes)
			r := field(t, want)
			if got := typ.read(&r); got != value || r.Err() != nil {
				t.Errorf("read %x = %s, %v, want %s", want, got, r.Err(), value)
			}
			if rec.Bytes == negativeZero {
				value = "-0.0"
			}
			got, size := typ.append(t, value)
			if want := wire.AppendBytes(nil, 1, want); !bytes.Equal(got, want) || size != len(want) {
				t.Errorf("append %s = %x of size %d, want %x", value, got, size, want)
			}
		})
	}
}
