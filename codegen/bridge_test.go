package codegen_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/anypb"
	"pgregory.net/rapid"

	"github.com/zebus-go/zebus/codegen/testdata/names"
	"github.com/zebus-go/zebus/codegen/testdata/orders"
	"github.com/zebus-go/zebus/codegen/testdata/vectors"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// hasOwnBytes says whether protobuf may write a message in its own way, though it reads it as we do. It packs a list of
// one number and leaves out a packed list of none; it writes the zeros of maps, and cases behind all other fields; and
// it writes the parts of derived classes in the order of their numbers. Of all other messages the bytes are the same.
func hasOwnBytes(m protoreflect.MessageDescriptor, visited map[protoreflect.FullName]bool) bool {
	if visited[m.FullName()] {
		return false
	}
	visited[m.FullName()] = true
	last := protoreflect.FieldNumber(0)
	for i := range m.Fields().Len() {
		field := m.Fields().Get(i)
		if field.IsPacked() || field.IsMap() || field.ContainingOneof() != nil || field.Number() < last {
			return true
		}
		if last = field.Number(); field.Message() != nil && hasOwnBytes(field.Message(), visited) {
			return true
		}
	}
	return false
}

var inOrderOfNumbers = proto.MarshalOptions{Deterministic: true}

func TestRecordedMessagesThroughProtobuf(t *testing.T) {
	for _, m := range recorded {
		for i, c := range recordedCases(t, m.ZebusType().ID()) {
			name := fmt.Sprintf("%s, %s (%d), comes back unchanged", m.ZebusType().ID().Name(), c.Why, i)
			t.Run(name, func(t *testing.T) {
				m := m.ZebusType().New()
				if err := m.ZebusUnmarshal(c.frame(t)); err != nil {
					t.Fatal(err)
				}
				checkBridge(t, m)
			})
		}
	}
}

func TestAnyMessageThroughProtobuf(t *testing.T) {
	for _, m := range everyType {
		t.Run(string(m.ZebusType().ID())+" comes back unchanged", rapid.MakeCheck(func(t *rapid.T) {
			checkBridge(t, filler{t}.message(m.ZebusType()))
		}))
	}
}

// checkBridge sends a message through protobuf and back, in three ways.
func checkBridge(t rapid.TB, m zebus.Message) {
	t.Helper()
	want := m.ZebusAppend(nil)
	p := wire.Proto(m)
	compareBytes(t, "back from protobuf", fromProto(t, p, m).ZebusAppend(nil), want)

	read := p.ProtoReflect().New().Interface()
	if err := proto.Unmarshal(want, read); err != nil || !proto.Equal(p, read) {
		t.Errorf("protobuf reads our bytes as another message (%v)\n got %v\nwant %v", err, read, p)
	}
	written := must(inOrderOfNumbers.Marshal(p))
	if !hasOwnBytes(p.ProtoReflect().Descriptor(), map[protoreflect.FullName]bool{}) {
		compareBytes(t, "written by protobuf", written, want)
	}
	if again := wire.Proto(fromBytes(t, written, m)); !proto.Equal(p, again) {
		t.Errorf("we read the bytes of protobuf as another message\n got %v\nwant %v", again, p)
	}
	checkJSON(t, m, p)
}

// checkJSON sends a message through protojson, which has no text for a duration of more than 10,000 years.
func checkJSON(t rapid.TB, m zebus.Message, p proto.Message) {
	t.Helper()
	text, err := protojson.Marshal(p)
	if err != nil {
		if !strings.Contains(err.Error(), "google.protobuf.Duration: seconds out of range") {
			t.Error(err)
		}
		return
	}
	read := p.ProtoReflect().New().Interface()
	if err := protojson.Unmarshal(text, read); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(p, read, protocmp.Transform(), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("back from JSON (-want +got):\n%s\n%s", diff, text)
	}
	if again := wire.Proto(fromProto(t, read, m)); cmp.Diff(p, again, protocmp.Transform(), cmpopts.EquateNaNs()) != "" {
		t.Errorf("back from JSON\n got %v\nwant %v", again, p)
	}
}

func fromProto(t rapid.TB, p proto.Message, like zebus.Message) zebus.Message {
	t.Helper()
	m := like.ZebusType().New()
	if err := wire.FromProto(p, m); err != nil {
		t.Fatal(err)
	}
	return m
}

func fromBytes(t rapid.TB, b []byte, like zebus.Message) zebus.Message {
	t.Helper()
	m := like.ZebusType().New()
	if err := m.ZebusUnmarshal(b); err != nil {
		t.Fatal(err)
	}
	return m
}

func compareBytes(t rapid.TB, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s\n got %x\nwant %x", what, got, want)
	}
}

func TestTypeRegistry(t *testing.T) {
	for _, m := range everyType {
		name := wire.Proto(m).ProtoReflect().Descriptor().FullName()
		t.Run(string(name)+" is found by its name", func(t *testing.T) {
			found, err := protoregistry.GlobalTypes.FindMessageByName(name)
			if err != nil || found.Descriptor() != wire.Proto(m).ProtoReflect().Descriptor() {
				t.Errorf("%v, %v", found, err)
			}
			if _, err := protoregistry.GlobalFiles.FindDescriptorByName(name); err != nil {
				t.Error(err)
			}
		})
	}
	tests := map[string]struct {
		message zebus.Message
		want    protoreflect.FullName
	}{
		"C12 a class inside a class":       {&vectors.Nested{}, "Vectors.Outer_Nested"},
		"C12 a generic class":              {&vectors.GenericInt{}, "Vectors.Generic_System.Int32_"},
		"C12 one with two types":           {&vectors.PairOfTextAndNumber{}, "Vectors.Pair_System.String_System.Double_"},
		"a message of the package alone":   {&names.Second{}, "Names.Second"},
		"a message of another namespace":   {&orders.ShopClosed{}, "Shop.Opening.ShopClosed"},
		"a message of the bus is as yours": {&zebus.MessageExecutionCompleted{}, "Abc.Zebus.Core.MessageExecutionCompleted"},
	}
	for name, tc := range tests {
		t.Run(name+" has the name of its type ID", func(t *testing.T) {
			if got := wire.Proto(tc.message).ProtoReflect().Descriptor().FullName(); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
	t.Run("what is packed as any message is unpacked without knowing its type", func(t *testing.T) {
		want := wire.Proto(&orders.PlaceOrder{Customer: "c", Lines: []orders.Line{{Count: 1}}})
		got, err := must(anypb.New(want)).UnmarshalNew()
		if err != nil || !proto.Equal(got, want) {
			t.Errorf("%v (%v), want %v", got, err, want)
		}
	})
}

func FuzzFromProto(f *testing.F) {
	for i, m := range recorded {
		for _, c := range recordedCases(f, m.ZebusType().ID()) {
			f.Add(i, c.frame(f))
		}
	}
	f.Fuzz(func(t *testing.T, i int, b []byte) {
		if i < 0 || i >= len(recorded) {
			return
		}
		p := wire.Proto(recorded[i]).ProtoReflect().New().Interface()
		if proto.Unmarshal(b, p) != nil {
			return
		}
		m := recorded[i].ZebusType().New()
		if wire.FromProto(p, m) == nil {
			compareBytes(t, "back from protobuf", fromProto(t, wire.Proto(m), m).ZebusAppend(nil), m.ZebusAppend(nil))
		}
	})
}
