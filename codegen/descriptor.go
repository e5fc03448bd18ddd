package codegen

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/types/descriptorpb"
)

// message describes a message.
func (d *describer) message(n *protoNode) {
	_, name := cutName(n.fullName)
	b := &messageBuilder{
		describer: d,
		node:      n,
		message:   &descriptorpb.DescriptorProto{Name: new(name)},
		names:     scope{},
	}
	for _, f := range n.declaration.message.fields {
		b.field(f)
	}
	slices.SortStableFunc(b.message.GetNestedType(), func(x, y *descriptorpb.DescriptorProto) int {
		return compareFalseLast(x.GetOptions().GetMapEntry(), y.GetOptions().GetMapEntry()) // as protoc has them
	})
	n.file.comments[n.fullName] = d.messageComment(n)
	n.file.descriptor.MessageType = append(n.file.descriptor.MessageType, b.message)
	n.file.messages = append(n.file.messages, n.declaration.typeName.Name())
}

// messageComment is what is written at a message, with its type id where the name does not tell it.
func (d *describer) messageComment(n *protoNode) string {
	text := d.comments[n.declaration.typeName.Pos()]
	if id := n.declaration.message.id; id != n.fullName {
		text = strings.TrimSpace(text + "\n\nIts type id is " + id + ".")
	}
	return text
}

// messageBuilder builds the descriptor of one message.
type messageBuilder struct {
	*describer

	node    *protoNode
	message *descriptorpb.DescriptorProto
	names   scope // of fields, of groups of cases, and of entries
}

// field describes a field, or the cases of one.
func (b *messageBuilder) field(f *field) {
	switch f.shape {
	case oneOf:
		b.oneOf(f)
	case mapping:
		b.mapping(f)
	default:
		b.add(f, b.typeOf(f.value))
	}
}

// add adds a field of a type. Every field is optional or repeated: required is a rule for those who write.
func (b *messageBuilder) add(f *field, t protoType) *descriptorpb.FieldDescriptorProto {
	described := &descriptorpb.FieldDescriptorProto{
		Name:   new(b.names.name(snakeCase(f.name))),
		Number: new(int32(f.number)),
		Label:  descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
	}
	setType(described, t)
	if f.shape == slice || f.shape == pointerSlice || f.shape == mapping {
		described.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
	}
	if f.packed {
		described.Options = &descriptorpb.FieldOptions{Packed: new(true)}
	}
	b.node.file.comments[b.node.fullName+"."+described.GetName()] = b.comments[f.pos]
	b.message.Field = append(b.message.Field, described)
	return described
}

// oneOf describes the cases of a field.
func (b *messageBuilder) oneOf(f *field) {
	group := int32(len(b.message.GetOneofDecl()))
	name := b.names.name(snakeCase(f.name))
	b.message.OneofDecl = append(b.message.OneofDecl, &descriptorpb.OneofDescriptorProto{Name: new(name)})
	b.node.file.comments[b.node.fullName+"."+name] = b.comments[f.pos]
	for _, c := range f.cases {
		b.add(c, b.typeOf(c.value)).OneofIndex = new(group)
	}
}

// mapping describes a map as one of protobuf where that loses nothing, and as repeated entries where it would: when keys
// are messages or enums, or when a number or a text may be nil.
func (b *messageBuilder) mapping(f *field) {
	key, value := b.typeOf(f.key), b.typeOf(f.value)
	if key.kind == descriptorpb.FieldDescriptorProto_TYPE_ENUM {
		key = protoType{kind: numberType(f.key)}
	}
	isMap := key.name == "" && (!f.pointers || value.kind == descriptorpb.FieldDescriptorProto_TYPE_MESSAGE)
	entry := &descriptorpb.DescriptorProto{Name: new(b.names.name(camelCase(snakeCase(f.name)) + "Entry"))}
	for i, t := range []protoType{key, value} {
		part := &descriptorpb.FieldDescriptorProto{
			Name:   new([]string{"key", "value"}[i]),
			Number: new(int32(i + 1)),
			Label:  descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}
		setType(part, t)
		entry.Field = append(entry.Field, part)
	}
	if isMap {
		entry.Options = &descriptorpb.MessageOptions{MapEntry: new(true)}
	}
	b.message.NestedType = append(b.message.NestedType, entry)
	b.add(f, protoType{kind: descriptorpb.FieldDescriptorProto_TYPE_MESSAGE, name: b.node.fullName + "." + entry.GetName()})
}

// typeOf decides how a value is described, and notes what the file needs for it.
func (b *messageBuilder) typeOf(v value) protoType {
	t := b.describer.typeOf(b.node, v)
	if t.file != "" {
		b.node.file.needs(t.file)
	}
	if t.reference.name != "" && t.file != b.node.file.descriptor.GetName() {
		b.node.file.refers(t.reference)
	}
	return t
}

func setType(described *descriptorpb.FieldDescriptorProto, t protoType) {
	described.Type = t.kind.Enum()
	if t.name != "" {
		described.TypeName = new("." + t.name)
	}
}
