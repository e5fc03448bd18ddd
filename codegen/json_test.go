package codegen_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/zebus-go/zebus/codegen/testdata/jsons"
	"github.com/zebus-go/zebus/codegen/testdata/routing"
	"github.com/zebus-go/zebus/codegen/testdata/shapes"
	"github.com/zebus-go/zebus/codegen/testdata/values"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

func TestJSON(t *testing.T) {
	at := time.Date(2024, 3, 15, 13, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		message any
		want    string
	}{
		"an enum is its name": {
			shapes.ColourBox{Content: shapes.ColourRed, Named: map[string]shapes.Colour{"a": 7}},
			`{"Content":"Red","More":null,"Named":{"a":"7"}}`,
		},
		"an enum keeps the text that it gives itself": {
			struct{ Size shapes.Size }{shapes.SizeLarge}, `{"Size":"L"}`,
		},
		"an enum is its name as a key": {map[shapes.Colour]int{shapes.ColourBlue: 1}, `{"Blue":1}`},
		"A19 identifiers, texts and times are texts": {
			struct {
				Peer    zebus.PeerID
				Absent  *zebus.PeerID
				Message zebus.MessageID
				GUID    zebus.GUID
				At      time.Time
				Span    wire.TimeSpan
				Price   wire.Decimal
				Char    wire.Char
				Raw     []byte
			}{Peer: "Shop.0", At: at, Span: 10_000_000, Price: must(wire.ParseDecimal("1.50")), Char: 'c', Raw: []byte("hi")},
			`{"Peer":"Shop.0","Absent":null,"Message":"00000000-0000-0000-0000-000000000000",` +
				`"GUID":"00000000-0000-0000-0000-000000000000","At":"2024-03-15T13:00:00Z","Span":"00:00:01","Price":"1.50","Char":"c","Raw":"aGk="}`,
		},
		"a case is an object with one key":                      {shapes.Rings{Count: 1}, `{"Count":1}`},
		"what is included or embedded shows its fields":         {&shapes.Figure{Circle: &shapes.Circle{Radius: 1}, Name: "f"}, `{"Radius":1,"Name":"f"}`},
		"what is unknown is not shown":                          {&shapes.Old{ID: 1, Inner: &shapes.Kept{Unknown: zebus.Unknown("x")}}, `{"ID":1,"Inner":{}}`},
		"a message has the names of its fields, zeros and all":  {&values.Point{Y: 1}, `{"X":0,"Y":1}`},
		"a field that may be one of several is inside its name": {&shapes.Paid{Payment: &shapes.Cash{Cash: true}}, `{"Order":0,"Payment":{"Cash":true},"Note":"","Answer":null}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(tc.message)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestJSONOfMessages(t *testing.T) {
	span, year := 90*time.Second, time.Date(2024, 3, 15, 13, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		message zebus.Message
		want    string
	}{
		"a duration is the text that Go gives it, a text, a number, a time and bytes what package json makes of them": {
			&jsons.Shown{Within: span, Text: `<"é">`, At: year, Raw: []byte("hi"), Number: 1 << 60},
			`{"Within":"1m30s","Text":"\u003c\"é\"\u003e","At":"2024-03-15T13:00:00Z","Raw":"aGk=","Number":1152921504606846976}`,
		},
		"durations are texts in every place": {
			&jsons.Spans{Pointer: &span, Slice: []time.Duration{0, -time.Nanosecond}, Values: map[string]time.Duration{"b": span, "a": 0}},
			`{"Pointer":"1m30s","None":null,"Slice":["0s","-1ns"],"Values":{"a":"0s","b":"1m30s"}}`,
		},
		"what is empty is null": {
			&jsons.Spans{}, `{"Pointer":null,"None":null,"Slice":null,"Values":null}`,
		},
		"floating numbers that JSON has not are texts": {
			&jsons.Floats{Double: math.NaN(), Single: float32(math.Inf(-1)), Slice: []float64{1.5, math.Inf(1), 1e21}},
			`{"Double":"NaN","Single":"-Infinity","Slice":[1.5,"Infinity",1e+21]}`,
		},
		"keys are texts, in their order": {
			&jsons.Keys{
				Bools: map[bool]int32{true: 1, false: 2}, Ints: map[int8]string{-1: "", 10: "", 9: ""},
				Chars: map[wire.Char]bool{'"': true}, Colours: map[jsons.Colour]*jsons.Shown{jsons.ColourRed: nil},
			},
			`{"Bools":{"false":2,"true":1},"Ints":{"-1":"","10":"","9":""},"Chars":{"\"":true},"Colours":{"Red":null}}`,
		},
		"one derived part is shown though another has fields of the same names": {
			&jsons.Discount{Voucher: &jsons.Voucher{Code: "x", Reason: "hidden"}, Reason: "r"}, `{"Code":"x","Reason":"r"}`,
		},
		"one of several is an object with one key":  {&jsons.Paid{Payment: &jsons.InCash{Within: span}}, `{"Payment":{"Within":"1m30s"}}`},
		"none of several is null":                   {&jsons.Paid{}, `{"Payment":null}`},
		"what is embedded and unknown is not shown": {&jsons.Opened{Header: jsons.Header{Age: span}, Shop: 1}, `{"Age":"1m30s","ZebusSize":0,"Shop":1}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := zebus.JSON(tc.message)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestJSONOfWhatCannotBeShown(t *testing.T) {
	text, err := zebus.JSON(&jsons.Graded{Grade: 3})
	if err == nil || !strings.Contains(err.Error(), "JSON of *jsons.Graded: runtime error: index out of range") {
		t.Errorf("%s, error %v", text, err)
	}
}

// Where package json shows a message well, it shows it in the same way.
func TestJSONIsThatOfPackageJSON(t *testing.T) {
	durations := cmp.FilterValues(
		func(x, y any) bool { return isNumber(x) != isNumber(y) },
		cmp.Comparer(func(x, y any) bool {
			if isNumber(y) {
				x, y = y, x
			}
			text, _ := y.(string)
			d, err := time.ParseDuration(text)
			return err == nil && json.Number(strconv.FormatInt(int64(d), 10)) == x
		}),
	)
	for _, m := range everyType {
		mt := m.ZebusType()
		t.Run(mt.ID().String(), rapid.MakeCheck(func(t *rapid.T) {
			m := filler{t}.message(mt)
			ours, err := zebus.JSON(m)
			if err != nil || !json.Valid(ours) {
				t.Fatalf("%s (%v)", ours, err)
			}
			want, err := json.Marshal(m)
			if err != nil {
				return
			}
			if diff := cmp.Diff(parsed(t, want), parsed(t, ours), durations); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
		}))
	}
}

func isNumber(v any) bool {
	_, ok := v.(json.Number)
	return ok
}

func parsed(t *rapid.T, text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestJSONOfEnumsIsRead(t *testing.T) {
	tests := map[string]struct {
		text string
		want routing.Colour
	}{
		"a name":               {`"Red"`, routing.ColourRed},
		"a name that is whole": {`"Colourful"`, routing.Colourful},
		"a number":             {`"-12"`, -12},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var got routing.Colour
			if err := json.Unmarshal([]byte(tc.text), &got); err != nil || got != tc.want {
				t.Errorf("%d, error %v; want %d", got, err, tc.want)
			}
		})
	}
	t.Run("what is neither is refused", func(t *testing.T) {
		for _, text := range []string{`"Rouge"`, `""`, `"2147483648"`, `true`} {
			var got routing.Colour
			if err := json.Unmarshal([]byte(text), &got); err == nil {
				t.Errorf("%s is read as %d", text, got)
			}
		}
	})
}
