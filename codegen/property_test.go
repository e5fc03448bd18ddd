package codegen_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/zebus-go/zebus/codegen/testdata/names"
	"github.com/zebus-go/zebus/codegen/testdata/orders"
	"github.com/zebus-go/zebus/codegen/testdata/routing"
	"github.com/zebus-go/zebus/codegen/testdata/shapes"
	"github.com/zebus-go/zebus/codegen/testdata/values"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// everyType lists messages that have, together, a field of every kind in every place.
var everyType = append([]zebus.Message{
	(*orders.PlaceOrder)(nil), (*orders.Line)(nil),
	(*values.Optionals)(nil), (*values.Requireds)(nil), (*values.Pointers)(nil), (*values.Slices)(nil), (*values.Encodings)(nil),
	(*routing.Everything)(nil), (*routing.Nullable)(nil), (*routing.Several)(nil),
	(*names.OrderChanged)(nil), (*names.First)(nil),
	(*shapes.Maps)(nil), (*shapes.Tree)(nil), (*shapes.Paid)(nil), (*shapes.Figure)(nil), (*shapes.Shipped)(nil),
	(*shapes.Old)(nil), (*shapes.NumberBox)(nil), (*shapes.PointBox)(nil), (*shapes.ColourBox)(nil),
}, recorded...)

func TestAnyMessageSurvives(t *testing.T) {
	for _, m := range everyType {
		mt := m.ZebusType()
		t.Run("A16 "+mt.ID().String()+" is read as it was written", rapid.MakeCheck(func(t *rapid.T) {
			want := filler{t}.message(mt)
			frame := want.ZebusAppend([]byte("head"))
			if len(frame)-4 != want.ZebusSize() {
				t.Fatalf("%d bytes, want %d", len(frame)-4, want.ZebusSize())
			}
			got := mt.New()
			if err := got.ZebusUnmarshal(frame[4:]); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(wire.Decimal{}, shapes.Old{})); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			if again := got.ZebusAppend(nil); !bytes.Equal(again, frame[4:]) {
				t.Fatalf("written\n     %x\nthen %x", frame[4:], again)
			}
		}))
	}
}

func TestNoBytesPanic(t *testing.T) {
	for _, m := range everyType {
		mt := m.ZebusType()
		t.Run(mt.ID().String()+" is read from any bytes, or refused", rapid.MakeCheck(func(t *rapid.T) {
			frame := mutated(t, filler{t}.message(mt).ZebusAppend(nil))
			m := mt.New()
			if m.ZebusUnmarshal(frame) != nil {
				return
			}
			first := m.ZebusAppend(nil)
			if m.ZebusSize() != len(first) {
				t.Fatalf("ZebusSize() = %d, but %d bytes were written", m.ZebusSize(), len(first))
			}
			again := mt.New()
			if err := again.ZebusUnmarshal(first); err != nil {
				t.Fatalf("reading %x, which was written: %v", first, err)
			}
		}))
	}
}

// mutated cuts, repeats, removes and changes bytes.
func mutated(t *rapid.T, frame []byte) []byte {
	for range rapid.IntRange(1, 4).Draw(t, "mutations") {
		if len(frame) == 0 {
			return rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		}
		at := rapid.IntRange(0, len(frame)-1).Draw(t, "at")
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			frame = frame[:at]
		case 1:
			frame = append(frame, frame[at:]...)
		case 2:
			frame = append(bytes.Clone(frame[:at]), frame[at+1:]...)
		case 3:
			frame[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		default:
			frame[at] = rapid.Byte().Draw(t, "byte")
		}
	}
	return frame
}
