package zebus_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// routingCase is a message as .NET routed it: a list of texts for each routing member, in order.
type routingCase struct {
	Type, Why string
	Fields    json.RawMessage
	Routing   [][]*string
}

// TestRoutingValuesAgainstRecordedTexts compares with what .NET made of the members. Enums have texts of their own,
// which generated code decides.
func TestRoutingValuesAgainstRecordedTexts(t *testing.T) {
	raw, err := os.ReadFile("testdata/routing-values.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []routingCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	content := map[string]func(*testing.T, json.RawMessage) zebus.RoutingContent{
		"Vectors.Routed": routed, "Vectors.RoutedAll": routedAll, "Vectors.RoutedLists": routedLists,
	}
	for i, tc := range cases {
		t.Run(fmt.Sprint("C01 C02 C03 X35 ", i, " ", tc.Type, " ", tc.Why), func(t *testing.T) {
			got := content[tc.Type](t, tc.Fields)
			if len(got) != len(tc.Routing) {
				t.Fatalf("%d values, want %d", len(got), len(tc.Routing))
			}
			for position, want := range tc.Routing {
				if !slices.EqualFunc(texts(got[position]), want, sameText) {
					t.Errorf("position %d is %v, want %v", position, got[position], show(want))
				}
			}
		})
	}
}

// texts returns what is in a value: one text, or nil for null, or one for each item.
func texts(v zebus.RoutingValue) []*string {
	if text, ok := v.Text(); ok {
		return []*string{&text}
	}
	if v.IsNull() {
		return []*string{nil}
	}
	var all []*string
	for _, item := range v.Items() {
		all = append(all, texts(item)...)
	}
	return all
}

func sameText(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func show(list []*string) (texts []string) {
	for _, text := range list {
		if text == nil {
			texts = append(texts, "null")
		} else {
			texts = append(texts, strconv.Quote(*text))
		}
	}
	return texts
}

func read(t *testing.T, raw json.RawMessage, fields any) {
	t.Helper()
	if err := json.Unmarshal(raw, fields); err != nil {
		t.Fatal(err)
	}
}

func nullable(text *string) zebus.RoutingValue {
	if text == nil {
		return zebus.RoutingNull()
	}
	return zebus.RoutingText(*text)
}

func routed(t *testing.T, raw json.RawMessage) zebus.RoutingContent {
	t.Helper()
	var f struct {
		Market *string
		ID     int64
		Open   bool
	}
	read(t, raw, &f)
	return zebus.RoutingContent{nullable(f.Market), zebus.RoutingInt(f.ID), zebus.RoutingBool(f.Open)}
}

func routedAll(t *testing.T, raw json.RawMessage) zebus.RoutingContent {
	t.Helper()
	var f struct {
		Bool                   bool
		Long                   int64
		Double, Float, Decimal string
		GUID                   wire.GUID
		DateTime               string
		Colour                 int
		String                 *string
		PeerID                 zebus.PeerID
		Nullable               *int64
		TimeSpan               int64
		Char                   uint16
		MessageID              wire.GUID
	}
	read(t, raw, &f)
	at, err := time.Parse("2006-01-02T15:04:05.0000000", f.DateTime)
	if err != nil {
		t.Fatal(err)
	}
	decimal, err := wire.ParseDecimal(f.Decimal)
	if err != nil {
		t.Fatal(err)
	}
	optional := zebus.RoutingNull()
	if f.Nullable != nil {
		optional = zebus.RoutingInt(*f.Nullable)
	}
	colour := map[int]string{2: "Green"}[f.Colour]
	if colour == "" {
		colour = strconv.Itoa(f.Colour)
	}
	return zebus.RoutingContent{
		zebus.RoutingBool(f.Bool),
		zebus.RoutingInt(f.Long),
		zebus.RoutingFloat64(number(t, f.Double, 64)),
		zebus.RoutingText(decimal.String()),
		zebus.RoutingText(f.GUID.String()),
		zebus.RoutingTime(at),
		zebus.RoutingText(colour),
		nullable(f.String),
		zebus.RoutingText(f.PeerID.String()),
		optional,
		zebus.RoutingText(wire.TimeSpan(f.TimeSpan).String()),
		zebus.RoutingFloat32(float32(number(t, f.Float, 32))),
		zebus.RoutingText(wire.Char(f.Char).String()),
		zebus.RoutingText(zebus.MessageID(f.MessageID).String()),
	}
}

func number(t *testing.T, text string, bits int) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, bits)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func routedLists(t *testing.T, raw json.RawMessage) zebus.RoutingContent {
	t.Helper()
	var f struct {
		Markets []string
		IDs     []int64
		Plain   string
	}
	read(t, raw, &f)
	markets, ids := make([]zebus.RoutingValue, len(f.Markets)), make([]zebus.RoutingValue, len(f.IDs))
	for i, market := range f.Markets {
		markets[i] = zebus.RoutingText(market)
	}
	for i, id := range f.IDs {
		ids[i] = zebus.RoutingInt(id)
	}
	return zebus.RoutingContent{zebus.RoutingSet(markets...), zebus.RoutingSet(ids...), zebus.RoutingText(f.Plain)}
}

func TestRoutingValues(t *testing.T) {
	tests := []struct {
		name  string
		value zebus.RoutingValue
		want  string
	}{
		{"C01 a fraction has a point, whatever the place", zebus.RoutingFloat64(42.42), "42.42"},
		{"C01 the largest positional double", zebus.RoutingFloat64(12345678901234567), "12345678901234568"},
		{"C01 a double beyond it", zebus.RoutingFloat64(1e17), "1E+17"},
		{"C01 the smallest positional double", zebus.RoutingFloat64(0.0001), "0.0001"},
		{"C01 a double below it", zebus.RoutingFloat64(0.00001), "1E-05"},
		{"C01 a negative fraction with an exponent", zebus.RoutingFloat64(-1.5e-300), "-1.5E-300"},
		{"C01 the largest positional float", zebus.RoutingFloat32(1e8), "100000000"},
		{"C01 a float beyond it", zebus.RoutingFloat32(1e9), "1E+09"},
		{"C01 a number without sign", zebus.RoutingUint(1<<64 - 1), "18446744073709551615"},
		{"X35 true", zebus.RoutingBool(true), "True"},
		{"X35 false", zebus.RoutingBool(false), "False"},
		{"C01 a time loses its fraction", zebus.RoutingTime(time.Date(2024, 1, 2, 3, 4, 5, 999, time.UTC)), "01/02/2024 03:04:05"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if got, ok := tc.value.Text(); !ok || got != tc.want {
				t.Errorf("text %q, %t, want %q", got, ok, tc.want)
			}
		})
	}
	t.Run("C02 null matches no literal and is told apart from empty text", func(t *testing.T) {
		if null := zebus.RoutingNull(); !null.IsNull() || null.Matches("") || null.Matches("null") {
			t.Errorf("null is %#v", null)
		}
		if zebus.RoutingText("").IsNull() || !zebus.RoutingText("").Matches("") {
			t.Error("the empty text is not itself")
		}
	})
	t.Run("C04 a null item is kept and matches nothing", func(t *testing.T) {
		set := zebus.RoutingSet(zebus.RoutingText("a"), zebus.RoutingNull())
		if len(set.Items()) != 2 || !set.Matches("a") || set.Matches("") {
			t.Errorf("set %v", set)
		}
	})
	t.Run("C05 a collection that is null is an empty one", func(t *testing.T) {
		set := zebus.RoutingSet()
		if set.IsNull() || len(set.Items()) != 0 || set.Matches("") {
			t.Errorf("set %#v", set)
		}
		if key := zebus.Key("*"); !key.Matches(zebus.RoutingContent{set}) {
			t.Error("a star does not match it")
		}
	})
	t.Run("C06 C07 C31 the values of a message stand in the order of their positions", func(t *testing.T) {
		content := (&interop.PriceChanged{Market: "EU", ID: 12}).ZebusRouting(nil)
		if len(content) != 2 || !content[0].Matches("EU") || !content[1].Matches("12") || content.String() != "EU.12" {
			t.Errorf("content %v", content)
		}
	})
}
