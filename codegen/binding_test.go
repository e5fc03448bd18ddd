package codegen_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/codegen/testdata/routing"
	"github.com/zebus-go/zebus/codegen/testdata/routing/paint"
	"github.com/zebus-go/zebus/codegen/testdata/vectors"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// Where the original writes a predicate, we have a typed binding: an equality is zebus.Is, a condition that is not
// there is a member that is left out, and a conjunction is a binding with several members.
func TestBindingsFromConditions(t *testing.T) {
	tests := map[string]struct {
		binding zebus.Binding
		want    string
	}{
		"D04 texts stand in the order of the positions, not of the fields": {
			routing.MeasuredBinding{Celsius: zebus.Is(20.5), Station: zebus.Is("Paris")}, "Paris.20.5",
		},
		"D05 members that are left out may be anything": {vectors.RoutedBinding{ID: zebus.Is(int32(12))}, "*.12.*.*"},
		"D05 so may members that are Any":               {vectors.RoutedBinding{ID: zebus.Is(int32(12)), Market: zebus.Any}, "*.12.*.*"},
		"D06 a truth value is True":                     {vectors.RoutedBinding{Open: zebus.Is(true)}, "*.*.True.*"},
		"D06 or False":                                  {vectors.RoutedBinding{Open: zebus.Is(!true)}, "*.*.False.*"},
		"D07 an enum is its name":                       {routing.NullableBinding{Colour: zebus.Is(routing.ColourRed)}, "*.*.*.*.Red"},
		"D07 an enum without a name is its number":      {routing.NullableBinding{Colour: zebus.Is(routing.Colour(-12))}, "*.*.*.*.-12"},
		"D09 a collection contains a value":             {routing.SeveralBinding{IDs: zebus.Is(int32(3))}, "*.3.*.*"},
		"D09 a collection and an equality": {
			routing.SeveralBinding{Name: zebus.Is("A"), Colours: zebus.Is(routing.Beige)}, "A.*.*.Beige",
		},
		"the empty text is a value":             {routing.MeasuredBinding{Station: zebus.Is("")}, ".*"},
		"an empty binding asks for every value": {routing.MeasuredBinding{}, "*.*"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.binding.Key().String(); got != tc.want {
				t.Errorf("key %s, want %s", got, tc.want)
			}
		})
	}
}

func TestBindingsOfEveryKind(t *testing.T) {
	at := time.Date(2024, 3, 15, 13, 45, 30, 999, time.UTC)
	m := &routing.Everything{
		Bool: true, Int: -42, Long: 1 << 63, Float: 1.5, Double: 42.42, String: "a.b", Char: '€',
		Decimal: must(wire.ParseDecimal("1.10")), DateTime: at, TimeSpan: 864_000_000_000, Duration: 90 * time.Minute,
		GUID: zebus.GUID{0xab, 15: 1}, PeerID: "Shop.0", MessageID: zebus.MessageID{0xcd, 15: 2}, Colour: routing.ColourRed,
		Shade: paint.ShadeDark, Plain: -7,
	}
	binding := routing.EverythingBinding{
		Bool: zebus.Is(true), Int: zebus.Is(int32(-42)), Long: zebus.Is(uint64(1 << 63)), Float: zebus.Is(float32(1.5)),
		Double: zebus.Is(42.42), String: zebus.Is("a.b"), Char: zebus.Is(wire.Char('€')), Decimal: zebus.Is(m.Decimal), DateTime: zebus.Is(at),
		TimeSpan: zebus.Is(m.TimeSpan), Duration: zebus.Is(m.Duration), GUID: zebus.Is(m.GUID), PeerID: zebus.Is(m.PeerID),
		MessageID: zebus.Is(m.MessageID), Colour: zebus.Is(m.Colour), Shade: zebus.Is(m.Shade), Plain: zebus.Is(m.Plain),
	}
	content := m.ZebusRouting(nil)
	t.Run("D08 every member, two enums among them, is asked for by the text that the message has", func(t *testing.T) {
		if diff := cmp.Diff(texts(content), binding.Key().Parts); diff != "" {
			t.Errorf("(-message +binding):\n%s", diff)
		}
	})
	t.Run("D01 an example that has every member gives the same binding", func(t *testing.T) {
		if got := routing.EverythingLike(m); got != binding {
			t.Errorf("binding %v, want %v", got, binding)
		}
	})
	t.Run("C26 the key of a binding accepts the message, and no other", func(t *testing.T) {
		if !binding.Key().Accepts(content) || !binding.Key().Matches(content) {
			t.Error("the message is not accepted")
		}
		m.Plain++
		if binding.Key().Accepts(m.ZebusRouting(nil)) || binding.Key().Matches(m.ZebusRouting(nil)) {
			t.Error("another message is accepted")
		}
	})
}

func TestBindingsFromExamples(t *testing.T) {
	number := func() int32 { return 12 }
	tests := map[string]struct {
		binding zebus.Binding
		want    string
	}{
		"D01 an example asks for what it has":        {vectors.RoutedLike(&vectors.Routed{Market: new("name"), ID: 12}), "name.12.*.*"},
		"D02 whatever its values come from":          {vectors.RoutedLike(&vectors.Routed{ID: number()}), "*.12.*.*"},
		"D03 a zero stands for any value":            {routing.MeasuredLike(&routing.Measured{Celsius: 1}), "*.1"},
		"a pointer to zero asks for zero":            {routing.NullableLike(&routing.Nullable{String: new(""), Colour: new(routing.Colour(0))}), ".*.*.*.0"},
		"a collection asks for its only element":     {routing.SeveralLike(&routing.Several{Name: "A", IDs: []int32{0}}), "A.0.*.*"},
		"a collection of several stands for any one": {routing.SeveralLike(&routing.Several{IDs: []int32{1, 2}}), "*.*.*.*"},
		"an empty example stands for any message":    {routing.EverythingLike(&routing.Everything{}), "*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.binding.Key().String(); got != tc.want {
				t.Errorf("key %s, want %s", got, tc.want)
			}
		})
	}
}

// asking makes a key without knowing the message, as a function over an interface would.
func asking[B zebus.TypedBinding](b B) zebus.Subscription { return zebus.Where(b) }

func TestBindingsAreSubscribedTo(t *testing.T) {
	want := zebus.Subscription{Type: "Routing.Measured", Key: zebus.Key("Paris", "*")}
	t.Run("D10 a function over the interface works like the direct form", func(t *testing.T) {
		if got := asking(routing.MeasuredBinding{Station: zebus.Is("Paris")}); !got.Equal(want) {
			t.Errorf("subscription %s, want %s", got, want)
		}
	})
	t.Run("D11 bindings that ask for the same are equal, and so are their subscriptions", func(t *testing.T) {
		first := routing.MeasuredBinding{Station: zebus.Is("Paris")}
		second := routing.MeasuredLike(&routing.Measured{Station: "Paris"})
		if first != second || !zebus.Where(first).Equal(zebus.Where(second)) {
			t.Errorf("%v and %v differ", first, second)
		}
		if counts := map[routing.MeasuredBinding]int{first: 1}; counts[second] != 1 {
			t.Error("one is not found under the other")
		}
	})
	t.Run("D13 the subscription to everything asks for any value of each member", func(t *testing.T) {
		for position := range 2 {
			if _, constrained := zebus.SubscribeTo(want.Type).Key.Part(position); constrained {
				t.Errorf("member %d is constrained", position)
			}
		}
	})
	t.Run("C30 a binding has the routing members and no other", func(t *testing.T) {
		var names []string
		for member := range reflect.TypeFor[routing.MeasuredBinding]().Fields() {
			names = append(names, member.Name)
		}
		if diff := cmp.Diff((*routing.Measured)(nil).ZebusType().Routing(), names); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("a member with the name of a method has another name in the binding", func(t *testing.T) {
		b := routing.KeyedBinding{KeyMember: zebus.Is("a"), ZebusKind: zebus.Is(int32(1))}
		if got := b.Key().String(); got != "a.1" {
			t.Errorf("key %s, want a.1", got)
		}
	})
}
