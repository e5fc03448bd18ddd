package zebustest_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/codegen/testdata/names"
	"github.com/zebus-go/zebus/codegen/testdata/orders"
	"github.com/zebus-go/zebus/codegen/testdata/protoc"
	"github.com/zebus-go/zebus/codegen/testdata/routing"
	"github.com/zebus-go/zebus/codegen/testdata/shapes"
	"github.com/zebus-go/zebus/codegen/testdata/shapes/other"
	"github.com/zebus-go/zebus/codegen/testdata/values"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
	"github.com/zebus-go/zebus/zebustest"
)

// everyType lists messages that have, together, a field of every kind in every place.
var everyType = []zebus.Message{
	(*interop.PriceChanged)(nil), (*orders.PlaceOrder)(nil), (*orders.Line)(nil),
	(*values.Optionals)(nil), (*values.Requireds)(nil), (*values.Pointers)(nil), (*values.Slices)(nil), (*values.Encodings)(nil),
	(*routing.Everything)(nil), (*routing.Nullable)(nil), (*routing.Several)(nil), (*names.OrderChanged)(nil),
	(*shapes.Maps)(nil), (*shapes.Tree)(nil), (*shapes.Paid)(nil), (*shapes.Figure)(nil), (*shapes.Shipped)(nil),
	(*shapes.Old)(nil), (*shapes.NumberBox)(nil), (*shapes.PointBox)(nil), (*shapes.ColourBox)(nil),
	(*protoc.PlaceOrder)(nil), (*protoc.Measured)(nil), (*zebus.MessageProcessingFailed)(nil),
}

// cases fits every field of everyType that is one of several.
var cases = []any{&shapes.Cash{}, &shapes.Rings{}, &other.No{}}

func TestSamplesTravel(t *testing.T) {
	for _, m := range everyType {
		t.Run(m.ZebusType().ID().String(), func(t *testing.T) {
			first := zebustest.SampleOf(t, m.ZebusType(), cases...)
			zebustest.ExpectRoundTrip(t, first)
			second := zebustest.SampleOf(t, m.ZebusType(), cases...)
			if string(first.ZebusAppend(nil)) != string(second.ZebusAppend(nil)) {
				t.Errorf("a second sample is another one: %+v and %+v", first, second)
			}
			if len(first.ZebusAppend(nil)) == 0 {
				t.Error("there is nothing in the sample")
			}
		})
	}
}

func TestSample(t *testing.T) {
	amount, _ := wire.NewDecimal(0, 425, 2, false)
	t.Run("every field has something, and each something else", func(t *testing.T) {
		want := &interop.PriceChanged{Market: "Market", ID: 1, Price: 2.5, At: time.Date(2001, 2, 3, 4, 5, 3, 0, time.UTC), Amount: amount}
		if diff := cmp.Diff(want, zebustest.Sample[*interop.PriceChanged](t), cmp.AllowUnexported(wire.Decimal{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("a message that refers to its own type ends there", func(t *testing.T) {
		want := &shapes.Tree{Name: "Name", Growth: &shapes.Rings{Count: 1}}
		if diff := cmp.Diff(want, zebustest.Sample[*shapes.Tree](t, cases...)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("a case that nobody named ends the test", func(t *testing.T) {
		wantFailure(t, try(func(t zebustest.TB) { zebustest.Sample[*shapes.Paid](t, &shapes.Rings{}) }),
			"Payment is one of several: give Sample a case that is a shapes.Payment")
	})
}

// forgetful is a message that loses a field on the way.
type forgetful struct{ interop.EchoReply }

func (f *forgetful) ZebusType() *zebus.MessageType { return forgetfulType }

func (f *forgetful) ZebusUnmarshal(b []byte) error {
	err := f.EchoReply.ZebusUnmarshal(b)
	f.Number = 0
	return err
}

var forgetfulType = zebus.NewMessageType(zebus.MessageTypeConfig{ID: "Test.Forgetful", New: func() zebus.Message { return &forgetful{} }})

func TestExpectRoundTrip(t *testing.T) {
	wantFailure(t, try(func(t zebustest.TB) { zebustest.ExpectRoundTrip(t, zebustest.Sample[*forgetful](t)) }),
		"Forgetful is not read as it was written", "Number: want 1, got nothing")
}
