package codegen_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/codegen/testdata/vectors"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// recorded are the types of the recordings, as declared in testdata/vectors.
var recorded = []zebus.Message{
	(*vectors.Optionals)(nil),
	(*vectors.Requireds)(nil),
	(*vectors.Nullables)(nil),
	(*vectors.Arrays)(nil),
	(*vectors.Encodings)(nil),
	(*vectors.Deep)(nil),
	(*vectors.Empty)(nil),
	(*vectors.Routed)(nil),
	(*vectors.Nested)(nil),
	(*vectors.GenericInt)(nil),
	(*vectors.PairOfTextAndNumber)(nil),
	(*vectors.Maps)(nil),
	(*vectors.Drawing)(nil),
}

// givenUp are the cases whose bytes are not the same: .NET tells an empty peer ID from a null one, and ours does not.
// Beside them, the entries of maps come in another order; see inOrder.
var givenUp = map[string]bool{
	"Vectors.Optionals, empty strings, bytes and sub-messages": true,
	"Vectors.Arrays, elements that are zero":                   true,
}

// recordedCase is one message as .NET wrote it.
type recordedCase struct {
	Type   string         `json:"type"`
	Why    string         `json:"why"`
	Fields map[string]any `json:"fields"`
	Read   map[string]any `json:"read"` // where .NET reads something else than was written
	Bytes  string         `json:"bytes"`
}

// readsBack is what a reader makes of the bytes.
func (c recordedCase) readsBack() map[string]any {
	if c.Read != nil {
		return c.Read
	}
	return c.Fields
}

func (c recordedCase) frame(tb testing.TB) []byte {
	tb.Helper()
	frame, err := hex.DecodeString(c.Bytes)
	if err != nil {
		tb.Fatal(err)
	}
	return frame
}

func recordedCases(tb testing.TB, id zebus.MessageTypeID) []recordedCase {
	tb.Helper()
	file, err := os.ReadFile("testdata/user-messages.json")
	if err != nil {
		tb.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.UseNumber()
	var all, cases []recordedCase
	if err := decoder.Decode(&all); err != nil {
		tb.Fatal(err)
	}
	for _, c := range all {
		if c.Type == string(id) {
			cases = append(cases, c)
		}
	}
	if len(cases) == 0 {
		tb.Fatalf("no recorded bytes of %s", id)
	}
	return cases
}

func TestGeneratedCodeAgainstRecordedBytes(t *testing.T) {
	for _, m := range recorded {
		for i, c := range recordedCases(t, m.ZebusType().ID()) {
			name := fmt.Sprintf("%s, %s (%d), is read and written as .NET does", m.ZebusType().ID().Name(), c.Why, i)
			t.Run(name, func(t *testing.T) {
				checkRecorded(t, m.ZebusType().New(), c)
			})
		}
	}
}

func checkRecorded(t *testing.T, m zebus.Message, c recordedCase) {
	t.Helper()
	frame := c.frame(t)
	if err := m.ZebusUnmarshal(frame); err != nil {
		t.Fatal(err)
	}
	if problem := differs(reflect.ValueOf(m).Elem(), c.readsBack()); problem != "" {
		t.Errorf("read %s", problem)
	}
	if givenUp[c.Type+", "+c.Why] {
		return
	}
	if got := inOrder(t, c, m.ZebusAppend(nil)); !bytes.Equal(got, inOrder(t, c, frame)) {
		t.Errorf("bytes\n got %x\nwant %x", got, frame)
	}
	if got := m.ZebusSize(); got != len(frame) {
		t.Errorf("ZebusSize() = %d, want %d", got, len(frame))
	}
}

// inOrder sorts the entries of maps, which .NET writes in the order in which they were added and we by key.
func inOrder(t *testing.T, c recordedCase, frame []byte) []byte {
	t.Helper()
	if c.Type != "Vectors.Maps" {
		return frame
	}
	var fields [][]byte
	for r := wire.NewReader(frame); r.Next(); {
		fields = append(fields, r.AppendField(nil))
	}
	slices.SortFunc(fields, bytes.Compare)
	return slices.Concat(fields...)
}

// differs says where a value differs from what the recording has, or nothing. Names differ in case,
// as the habits of languages do.
func differs(got reflect.Value, want any) string {
	switch want := want.(type) {
	case nil:
		return differsFromNull(got)
	case map[string]any:
		return differsInFields(reflect.Indirect(got), want)
	case []any:
		if got.Kind() == reflect.Map {
			return differsInPairs(got, want)
		}
		return differsInElements(got, want)
	}
	got = reflect.Indirect(got)
	if !got.IsValid() || !sameScalar(got.Interface(), want) {
		return fmt.Sprintf("%v, want %v", got, want)
	}
	return ""
}

// differsFromNull accepts what Go has for null. A null text in a peer ID is an empty one.
func differsFromNull(got reflect.Value) string {
	if value := reflect.Indirect(got); value.IsValid() && value.Type() == reflect.TypeFor[zebus.PeerID]() && value.Len() == 0 {
		return ""
	}
	if (got.Kind() == reflect.Pointer || got.Kind() == reflect.Slice || got.Kind() == reflect.Map) && got.IsNil() {
		return ""
	}
	return fmt.Sprintf("%v, want null", got)
}

func differsInFields(got reflect.Value, want map[string]any) string {
	for name, value := range want {
		member, ok := memberOf(got, name)
		if !ok {
			return name + ": no such field"
		}
		if problem := differs(member, value); problem != "" {
			return name + ": " + problem
		}
	}
	return ""
}

// memberOf finds a field by name, also in the parts that a struct embeds.
func memberOf(v reflect.Value, name string) (member reflect.Value, ok bool) {
	found, ok := v.Type().FieldByNameFunc(func(goName string) bool { return strings.EqualFold(goName, name) })
	if !ok {
		return member, false
	}
	member, err := v.FieldByIndexErr(found.Index)
	return member, err == nil
}

func differsInPairs(got reflect.Value, want []any) string {
	if got.Len() != len(want) {
		return fmt.Sprintf("%d pairs, want %d", got.Len(), len(want))
	}
	for _, pair := range want {
		pair, _ := pair.([]any)
		found := false
		for key, value := range got.Seq2() {
			if differs(key, pair[0]) == "" {
				found = true
				if problem := differs(value, pair[1]); problem != "" {
					return fmt.Sprintf("[%v]: %s", pair[0], problem)
				}
			}
		}
		if !found {
			return fmt.Sprintf("[%v] is missing", pair[0])
		}
	}
	return ""
}

func differsInElements(got reflect.Value, want []any) string {
	if got.Len() != len(want) {
		return fmt.Sprintf("%d elements, want %d", got.Len(), len(want))
	}
	for i := range want {
		if problem := differs(got.Index(i), want[i]); problem != "" {
			return fmt.Sprintf("[%d]: %s", i, problem)
		}
	}
	return ""
}

// sameScalar compares with the notation of the recordings.
func sameScalar(got, want any) bool {
	switch got := got.(type) {
	case float32:
		return sameFloat(float64(got), want, 32)
	case float64:
		return sameFloat(got, want, 64)
	case time.Time:
		return want == got.Format("2006-01-02T15:04:05.0000000")
	case []byte:
		return want == hex.EncodeToString(got)
	case wire.TimeSpan:
		return fmt.Sprint(want) == strconv.FormatInt(int64(got), 10)
	case wire.Char:
		return fmt.Sprint(want) == strconv.Itoa(int(got))
	case bool:
		return want == got
	}
	return fmt.Sprint(want) == fmt.Sprint(got)
}

func sameFloat(got float64, want any, bits int) bool {
	text, _ := want.(string)
	wanted, err := strconv.ParseFloat(text, bits)
	if err != nil {
		return false
	}
	if bits == 32 {
		return math.Float32bits(float32(got)) == math.Float32bits(float32(wanted)) || math.IsNaN(got) && math.IsNaN(wanted)
	}
	return math.Float64bits(got) == math.Float64bits(wanted) || math.IsNaN(got) && math.IsNaN(wanted)
}

func FuzzGeneratedRead(f *testing.F) {
	for i, m := range recorded {
		for _, c := range recordedCases(f, m.ZebusType().ID()) {
			f.Add(i, c.frame(f))
		}
	}
	f.Fuzz(func(t *testing.T, i int, frame []byte) {
		m := recorded[uint(i)%uint(len(recorded))].ZebusType().New()
		if m.ZebusUnmarshal(frame) != nil {
			return
		}
		first := m.ZebusAppend(nil)
		if got := m.ZebusSize(); got != len(first) {
			t.Fatalf("ZebusSize() = %d, but %d bytes were written", got, len(first))
		}
		again := m.ZebusType().New()
		if err := again.ZebusUnmarshal(first); err != nil {
			t.Fatalf("reading %x, which was written: %v", first, err)
		}
		if second := again.ZebusAppend(nil); !bytes.Equal(first, second) {
			t.Fatalf("written %x, read, and written %x", first, second)
		}
	})
}
