package zebus_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestRegisteredSubscriptions(t *testing.T) {
	note := func(context.Context, *interop.Note) error { return nil }
	price := func(context.Context, *interop.PriceChanged) error { return nil }
	cases := map[string]struct {
		handlers []zebus.Handler
		want     string
	}{
		"I01 J02 a handler subscribes to its type":            {[]zebus.Handler{zebus.HandleEvent(note)}, "Note: #"},
		"I01 a manual one does not":                           {[]zebus.Handler{zebus.HandleEvent(note).Mode(zebus.SubscribeManual)}, ""},
		"J02 nor does that of a message with routing members": {[]zebus.Handler{zebus.HandleEvent(price)}, ""},
		"J02 unless it says so":                               {[]zebus.Handler{zebus.HandleEvent(price).Mode(zebus.SubscribeAuto)}, "PriceChanged: #"},
		"I02 J01 two handlers of a type register it once":     {[]zebus.Handler{zebus.HandleEvent(note), zebus.HandleEvent(note)}, "Note: #"},
		"I26 startup keys replace the default and know the peer": {[]zebus.Handler{zebus.HandleEvent(price).Startup(func(id zebus.PeerID) []zebus.BindingKey {
			return []zebus.BindingKey{zebus.Key(string(id), "*"), zebus.Key("EU", "7")}
		})}, "PriceChanged: A.0.*; PriceChanged: EU.7"},
	}
	for name, c := range cases {
		inTown(t, name, func(t *testing.T, town *town) {
			if got := town.stopped("A.0", c.handlers...).registered(); got != c.want {
				t.Errorf("registered %q, want %q", got, c.want)
			}
		})
	}
}

// TestModes is the table of who subscribes when the bus starts: what the handler says comes before what the message says, and
// that before whether the message is routed.
func TestModes(t *testing.T) {
	const byDefault, auto, manual = zebus.SubscribeDefault, zebus.SubscribeAuto, zebus.SubscribeManual
	for name, c := range map[string]struct {
		routed  bool
		message zebus.SubscribeMode
		of      map[zebus.SubscribeMode]bool // whether a handler of that mode subscribes
	}{
		"J02 a message that is not routed":     {false, byDefault, map[zebus.SubscribeMode]bool{byDefault: true, auto: true, manual: false}},
		"J02 one that is":                      {true, byDefault, map[zebus.SubscribeMode]bool{byDefault: false, auto: true, manual: false}},
		"J02 one that is, and subscribes":      {true, auto, map[zebus.SubscribeMode]bool{byDefault: true, auto: true, manual: false}},
		"J02 one that is not, and need be not": {false, manual, map[zebus.SubscribeMode]bool{byDefault: false, auto: true, manual: false}},
	} {
		inTown(t, name, func(t *testing.T, town *town) {
			config := zebus.MessageTypeConfig{ID: "Test.Chosen", Kind: zebus.KindEvent, Subscribe: c.message, New: func() zebus.Message { return &chosen{} }}
			if c.routed {
				config.Routing = []string{"Market"}
			}
			chosenType = zebus.NewMessageType(config)
			for mode, want := range c.of {
				book := &phoneBook{town: town}
				bus, err := town.builder("A.0", zebus.HandleEvent(func(context.Context, *chosen) error { return nil }).Mode(mode)).WithDirectory(book).Build()
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(bus.Start(t.Context()), bus.Stop(t.Context())); err != nil {
					t.Fatal(err)
				}
				if got := slices.ContainsFunc(book.subs, zebus.SubscribeTo("Test.Chosen").Equal); got != want {
					t.Errorf("a handler of mode %d subscribes: %t, want %t", mode, got, want)
				}
			}
		})
	}
}

// chosen is an event of the type that a test has chosen.
type chosen struct{ interop.Note }

var chosenType *zebus.MessageType

func (*chosen) ZebusType() *zebus.MessageType { return chosenType }
