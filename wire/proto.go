package wire

import (
	"errors"
	"fmt"
	"math"
	"reflect"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// ErrProtoType is returned by [FromProto] for a message of another type.
var ErrProtoType = errors.New("wire: a protobuf message of another type")

// Proto returns m as a protobuf message, for protojson, proto.Equal, protocmp, gRPC and whatever else works with
// package protobuf. It is a copy: a dynamic message of the descriptor that generated code registered, which holds all
// that m holds, the fields included that m does not know. A message of protoc-gen-go is returned as it is.
//
//	text, err := protojson.Marshal(wire.Proto(order))
//
// It takes the way over the bytes of m and is not meant for speed. It panics when m has no descriptor, which means
// that zebusgen did not generate m and nobody called [RegisterProto] for it.
func Proto(m Message) proto.Message {
	if p, ok := m.(proto.Message); ok {
		return p
	}
	t := mustProtoType(m)
	if reflect.ValueOf(m).IsNil() {
		return t.Zero().Interface()
	}
	b := m.ZebusAppend(nil)
	p, err := readDynamic(t, b)
	if err != nil {
		//nolint:forbidigo // a ZebusAppend that was written by hand is wrong
		panic(fmt.Sprintf("wire: ZebusAppend of %T wrote what protobuf cannot read: %v", m, err))
	}
	return &protoCopy{p, t, b}
}

// FromProto reads p into m, merging into what is there. It is the way back from [Proto], and takes any protobuf message
// of the same full name. The error wraps [ErrProtoType] when the name is another one, and one of the errors of a
// [Reader] when p holds what m cannot, such as a DateTime with a scale of its own invention.
//
// Protobuf does not tell a packed list that is empty from none, nor a key of a map with an empty message from one with
// none. What [Proto] returned comes back as it was nevertheless, unless it was changed since.
func FromProto(p proto.Message, m Message) error {
	got, want := p.ProtoReflect().Descriptor().FullName(), protoDescriptor(m).FullName()
	if got != want {
		return fmt.Errorf("%w: %s, want %s", ErrProtoType, got, want)
	}
	b, err := bytesOf(p)
	if err != nil {
		return fmt.Errorf("wire: %w", err)
	}
	r := NewReader(b)
	m.ZebusRead(&r)
	return r.Err()
}

// protoCopy is what Proto returns: a dynamic message, and the bytes that it was read from.
type protoCopy struct {
	*dynamicpb.Message

	typ   protoreflect.MessageType
	bytes []byte
}

// bytesOf returns the bytes of a message: those it was read from, as long as they say the same.
func bytesOf(p proto.Message) ([]byte, error) {
	if c, ok := p.(*protoCopy); ok {
		if original, err := readDynamic(c.typ, c.bytes); err == nil && proto.Equal(original, c) {
			return c.bytes, nil
		}
	}
	return proto.MarshalOptions{AllowPartial: true, Deterministic: true}.Marshal(p)
}

// readDynamic reads bytes that were written here; how deep they are nested is no danger.
func readDynamic(t protoreflect.MessageType, b []byte) (*dynamicpb.Message, error) {
	p := dynamicpb.NewMessage(t.Descriptor())
	return p, proto.UnmarshalOptions{AllowPartial: true, RecursionLimit: math.MaxInt32}.Unmarshal(b, p)
}

// protoDescriptor returns the descriptor of a message, whoever generated it.
func protoDescriptor(m Message) protoreflect.MessageDescriptor {
	if p, ok := m.(proto.Message); ok {
		return p.ProtoReflect().Descriptor()
	}
	return mustProtoType(m).Descriptor()
}

func mustProtoType(m Message) protoreflect.MessageType {
	t := protoTypes.of(reflect.TypeOf(m))
	if t == nil {
		//nolint:forbidigo // the program never generated the message
		panic(fmt.Sprintf("wire: %T has no protobuf descriptor: generate it with zebusgen", m))
	}
	return t
}
