package wire_test

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/zebus-go/zebus/wire"
)

// note is what zebusgen would write for a message with a text and another note.
type note struct {
	text string
	next *note
}

func (n *note) ZebusSize() int { return len(n.ZebusAppend(nil)) }

func (n *note) ZebusAppend(b []byte) []byte {
	b = wire.AppendString(b, 1, n.text)
	if n.next != nil {
		var mark int
		b, mark = wire.Begin(b, 2)
		b = wire.End(n.next.ZebusAppend(b), mark)
	}
	return b
}

func (n *note) ZebusRead(r *wire.Reader) {
	for r.Next() {
		switch r.Field() {
		case 1:
			n.text = r.String()
		case 2:
			n.next = new(note)
			outer := r.Enter()
			n.next.ZebusRead(r)
			r.Leave(outer)
		default:
			r.Skip()
		}
	}
}

// Types that take the names of each other.
type (
	note2 struct{ note }
	note3 struct{ note }
	note4 struct{ note }
	note5 struct{ note }
)

// describe makes the descriptor of a note.
func describe(path, pkg, name string) string {
	optional := descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(&descriptorpb.FileDescriptorProto{
		Name:    &path,
		Package: &pkg,
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: &name,
			Field: []*descriptorpb.FieldDescriptorProto{
				{Name: new("text"), Number: new(int32(1)), Label: optional, Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum()},
				{
					Name: new("next"), Number: new(int32(2)), Label: optional,
					Type: descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum(), TypeName: new("." + pkg + "." + name),
				},
			},
		}},
	})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// init registers as generated code does.
func init() { //nolint:gochecknoinits // that is what it does
	wire.RegisterProto(wire.ProtoFile{Descriptor: describe("Notes/notes.proto", "Notes", "Note"), Messages: []wire.Message{(*note)(nil)}})
}

func TestRegisterProto(t *testing.T) {
	tests := map[string]struct {
		message     wire.Message
		path        string
		pkg, name   string
		registered  bool
		registersAs string
	}{
		"a path that is taken is made longer": {&note2{}, "Notes/notes.proto", "Notes.Second", "Note", true, "github.com/zebus-go/zebus/wire_test/Notes/notes.proto"},
		"a name that is taken is left alone":  {&note3{}, "Notes/third.proto", "Notes", "Note", false, ""},
		"a name that is a package, too":       {&note4{}, "fourth.proto", "Notes", "Second", false, ""},
		"a package that is a message, too":    {&note5{}, "fifth.proto", "Notes.Note", "Note", false, ""},
	}
	for _, name := range []string{
		"a path that is taken is made longer", "a name that is taken is left alone",
		"a name that is a package, too", "a package that is a message, too",
	} {
		tc := tests[name]
		t.Run(name, func(t *testing.T) {
			wire.RegisterProto(wire.ProtoFile{Descriptor: describe(tc.path, tc.pkg, tc.name), Messages: []wire.Message{tc.message}})
			p := wire.Proto(tc.message)
			descriptor := p.ProtoReflect().Descriptor()
			if want := tc.pkg + "." + tc.name; string(descriptor.FullName()) != want {
				t.Errorf("%s, want %s", descriptor.FullName(), want)
			}
			found, err := protoregistry.GlobalTypes.FindMessageByName(descriptor.FullName())
			if registered := err == nil && found.Descriptor() == descriptor; registered != tc.registered {
				t.Errorf("registered %t, want %t", registered, tc.registered)
			}
			if _, err := protoregistry.GlobalFiles.FindFileByPath(tc.registersAs); (err == nil) != tc.registered {
				t.Errorf("the file %q: %v", tc.registersAs, err)
			}
			if next := descriptor.Fields().ByNumber(2).Message(); next != descriptor {
				t.Error("the field refers to another message of the same name")
			}
		})
	}
}

func TestProto(t *testing.T) {
	t.Run("a nil message is an empty one that cannot be written", func(t *testing.T) {
		if p := wire.Proto((*note)(nil)); p.ProtoReflect().IsValid() || proto.Size(p) != 0 {
			t.Errorf("%v", p)
		}
	})
	t.Run("what the message does not know is not lost on the way back", func(t *testing.T) {
		p := wire.Proto(&note{text: "a"})
		p.ProtoReflect().SetUnknown(wire.AppendString(nil, 9, "b"))
		var m note
		if err := wire.FromProto(p, &m); err != nil || m.text != "a" {
			t.Errorf("%v (%v)", m, err)
		}
	})
	t.Run("a message that was changed comes back changed", func(t *testing.T) {
		p := wire.Proto(&note{text: "a"})
		if err := protojson.Unmarshal([]byte(`{"text":"b"}`), p); err != nil {
			t.Fatal(err)
		}
		var m note
		if err := wire.FromProto(p, &m); err != nil || m.text != "b" {
			t.Errorf("%v (%v)", m, err)
		}
	})
	t.Run("messages nested more deeply than peers may are copied nevertheless", func(t *testing.T) {
		m := &note{}
		for range 10_001 {
			m = &note{next: m}
		}
		if got := proto.Size(wire.Proto(m)); got != m.ZebusSize() {
			t.Errorf("%d bytes, want %d", got, m.ZebusSize())
		}
	})
	t.Run("a type without descriptor is a mistake in the program", func(t *testing.T) {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		type unknown struct{ note }
		wire.Proto(&unknown{})
	})
}

func TestFromProtoRefuses(t *testing.T) {
	t.Run("a message of another type", func(t *testing.T) {
		if err := wire.FromProto(wrapperspb.String("a"), &note{}); !errors.Is(err, wire.ErrProtoType) {
			t.Errorf("%v, want ErrProtoType", err)
		}
	})
	t.Run("what its reader refuses", func(t *testing.T) {
		p := wire.Proto(&note{})
		p.ProtoReflect().SetUnknown([]byte{0x0a})
		if err := wire.FromProto(p, &note{}); err == nil {
			t.Error("no error")
		}
	})
}
