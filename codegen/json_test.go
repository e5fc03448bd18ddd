package codegen_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
