package codegen

import (
	"cmp"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// fields builds the fields of a message from its struct.
func (p *packageParser) fields(d *declaration) {
	if p.protoc[d.typeName.Name()] != nil {
		p.protocFields(d)
		return
	}
	if d.directive.has("routing") {
		p.addf(d.directive.pos, "%s: routing= is for messages of .proto files: write routing=N in the tags of the fields", d.message.name)
	}
	structure, ok := d.typeName.Type().Underlying().(*types.Struct)
	if !ok {
		return
	}
	p.members(d, structure, "")
	m := d.message
	numbers, names := map[int]string{}, map[string]string{}
	for _, f := range m.fields {
		p.unique(d, f, numbers, names)
	}
	slices.SortStableFunc(m.fields, func(a, b *field) int {
		return cmp.Or(compareFalseLast(a.included, b.included), cmp.Compare(a.number, b.number))
	})
	p.routing(d)
}

// members adds the members of a struct to the fields of a message. The path leads to the struct, when it is embedded.
func (p *packageParser) members(d *declaration, structure *types.Struct, path string) {
	m := d.message
	for i := range structure.NumFields() {
		member := structure.Field(i)
		text, tagged := reflect.StructTag(structure.Tag(i)).Lookup("zebus")
		switch {
		case isUnknown(member.Type()):
			p.unknown(d, member, structure.Tag(i), path)
		case tagged:
			if f := p.field(m.name, member, text); f != nil {
				f.path, f.selector = path+f.name, p.selector(d, member, path)
				m.fields = append(m.fields, f)
			}
		case miswritten(structure.Tag(i)):
			p.addf(member.Pos(), "%s.%s: the tag is not well-formed, and nobody sees it: write `zebus:\"1\"`, quotes and all", m.name, member.Name())
		case member.Embedded():
			p.embedded(d, member, path)
		}
	}
}

// miswritten says whether a struct tag has the word zebus in a form that nobody reads.
func miswritten(structTag string) bool {
	return strings.Contains(strings.ToLower(structTag), "zebus:")
}

// unique reports a number or a name that another field has already.
func (p *packageParser) unique(d *declaration, f *field, numbers map[int]string, names map[string]string) {
	for _, number := range f.numbers() {
		if other, taken := numbers[number]; taken {
			p.addf(p.fieldPos(d, f), "%s.%s has field number %d of %s: give it one of its own", d.message.name, f.path, number, other)
		}
		numbers[number] = f.path
	}
	if other, taken := names[f.name]; taken {
		p.addf(p.fieldPos(d, f), "%s.%s has the name of %s, and hides it or is hidden: rename one", d.message.name, f.path, other)
	}
	names[f.name] = f.path
}

// numbers are those of the field, or of its cases.
func (f *field) numbers() []int {
	if f.shape != oneOf {
		return []int{f.number}
	}
	list := make([]int, len(f.cases))
	for i, c := range f.cases {
		list[i] = c.number
	}
	return list
}

func compareFalseLast(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}

// field builds one field, or returns nil after it has reported what is wrong.
func (p *packageParser) field(owner string, member *types.Var, text string) *field {
	name := owner + "." + member.Name()
	before := len(p.list)
	t, err := parseTag(text)
	if err != nil {
		for problem := range strings.SplitSeq(err.Error(), "\n") {
			p.addf(member.Pos(), "%s: %s", name, problem)
		}
	}
	if !member.Exported() {
		p.addf(member.Pos(), "%s has a tag but is not exported: capitalize it, or remove the tag", name)
	}
	f := &field{
		name: member.Name(), pos: member.Pos(), path: member.Name(), number: t.number, included: t.include,
		required: t.required, packed: t.packed, position: t.position,
	}
	if problem := p.fieldType(f, member, t); problem != "" {
		p.addf(member.Pos(), "%s: %s", name, cmp.Or(p.typeError(member.Pos()), problem))
	}
	if len(p.list) > before {
		return nil
	}
	return f
}

// fieldType decides shape and value of a field. It returns what is wrong, or nothing.
func (p *packageParser) fieldType(f *field, member *types.Var, options tag) string {
	switch {
	case options.oneOf:
		return p.oneOf(f, member.Type(), options)
	case options.include:
		return p.include(f, member)
	case isMap(member.Type()):
		return p.mapType(f, member.Type(), options)
	}
	var element types.Type
	f.shape, element = shapeOf(member.Type())
	var problem string
	f.value, problem = p.value(element)
	if problem != "" {
		return problem
	}
	if f.value.enum = p.enumBehind(element); f.position > 0 {
		p.named(element, f.value.enum)
	}
	if f.shape == pointerSlice && f.value.kind != subMessage {
		return "a slice of pointers is for messages only: use a slice of values"
	}
	if f.shape == pointer && f.value.kind == binary {
		return "a pointer to bytes: use []byte, whose nil is not written either"
	}
	if f.value, problem = f.value.with(options); problem != "" {
		return problem
	}
	return checkOptions(f)
}

func checkOptions(f *field) string {
	if f.packed && (f.shape != slice || !f.value.packable()) {
		return "packed is for slices of numbers: remove it"
	}
	if f.position > 0 && (f.value.kind == subMessage && !f.value.stringer || f.value.kind == binary) {
		return "a routing member is a number, text, time or identifier, or a slice of them: remove routing"
	}
	return ""
}

// typeError returns what the type checker said about the line, or nothing. It explains a type that is not known.
func (p *packageParser) typeError(pos token.Pos) string {
	at := p.fset.Position(pos)
	for _, e := range p.pkg.TypeErrors {
		if where := e.Fset.Position(e.Pos); where.Filename == at.Filename && where.Line == at.Line {
			return e.Msg
		}
	}
	return ""
}

// routing orders the routing members by position.
func (p *packageParser) routing(d *declaration) {
	m := d.message
	for _, f := range m.fields {
		if f.position > 0 {
			m.routing = append(m.routing, f)
		}
	}
	slices.SortStableFunc(m.routing, func(a, b *field) int { return cmp.Compare(a.position, b.position) })
	for i, f := range m.routing {
		if i > 0 && m.routing[i-1].position == f.position {
			p.addf(p.fieldPos(d, f), "%s.%s has routing position %d of %s: give it one of its own",
				m.name, f.name, f.position, m.routing[i-1].name)
		}
	}
}

// fieldPos is where a field stands, or the embedded struct that it comes from.
func (p *packageParser) fieldPos(d *declaration, f *field) token.Pos {
	name, _, _ := strings.Cut(f.path, ".")
	structure, ok := d.typeName.Type().Underlying().(*types.Struct)
	if ok {
		for member := range structure.Fields() {
			if member.Name() == name {
				return member.Pos()
			}
		}
	}
	return d.directive.pos
}
