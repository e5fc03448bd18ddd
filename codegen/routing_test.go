package codegen_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/codegen/testdata/names"
	"github.com/zebus-go/zebus/codegen/testdata/orders"
	"github.com/zebus-go/zebus/codegen/testdata/routing"
	"github.com/zebus-go/zebus/codegen/testdata/routing/paint"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

func TestRoutingTexts(t *testing.T) {
	tests := map[string]struct {
		message zebus.Routable
		want    []string
	}{
		"C01 every kind of value has the text that .NET gives it": {
			&routing.Everything{
				Bool: true, Int: -42, Long: 1 << 63, Float: 1.5, Double: 42.42, String: "a.b", Char: '€',
				Decimal: must(wire.ParseDecimal("1.10")), DateTime: time.Date(2024, 3, 15, 13, 45, 30, 999, time.UTC),
				TimeSpan: 864_000_000_000, Duration: 90 * time.Minute, GUID: zebus.GUID{0xab, 15: 1}, PeerID: "Shop.0",
				MessageID: zebus.MessageID{0xcd, 15: 2}, Colour: routing.ColourRed, Shade: paint.ShadeDark, Plain: -7,
			},
			[]string{
				"True", "-42", "9223372036854775808", "1.5", "42.42", "a.b", "€",
				"1.10", "03/15/2024 13:45:30",
				"1.00:00:00", "01:30:00", "ab000000-0000-0000-0000-000000000001", "Shop.0",
				"cd000000-0000-0000-0000-000000000002", "Red", "Dark", "-7",
			},
		},
		"C06 members stand in the order of their positions, not of their fields": {
			&routing.Measured{Station: "Paris", Celsius: 20.5},
			[]string{"Paris", "20.5"},
		},
		"enums have names for values of 64 bits, and numbers where they name none": {
			&routing.Ranked{Vast: routing.VastTop, Nameless: -3},
			[]string{"Highest", "-3"},
		},
		"a value beyond the signed numbers has a name too": {&routing.Ranked{Vast: routing.VastHigh}, []string{"High", "0"}},
		"a peer ID has its text":                           {&names.Order{Peer: "Shop.0"}, []string{"Shop.0"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, texts(tc.message.ZebusRouting(nil))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// texts renders single values; null is a word that no text of these tests is.
func texts(content zebus.RoutingContent) []string {
	list := make([]string, len(content))
	for i, v := range content {
		list[i] = v.String()
	}
	return list
}

func TestRoutingOfEnums(t *testing.T) {
	tests := map[string]struct {
		colour routing.Colour
		want   string
	}{
		"the prefix of the type is left out":                {routing.ColourRed, "Red"},
		"the first of two names counts":                     {routing.ColourCrimson, "Red"},
		"a name that only begins like the type stays whole": {routing.Colourful, "Colourful"},
		"a name without the prefix stays whole":             {routing.Beige, "Beige"},
		"a value without a name is its number":              {-12, "-12"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			content := (&routing.Nullable{Colour: &tc.colour}).ZebusRouting(nil)
			if got := content[4].String(); got != tc.want {
				t.Errorf("text %q, want %q", got, tc.want)
			}
		})
	}
	t.Run("a name that other packages cannot use is its number", func(t *testing.T) {
		content := (&routing.Everything{Shade: paint.Secret()}).ZebusRouting(nil)
		if got := content[15].String(); got != "3" {
			t.Errorf("text %q, want 3", got)
		}
	})
}

func TestRoutingOfWhatIsMissingOrSeveral(t *testing.T) {
	t.Run("C02 a nil member is null", func(t *testing.T) {
		for i, v := range (&routing.Nullable{}).ZebusRouting(nil) {
			if !v.IsNull() {
				t.Errorf("member %d is %s, want null", i, v)
			}
		}
	})
	t.Run("a member that is there has its text", func(t *testing.T) {
		m := &routing.Nullable{String: new("s"), Int: new(int64(1)), PeerID: new(zebus.PeerID("A.0")), GUID: new(zebus.GUID{})}
		want := []string{"s", "1", "A.0", "00000000-0000-0000-0000-000000000000", "null"}
		if diff := cmp.Diff(want, texts(m.ZebusRouting(nil))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("C03 a slice has the text of each element", func(t *testing.T) {
		m := &routing.Several{Name: "n", IDs: []int32{1, 2}, Prices: []wire.Decimal{must(wire.ParseDecimal("1.5"))}, Colours: []routing.Colour{1}}
		content := m.ZebusRouting(nil)
		for i, literals := range [][]string{{"n"}, {"1", "2"}, {"1.5"}, {"Red"}} {
			for _, literal := range literals {
				if !content[i].Matches(literal) {
					t.Errorf("member %d is %s, want it to match %s", i, content[i], literal)
				}
			}
		}
	})
	t.Run("C05 a nil slice has no value, but is there", func(t *testing.T) {
		content := (&routing.Several{Name: "n"}).ZebusRouting(nil)
		if len(content) != 4 || len(content[1].Items()) != 0 || content[1].IsNull() {
			t.Errorf("content %s of %d members, want 4 with empty ones", content, len(content))
		}
	})
}

func TestRoutingOfTypes(t *testing.T) {
	t.Run("C07 positions 2 and 4 are members 0 and 1", func(t *testing.T) {
		got := (*routing.Measured)(nil).ZebusType().Routing()
		if diff := cmp.Diff([]string{"Station", "Celsius"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("a message without routing members is not routable", func(t *testing.T) {
		if _, ok := zebus.Message(&orders.PlaceOrder{}).(zebus.Routable); ok {
			t.Error("PlaceOrder has ZebusRouting")
		}
	})
	t.Run("values are appended to what is there", func(t *testing.T) {
		content := (&routing.Measured{Station: "Oslo"}).ZebusRouting(zebus.RoutingContent{zebus.RoutingText("head")})
		if diff := cmp.Diff([]string{"head", "Oslo", "0"}, texts(content)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
