package codegen

import (
	"cmp"
	"go/types"
	"os"
	"strings"

	"google.golang.org/protobuf/types/descriptorpb"
)

// protocContract takes messages and enums of .proto files into the contract of a package. All of a file are kept, those
// too that are no messages of Zebus by themselves: others hold them.
func (b *contractBuilder) protocContract(c *contract, m *model) {
	annotated := map[string]*lockedMessage{} // by Go name
	routing := map[string][]*field{}
	for i, message := range m.messages {
		if message.protoc {
			annotated[message.name], routing[message.name] = c.messages[i], message.routing
		}
	}
	if len(annotated) == 0 {
		return
	}
	for _, f := range b.protocFiles() {
		p := &protocContractor{contractBuilder: b, contract: c, messages: annotated, routing: routing, ids: map[string]string{}}
		walkMessages(f, p.name)
		walkMessages(f, p.message)
		p.enums(f)
	}
}

// protocFiles returns the descriptors in the files of protoc-gen-go.
func (b *contractBuilder) protocFiles() []*descriptorpb.FileDescriptorProto {
	var files []*descriptorpb.FileDescriptorProto
	for _, name := range b.pkg.GoFiles {
		src, err := os.ReadFile(name)
		if err != nil || !isProtocGenGo(src) {
			continue // the package was parsed from it; what is gone by now holds nothing
		}
		for _, d := range descriptorsIn(src) {
			files = append(files, d.file)
		}
	}
	return files
}

// protocContractor describes what one .proto file declares.
type protocContractor struct {
	*contractBuilder

	contract *contract
	messages map[string]*lockedMessage // those of Zebus, by Go name
	routing  map[string][]*field
	ids      map[string]string // by full name in protobuf
}

// name notes what a message is called in the lock file: its type id, else its name in protobuf.
func (p *protocContractor) name(goName, fullName string, _ *descriptorpb.DescriptorProto) {
	p.ids[fullName] = fullName
	if m := p.messages[goName]; m != nil {
		p.ids[fullName] = m.id
	}
}

func (p *protocContractor) message(goName, fullName string, d *descriptorpb.DescriptorProto) {
	if d.GetOptions().GetMapEntry() {
		return
	}
	m := p.messages[goName]
	if m == nil {
		m = &lockedMessage{kind: verbMessage, id: fullName, goName: goName, place: p.declared(goName)}
		p.contract.messages = append(p.contract.messages, m)
	}
	for _, f := range d.GetField() {
		m.members = append(m.members, p.member(m, d, f, fullName))
	}
	for _, e := range d.GetEnumType() {
		p.protocEnum(goName+"_"+goCamelCase(e.GetName()), e)
	}
}

func (p *protocContractor) member(
	m *lockedMessage, d *descriptorpb.DescriptorProto, f *descriptorpb.FieldDescriptorProto, fullName string,
) *lockedMember {
	isCase := f.OneofIndex != nil && !f.GetProto3Optional()
	member := &lockedMember{
		number: int64(f.GetNumber()), name: f.GetName(), place: m.place, typeText: p.protocType(d, f, fullName),
		words: pick(memberWords, map[string]bool{
			wordRequired: f.GetLabel() == descriptorpb.FieldDescriptorProto_LABEL_REQUIRED,
			wordPacked:   f.GetOptions().GetPacked(),
			wordOneOf:    isCase,
		}),
	}
	if isCase {
		member.name = d.GetOneofDecl()[f.GetOneofIndex()].GetName() + "." + f.GetName()
	}
	if structure, ok := p.structOf(m.goName); ok {
		if v := protocMember(structure, f.GetName()); v != nil {
			member.place = p.place(v.Pos())
		}
	}
	for _, r := range p.routing[m.goName] {
		if r.name == goCamelCase(f.GetName()) {
			member.position = r.position
		}
	}
	return member
}

func (p *protocContractor) structOf(goName string) (structure *types.Struct, ok bool) {
	object := p.pkg.Types.Scope().Lookup(goName)
	if object == nil {
		return nil, false
	}
	structure, ok = object.Type().Underlying().(*types.Struct)
	return structure, ok
}

// protocType describes the type of a field in the words of protobuf, and its shape in those of Go.
func (p *protocContractor) protocType(d *descriptorpb.DescriptorProto, f *descriptorpb.FieldDescriptorProto, fullName string) string {
	element, entry := p.protocElement(f), mapEntry(d, f, fullName)
	switch {
	case entry != nil && len(entry.GetField()) == 2:
		return "map[" + p.protocElement(entry.GetField()[0]) + "]" + p.protocElement(entry.GetField()[1])
	case f.GetLabel() == descriptorpb.FieldDescriptorProto_LABEL_REPEATED:
		return "[]" + element
	case f.GetProto3Optional():
		return "*" + element
	default:
		return element
	}
}

func (p *protocContractor) protocElement(f *descriptorpb.FieldDescriptorProto) string {
	name := strings.TrimPrefix(f.GetTypeName(), ".")
	switch f.GetType() {
	case descriptorpb.FieldDescriptorProto_TYPE_MESSAGE, descriptorpb.FieldDescriptorProto_TYPE_GROUP:
		return cmp.Or(p.ids[name], name)
	case descriptorpb.FieldDescriptorProto_TYPE_ENUM:
		return name + "(int32)"
	default:
		return strings.ToLower(strings.TrimPrefix(f.GetType().String(), "TYPE_"))
	}
}

func (p *protocContractor) enums(f *descriptorpb.FileDescriptorProto) {
	for _, e := range f.GetEnumType() {
		p.protocEnum(goCamelCase(e.GetName()), e)
	}
}

// protocEnum describes an enum; of values that share a number, the first.
func (p *protocContractor) protocEnum(goName string, e *descriptorpb.EnumDescriptorProto) {
	locked := &lockedEnum{goName: goName, basic: "int32", place: p.declared(goName)}
	known := map[int32]bool{}
	for _, v := range e.GetValue() {
		if !known[v.GetNumber()] {
			locked.members = append(locked.members, &lockedMember{number: int64(v.GetNumber()), name: v.GetName(), place: locked.place})
		}
		known[v.GetNumber()] = true
	}
	p.contract.enums = append(p.contract.enums, locked)
}
