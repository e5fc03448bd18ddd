package codegen_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/zebus-go/zebus/codegen"
	"github.com/zebus-go/zebus/codegen/testdata/protoc"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/wire/wirepb"
	"github.com/zebus-go/zebus/zebus"
)

// The messages of testdata/protoc come from a .proto file and are held to what holds for all others.
var (
	_ zebus.CommandFor[protoc.OrderPlaced] = (*protoc.PlaceOrder)(nil)
	_ zebus.Event                          = (*protoc.Measured)(nil)
	_ zebus.Routable                       = (*protoc.Moved)(nil)
)

func anOrder() *protoc.PlaceOrder {
	return &protoc.PlaceOrder{
		Customer: "c",
		Lines: []*protoc.PlaceOrder_Line{
			{Article: "a", Count: new(int32(0)), Price: &wirepb.Decimal{Lo: new(uint64(5))}, Remarks: map[string]string{"k": "v"}},
		},
		Id:     &wirepb.Guid{Lo: new(uint64(1)), Hi: new(uint64(2))},
		Sender: &wirepb.PeerId{Value: new("Shop.0")},
	}
}

func TestMessagesOfProtoFiles(t *testing.T) {
	t.Run("a message is written and read as protobuf does it", func(t *testing.T) {
		m := anOrder()
		frame := m.ZebusAppend([]byte("head"))
		if len(frame)-4 != m.ZebusSize() {
			t.Errorf("%d bytes, want %d", len(frame)-4, m.ZebusSize())
		}
		var got protoc.PlaceOrder
		if err := got.ZebusUnmarshal(frame[4:]); err != nil || !proto.Equal(&got, m) {
			t.Errorf("%v (%v)", cmp.Diff(m, &got, protocmp.Transform()), err)
		}
	})
	t.Run("entries of a map are sorted by key", func(t *testing.T) {
		remarks := map[string]string{}
		for _, key := range "hgfedcba" {
			remarks[string(key)] = ""
		}
		m := &protoc.PlaceOrder_Line{Remarks: remarks}
		first := m.ZebusAppend(nil)
		if a, h := bytes.IndexByte(first, 'a'), bytes.IndexByte(first, 'h'); a > h || !bytes.Equal(first, m.ZebusAppend(nil)) {
			t.Errorf("written as %x, then as %x", first, m.ZebusAppend(nil))
		}
	})
	t.Run("reading adds to what is there", func(t *testing.T) {
		m := anOrder()
		if err := m.ZebusUnmarshal(anOrder().ZebusAppend(nil)); err != nil || len(m.GetLines()) != 2 {
			t.Errorf("%v (%v)", m, err)
		}
	})
	t.Run("a struct holds them, and is described with them", func(t *testing.T) {
		m := &protoc.Basket{Lines: anOrder().GetLines()}
		frame := m.ZebusAppend(nil)
		var got protoc.Basket
		if err := got.ZebusUnmarshal(frame); err != nil || !proto.Equal(got.Lines[0], m.Lines[0]) {
			t.Errorf("%v (%v)", got.Lines, err)
		}
		line := wire.Proto(m).ProtoReflect().Descriptor().Fields().ByName("lines").Message()
		if line != m.Lines[0].ProtoReflect().Descriptor() {
			t.Errorf("the lines are described as %v", line.FullName())
		}
	})
	t.Run("it is a protobuf message by itself", func(t *testing.T) {
		m := anOrder()
		if wire.Proto(m) != proto.Message(m) {
			t.Error("Proto returned another message")
		}
		var got protoc.PlaceOrder
		if err := wire.FromProto(m, &got); err != nil || !proto.Equal(&got, m) {
			t.Errorf("%v (%v)", &got, err)
		}
	})
	t.Run("a text that is no UTF-8 does not stop a message", func(t *testing.T) {
		m := anOrder()
		m.Customer, m.Lines[0].Remarks = "a\xff\xfeé", map[string]string{"\xff": "\xffx"}
		frame := m.ZebusAppend(nil)
		var got protoc.PlaceOrder
		if err := got.ZebusUnmarshal(frame); err != nil || got.GetCustomer() != "a??é" || got.GetLines()[0].GetRemarks()["?"] != "?x" {
			t.Errorf("%v (%v)", &got, err)
		}
		if len(frame) != m.ZebusSize() || m.GetCustomer() != "a\xff\xfeé" {
			t.Errorf("%d bytes, want %d; the message is %v", len(frame), m.ZebusSize(), m)
		}
	})
	t.Run("names, kinds and modes are those of the options and directives", func(t *testing.T) {
		for want, m := range map[zebus.MessageTypeID]zebus.Message{
			"Protoc.PlaceOrder":        (*protoc.PlaceOrder)(nil),
			"Protoc.PlaceOrder+Line":   (*protoc.PlaceOrder_Line)(nil),
			"Protoc.OrderPlaced":       (*protoc.OrderPlaced)(nil),
			"Weather.Station+Measured": (*protoc.Measured)(nil),
			"Weather.Moved":            (*protoc.Moved)(nil),
		} {
			if got := m.ZebusType().ID(); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		if (*protoc.Measured)(nil).ZebusType().Persistent() {
			t.Error("Measured is persistent, want transient")
		}
	})
	t.Run("routing content is in the order of the positions", func(t *testing.T) {
		measured := &protoc.Measured{Station: "Paris", Sky: protoc.Sky_SKY_PARTLY_CLOUDY.Enum(), Sensors: []int32{1, 2}}
		if got := measured.ZebusRouting(nil).String(); got != "Paris.{1,2}.PartlyCloudy" {
			t.Error(got)
		}
		if got := (&protoc.Moved{Station: "a", To: "b"}).ZebusRouting(nil).String(); got != "b.a" {
			t.Error(got)
		}
	})
	t.Run("a handler takes them", func(t *testing.T) {
		if len(protoc.Handlers()) != 1 {
			t.Errorf("%d handlers, want one", len(protoc.Handlers()))
		}
	})
}

func TestMistakesInProtoFiles(t *testing.T) {
	source := string(must(os.ReadFile("testdata/protoc/protoc.pb.go")))
	tests := map[string]struct{ old, replaced, want string }{
		"a routing member that does not exist": {"routing=to,station", "routing=to,nowhere", "Moved: routing=nowhere: the message has no such field"},
		"a directive beside an option":         {"// PlaceOrder orders things.\n", "//zebus:event\n", "PlaceOrder: the .proto file says twice what it is"},
		"a reply that is none":                 {"//zebus:message\n", "\n", "PlaceOrder: reply=OrderPlaced: it is no message"},
	}
	for name, tc := range tests {
		t.Run(name+" is found", func(t *testing.T) {
			changed := strings.Replace(source, tc.old, tc.replaced, 1)
			if changed == source {
				t.Fatalf("%q is not in the source", tc.old)
			}
			dir := module(t, map[string]string{"protoc.pb.go": changed})
			_, err := codegen.Generate(t.Context(), codegen.Options{Dir: dir})
			if problem, ok := errors.AsType[*codegen.SourceError](err); !ok || !strings.Contains(problem.Text, tc.want) {
				t.Errorf("%v, want %s", err, tc.want)
			}
		})
	}
}

func FuzzProtocRead(f *testing.F) {
	f.Add(anOrder().ZebusAppend(nil))
	f.Add(must(hex.DecodeString("0a01ff")))
	f.Fuzz(func(t *testing.T, b []byte) {
		var m, again protoc.PlaceOrder
		if m.ZebusUnmarshal(b) != nil {
			return
		}
		written := m.ZebusAppend(nil)
		if err := again.ZebusUnmarshal(written); err != nil || !proto.Equal(&m, &again) {
			t.Errorf("written %x and read (%v)", written, err)
		}
	})
}
