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
	structure, ok := d.typeName.Type().Underlying().(*types.Struct)
	if !ok {
		return
	}
	m := d.message
	numbers := map[int]string{}
	for i := range structure.NumFields() {
		member := structure.Field(i)
		text, tagged := reflect.StructTag(structure.Tag(i)).Lookup("zebus")
		if !tagged {
			continue
		}
		f := p.field(m.name, member, text)
		if f == nil {
			continue
		}
		if other, taken := numbers[f.number]; taken {
			p.addf(member.Pos(), "%s.%s has field number %d of %s: give it one of its own", m.name, f.name, f.number, other)
		}
		numbers[f.number] = f.name
		m.fields = append(m.fields, f)
	}
	slices.SortStableFunc(m.fields, func(a, b *field) int { return cmp.Compare(a.number, b.number) })
	p.routing(d)
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
	if member.Embedded() {
		p.addf(member.Pos(), "%s is embedded, which is not supported yet: give it a name", name)
	}
	f := &field{name: member.Name(), number: t.number, required: t.required, packed: t.packed, position: t.position}
	if problem := p.fieldType(f, member.Type(), t); problem != "" {
		p.addf(member.Pos(), "%s: %s", name, cmp.Or(p.typeError(member.Pos()), problem))
	}
	if len(p.list) > before {
		return nil
	}
	return f
}

// fieldType decides shape and value of a field. It returns what is wrong, or nothing.
func (p *packageParser) fieldType(f *field, t types.Type, options tag) string {
	var element types.Type
	f.shape, element = shapeOf(t)
	var problem string
	f.value, problem = p.value(element)
	if problem != "" {
		return problem
	}
	if named, ok := types.Unalias(element).(*types.Named); ok && f.position > 0 && isInteger(named) {
		f.value.enum = p.enumOf(named.Obj())
	}
	if f.shape == pointerSlice && f.value.kind != subMessage {
		return "a slice of pointers is for messages only: use a slice of values"
	}
	if f.shape == pointer && f.value.kind == binary {
		return "a pointer to bytes: use []byte, whose nil is not written either"
	}
	if len(options.encodings) == 1 {
		if f.value, problem = f.value.encoded(options.encodings[0]); problem != "" {
			return problem
		}
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
			p.addf(p.fieldPos(d, f.name), "%s.%s has routing position %d of %s: give it one of its own",
				m.name, f.name, f.position, m.routing[i-1].name)
		}
	}
}

func (p *packageParser) fieldPos(d *declaration, name string) token.Pos {
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
