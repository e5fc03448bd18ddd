package codegen

import (
	"google.golang.org/protobuf/types/descriptorpb"
)

// What the descriptors refer to: the values of .NET, the words of Zebus, and two messages that everybody knows.
const (
	bclFile       = "zebus/bcl.proto"
	wordsFile     = "zebus/words.proto"
	timestampFile = "google/protobuf/timestamp.proto"
	durationFile  = "google/protobuf/duration.proto"
)

// protoType is how a value is described.
type protoType struct {
	kind      descriptorpb.FieldDescriptorProto_Type
	name      string  // of a message or an enum
	file      string  // that declares it
	reference typeRef // the Go type that stands for it, of a message that somebody generated
}

// words are the messages that are written by hand in package zebus.
var words = map[string]string{"PeerID": "PeerId", "MessageID": "MessageId", "MessageTypeID": "MessageTypeId"}

// typeOf decides how a value in the message from is described.
func (d *describer) typeOf(from *protoNode, v value) protoType {
	switch v.kind {
	case guid:
		return messageType("bcl.Guid", bclFile)
	case decimal:
		return messageType("bcl.Decimal", bclFile)
	case dateTime, duration, timeSpan:
		return timeType(v)
	case subMessage:
		return d.subMessageType(from, v)
	case signed, unsigned:
		return d.integerType(from, v)
	case float:
		return protoType{kind: numberTypes["float"+v.width()]}
	default:
		return protoType{kind: scalarTypes[v.kind]}
	}
}

func messageType(name, file string) protoType {
	return protoType{kind: descriptorpb.FieldDescriptorProto_TYPE_MESSAGE, name: name, file: file}
}

var scalarTypes = map[valueKind]descriptorpb.FieldDescriptorProto_Type{
	boolean:   descriptorpb.FieldDescriptorProto_TYPE_BOOL,
	text:      descriptorpb.FieldDescriptorProto_TYPE_STRING,
	binary:    descriptorpb.FieldDescriptorProto_TYPE_BYTES,
	character: descriptorpb.FieldDescriptorProto_TYPE_UINT32,
}

// timeType describes what has a unit.
func timeType(v value) protoType {
	isTime := v.kind == dateTime
	switch {
	case v.encoding == fixed:
		return protoType{kind: descriptorpb.FieldDescriptorProto_TYPE_SFIXED64}
	case v.encoding == timestamp && isTime:
		return messageType("google.protobuf.Timestamp", timestampFile)
	case v.encoding == timestamp:
		return messageType("google.protobuf.Duration", durationFile)
	case isTime:
		return messageType("bcl.DateTime", bclFile)
	default:
		return messageType("bcl.TimeSpan", bclFile)
	}
}

// integerType describes a number: as an enum where that is known, else by its size.
func (d *describer) integerType(from *protoNode, v value) protoType {
	if v.isPlainInteger() {
		if found, ok := d.named(from, v); ok && found.kind == descriptorpb.FieldDescriptorProto_TYPE_ENUM {
			return found
		}
	}
	return protoType{kind: numberType(v)}
}

// numberType describes a number that is no enum. The small ones of Go have 32 bits in protobuf.
func numberType(v value) descriptorpb.FieldDescriptorProto_Type {
	prefix := map[encoding]string{plain: "int", zigzag: "sint", fixed: "sfixed"}[v.encoding]
	if v.kind == unsigned {
		prefix = map[encoding]string{plain: "uint", fixed: "fixed"}[v.encoding]
	}
	return numberTypes[prefix+v.width()]
}

var numberTypes = map[string]descriptorpb.FieldDescriptorProto_Type{
	"int32":    descriptorpb.FieldDescriptorProto_TYPE_INT32,
	"int64":    descriptorpb.FieldDescriptorProto_TYPE_INT64,
	"uint32":   descriptorpb.FieldDescriptorProto_TYPE_UINT32,
	"uint64":   descriptorpb.FieldDescriptorProto_TYPE_UINT64,
	"sint32":   descriptorpb.FieldDescriptorProto_TYPE_SINT32,
	"sint64":   descriptorpb.FieldDescriptorProto_TYPE_SINT64,
	"fixed32":  descriptorpb.FieldDescriptorProto_TYPE_FIXED32,
	"fixed64":  descriptorpb.FieldDescriptorProto_TYPE_FIXED64,
	"sfixed32": descriptorpb.FieldDescriptorProto_TYPE_SFIXED32,
	"sfixed64": descriptorpb.FieldDescriptorProto_TYPE_SFIXED64,
	"float32":  descriptorpb.FieldDescriptorProto_TYPE_FLOAT,
	"float64":  descriptorpb.FieldDescriptorProto_TYPE_DOUBLE,
}

// subMessageType describes what carries itself. Of a type that is written by hand nothing is known but that it is bytes.
func (d *describer) subMessageType(from *protoNode, v value) protoType {
	if word := words[v.goType.name]; word != "" && v.goType.path == zebusPath {
		return messageType("Abc.Zebus."+word, wordsFile)
	}
	if found, ok := d.named(from, v); ok {
		return found
	}
	return protoType{kind: descriptorpb.FieldDescriptorProto_TYPE_BYTES}
}

// named finds the descriptor that a type of this or another package has.
func (d *describer) named(from *protoNode, v value) (found protoType, ok bool) {
	if v.goType.path != d.pkg.PkgPath {
		return d.neighbours.find(v.goType)
	}
	if m := d.protoc[v.goType.name]; m != nil {
		found = messageType(m.fullName, m.file.GetName())
		found.reference = v.goType
		return found, true
	}
	n := d.local(v)
	if n == nil || !from.refers(n) {
		return protoType{}, false
	}
	if n.declaration.message == nil {
		return protoType{
			kind: descriptorpb.FieldDescriptorProto_TYPE_ENUM, name: n.fullName, file: n.file.descriptor.GetName(),
		}, true
	}
	found = messageType(n.fullName, n.file.descriptor.GetName())
	found.reference = v.goType
	return found, true
}
