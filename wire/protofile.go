package wire

import (
	"reflect"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/runtime/protoimpl"
	"google.golang.org/protobuf/types/dynamicpb"
	_ "google.golang.org/protobuf/types/known/durationpb"  // descriptors refer to it
	_ "google.golang.org/protobuf/types/known/timestamppb" // and to it

	_ "github.com/zebus-go/zebus/wire/wirepb" // and to values of .NET and words of Zebus
)

// A ProtoFile is what generated code tells [RegisterProto] about the messages that a package has in one namespace.
type ProtoFile struct {
	// Descriptor is a FileDescriptorProto in its wire form, beginning with its path.
	Descriptor string
	// Messages are nil pointers to the Go types of its messages, in the order of the descriptor.
	Messages []Message
	// References are nil pointers to the messages of other files that these messages hold.
	References []Message
}

// RegisterProto makes the descriptors of a file known to [Proto], and to the registries of package protobuf where their
// names are free. Generated code calls it while the program starts, so it does no more than to read names; the rest of
// the descriptor is read when somebody asks for it.
//
// That a name is taken is no mistake: two packages with the same contract may meet in one program. The file that comes
// second stays out of the registries, and [Proto] works with its messages nevertheless.
func RegisterProto(f ProtoFile) {
	links := &protoLinks{references: f.References}
	messages := buildProto(f.raw(), links).Messages()
	types := make([]protoreflect.MessageType, messages.Len())
	for i := range types {
		types[i] = dynamicpb.NewMessageType(messages.Get(i))
		if links.registered {
			registerProtoType(types[i])
		}
	}
	protoTypes.add(f.Messages, types)
}

// protoPath is the number of the path in a FileDescriptorProto. It comes first; should it come twice, the last counts.
const protoPath = 1

// raw returns the descriptor with a path that is its own: packages of one name may share a namespace.
func (f ProtoFile) raw() []byte {
	raw := []byte(f.Descriptor)
	r := NewReader(raw)
	if !r.Next() || r.Field() != protoPath || len(f.Messages) == 0 {
		return raw
	}
	path := r.String()
	if _, err := protoregistry.GlobalFiles.FindFileByPath(path); isFree(err) {
		return raw
	}
	return AppendString(raw, protoPath, reflect.TypeOf(f.Messages[0]).Elem().PkgPath()+"/"+path)
}

// buildProto makes descriptors of their wire form. It takes the builder of generated protobuf code, which this is for;
// the one for everybody reads everything at once.
func buildProto(raw []byte, links *protoLinks) protoreflect.FileDescriptor {
	return protoimpl.DescBuilder{RawDescriptor: raw, FileRegistry: links}.Build().File
}

// registerProtoType makes a message known by its name. The names of types are kept apart from those of descriptors.
func registerProtoType(t protoreflect.MessageType) {
	if _, err := protoregistry.GlobalTypes.FindMessageByName(t.Descriptor().FullName()); isFree(err) {
		_ = protoregistry.GlobalTypes.RegisterMessage(t) // fails where the name is taken, which it is not
	}
}

// isFree says whether a look-up in a registry of package protobuf found nothing.
func isFree(err error) bool {
	return err == protoregistry.NotFound //nolint:errorlint // that is how the registries want it
}
