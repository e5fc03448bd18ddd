package codegen_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/codegen/testdata/handlers"
	"github.com/zebus-go/zebus/codegen/testdata/names"
	"github.com/zebus-go/zebus/codegen/testdata/orders"
	"github.com/zebus-go/zebus/codegen/testdata/routing"
	"github.com/zebus-go/zebus/zebus"
)

// The compiler checks that commands, events and replies are what their directives say.
var (
	_ zebus.CommandFor[orders.OrderPlaced] = (*orders.PlaceOrder)(nil)
	_ zebus.CommandFor[handlers.Answer]    = (*handlers.Ask)(nil)
	_ zebus.Command                        = (*handlers.Tell)(nil)
	_ zebus.Event                          = (*handlers.Tick)(nil)
)

func TestHandlersAreRegistered(t *testing.T) {
	tests := map[string]struct {
		handlers []zebus.Handler
		want     []string
	}{
		"methods in the order of the source": {
			new(handlers.Oracle).Handlers(),
			[]string{
				"Oracle.Ask Handlers.Ask", "Oracle.Tell Handlers.Tell", "Oracle.OnTick Handlers.Tick", "Oracle.OnTicks Handlers.Tick",
				"Oracle.OnMany Handlers.Tick",
			},
		},
		"methods on values":         {handlers.Silent{}.Handlers(), []string{"Silent.OnTick Handlers.Tick"}},
		"methods of a generic type": {new(handlers.Store[string, int]).Handlers(), []string{"Store.Tell Handlers.Tell"}},
		"functions, and messages of another package": {
			handlers.Handlers(),
			[]string{"handlers.OnReplay Abc.Zebus.Lotus.ReplayMessageCommand", "handlers.onTick Handlers.Tick"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, h := range tc.handlers {
				got = append(got, h.Name()+" "+h.Type().ID().String())
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTypes(t *testing.T) {
	tests := map[string]struct {
		message    zebus.Message
		id         zebus.MessageTypeID
		kind       zebus.Kind
		persistent bool
	}{
		"the namespace of the package":                {(*orders.PlaceOrder)(nil), "Shop.PlaceOrder", zebus.KindCommand, true},
		"a namespace of its own":                      {(*orders.ShopClosed)(nil), "Shop.Opening.ShopClosed", zebus.KindEvent, false},
		"a reply":                                     {(*orders.OrderPlaced)(nil), "Shop.OrderPlaced", zebus.KindMessage, true},
		"B02 a name for a class inside a class":       {(*names.Nested)(nil), "Names.V2.Outer+Nested", zebus.KindMessage, true},
		"B03 a name for an instance of a generic one": {(*names.OrderChanged)(nil), "Names.Changed<Names.Order>", zebus.KindEvent, true},
		"B05 a transient one":                         {(*handlers.Tick)(nil), "Handlers.Tick", zebus.KindEvent, false},
		"B01 B08 namespace and name with a dot":       {(*routing.Measured)(nil), "Routing.Measured", zebus.KindEvent, true},
		"B06 an infrastructure message":               {(*zebus.MessageExecutionCompleted)(nil), "Abc.Zebus.Core.MessageExecutionCompleted", zebus.KindMessage, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			mt := tc.message.ZebusType()
			if mt.ID() != tc.id || mt.Kind() != tc.kind || mt.Persistent() != tc.persistent {
				t.Errorf("%s, kind %d, persistent %t; want %s, %d, %t", mt.ID(), mt.Kind(), mt.Persistent(), tc.id, tc.kind, tc.persistent)
			}
			if mt.New().ZebusType() != mt {
				t.Errorf("New makes a %s", mt.New().ZebusType().ID())
			}
			if got := reflect.TypeOf(mt.New()); got != reflect.TypeOf(tc.message) {
				t.Errorf("B08 New makes a %s, want a %T", got, tc.message)
			}
			if infrastructure := name[:3] == "B06"; mt.Infrastructure() != infrastructure {
				t.Errorf("infrastructure %t, want %t", mt.Infrastructure(), infrastructure)
			}
		})
	}
}
