package codegen

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/types/descriptorpb"
)

// protoText writes a .proto file.
type protoText struct {
	strings.Builder

	file   *protoFile
	indent string
}

// text is the file as people and protoc read it.
func (f *protoFile) text(pkg string) string {
	t := &protoText{file: f}
	t.line("// " + header)
	t.line("// Source: Go package " + pkg)
	t.line("")
	t.line(`syntax = "proto2";`)
	if f.descriptor.Package != nil {
		t.line("")
		t.line("package " + f.descriptor.GetPackage() + ";")
	}
	for i, path := range f.descriptor.GetDependency() {
		if i == 0 {
			t.line("")
		}
		t.line(fmt.Sprintf("import %q;", path))
	}
	for _, m := range f.descriptor.GetMessageType() {
		t.line("")
		t.message(m, qualified(f.descriptor.GetPackage(), m.GetName()))
	}
	for _, e := range f.descriptor.GetEnumType() {
		t.line("")
		t.enum(e, qualified(f.descriptor.GetPackage(), e.GetName()))
	}
	return t.String()
}

// line writes a line, indented unless it is empty.
func (t *protoText) line(s string) {
	if s != "" {
		s = t.indent + s
	}
	t.WriteString(s + "\n")
}

// comment writes what is known of a thing in front of it.
func (t *protoText) comment(fullName string) {
	text := t.file.comments[fullName]
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		t.line(strings.TrimRight("// "+line, " "))
	}
}

// block writes what is between braces. One without content stays on its line.
func (t *protoText) block(opening string, isEmpty bool, content func()) {
	if isEmpty {
		t.line(opening + " {}")
		return
	}
	t.line(opening + " {")
	t.indent += "  "
	content()
	t.indent = t.indent[2:]
	t.line("}")
}

func (t *protoText) message(m *descriptorpb.DescriptorProto, fullName string) {
	t.comment(fullName)
	t.block("message "+m.GetName(), len(m.GetField()) == 0, func() {
		cases := int32(-1)
		for _, f := range m.GetField() {
			switch {
			case f.OneofIndex == nil:
				t.field(m, f, fullName)
			case f.GetOneofIndex() != cases:
				cases = f.GetOneofIndex()
				t.oneOf(m, cases, fullName)
			}
		}
		for _, nested := range m.GetNestedType() {
			if !nested.GetOptions().GetMapEntry() {
				t.line("")
				t.message(nested, fullName+"."+nested.GetName())
			}
		}
	})
}

// oneOf writes the cases of one field.
func (t *protoText) oneOf(m *descriptorpb.DescriptorProto, index int32, fullName string) {
	name := m.GetOneofDecl()[index].GetName()
	t.comment(fullName + "." + name)
	t.block("oneof "+name, false, func() {
		for _, f := range m.GetField() {
			if f.OneofIndex != nil && f.GetOneofIndex() == index {
				t.field(m, f, fullName)
			}
		}
	})
}

func (t *protoText) field(m *descriptorpb.DescriptorProto, f *descriptorpb.FieldDescriptorProto, fullName string) {
	t.comment(fullName + "." + f.GetName())
	options := ""
	if f.GetOptions().GetPacked() {
		options = " [packed = true]"
	}
	t.line(fmt.Sprintf("%s %s = %d%s;", t.fieldType(m, f, fullName), f.GetName(), f.GetNumber(), options))
}

// fieldType is the type of a field with its label, which maps and cases have none of.
func (t *protoText) fieldType(m *descriptorpb.DescriptorProto, f *descriptorpb.FieldDescriptorProto, fullName string) string {
	if entry := mapEntry(m, f, fullName); entry != nil {
		key, value := entry.GetField()[0], entry.GetField()[1]
		return fmt.Sprintf("map<%s, %s>", t.typeName(key, fullName), t.typeName(value, fullName))
	}
	name := t.typeName(f, fullName)
	switch {
	case f.OneofIndex != nil:
		return name
	case f.GetLabel() == descriptorpb.FieldDescriptorProto_LABEL_REPEATED:
		return "repeated " + name
	default:
		return "optional " + name
	}
}

// mapEntry returns the type of the entries of a map, or nil for any other field.
func mapEntry(m *descriptorpb.DescriptorProto, f *descriptorpb.FieldDescriptorProto, fullName string) *descriptorpb.DescriptorProto {
	for _, nested := range m.GetNestedType() {
		if nested.GetOptions().GetMapEntry() && f.GetTypeName() == "."+fullName+"."+nested.GetName() {
			return nested
		}
	}
	return nil
}

// typeName is the name of a type, as short as it is clear.
func (t *protoText) typeName(f *descriptorpb.FieldDescriptorProto, within string) string {
	if f.TypeName == nil {
		return strings.ToLower(strings.TrimPrefix(f.GetType().String(), "TYPE_"))
	}
	full := strings.TrimPrefix(f.GetTypeName(), ".")
	if short, nested := strings.CutPrefix(full, within+"."); nested {
		return short
	}
	pkg := t.file.descriptor.GetPackage()
	if short, ours := strings.CutPrefix(full, pkg+"."); ours && !strings.Contains(short, ".") && startsBig(short) {
		return short
	}
	first, _, _ := strings.Cut(full, ".")
	if startsBig(first) && strings.Contains("."+within+".", "."+first+".") || !strings.Contains(full, ".") {
		return "." + full
	}
	return full
}

// startsBig says whether a name cannot be mistaken for that of a field or of a scalar type.
func startsBig(name string) bool {
	return name[0] >= 'A' && name[0] <= 'Z'
}

func (t *protoText) enum(e *descriptorpb.EnumDescriptorProto, fullName string) {
	t.comment(fullName)
	t.block("enum "+e.GetName(), false, func() {
		for _, v := range e.GetValue() {
			t.comment(fullName + "." + v.GetName())
			t.line(fmt.Sprintf("%s = %d;", v.GetName(), v.GetNumber()))
		}
	})
}
