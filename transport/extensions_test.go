package transport_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

func extended(e *zebus.Extensions) zebus.TransportMessage {
	return zebus.TransportMessage{
		ID: zebus.MessageID{1}, Type: "A.B", Content: []byte{},
		Originator: zebus.Originator{SenderID: "P.0", SenderEndpoint: "tcp://h:1"}, Extensions: e,
	}
}

func TestExtensions(t *testing.T) {
	all := &zebus.Extensions{
		TraceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceState: "a=b", TimeLeft: time.Second,
	}
	t.Run("what is said is read back, by both writers", func(t *testing.T) {
		m := extended(all)
		w := transport.NewWriter(zebus.Self{ID: "P.0"}, "tcp://h:1")
		for name, frame := range map[string][]byte{
			"AppendMessage": transport.AppendMessage(nil, &m, transport.Overrides{}), "Writer": w.Append(nil, &m),
		} {
			got, err := transport.ReadMessage(frame)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if diff := cmp.Diff(all, got.Extensions); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if got, want := w.Size(&m), len(w.Append(nil, &m)); got != want {
			t.Errorf("Size() = %d, want %d", got, want)
		}
	})
	t.Run("X01 only bytes are written above field 7, and nothing where there is nothing to say", func(t *testing.T) {
		for _, e := range []*zebus.Extensions{nil, {}, all} {
			m := extended(e)
			extras := 0
			for frame := transport.AppendMessage(nil, &m, transport.Overrides{}); len(frame) > 0; {
				num, typ, n := protowire.ConsumeField(frame)
				if n < 0 {
					t.Fatal(protowire.ParseError(n))
				}
				if num > 7 {
					extras++
					if _, got, _ := protowire.ConsumeTag(frame); got != protowire.BytesType {
						t.Errorf("field %d has wire type %d", num, typ)
					}
				}
				frame = frame[n:]
			}
			if want := map[bool]int{true: 3, false: 0}[e == all]; extras != want {
				t.Errorf("%+v: %d extensions, want %d", e, extras, want)
			}
		}
	})
	t.Run("one that makes no sense does no harm", func(t *testing.T) {
		m := extended(nil)
		frame := protowire.AppendBytes(protowire.AppendTag(transport.AppendMessage(nil, &m, transport.Overrides{}), 112, protowire.BytesType), []byte{1, 2})
		got, err := transport.ReadMessage(frame)
		if err != nil || got.Extensions.TimeLeft != 0 {
			t.Errorf("read %+v, error %v", got.Extensions, err)
		}
	})
}
