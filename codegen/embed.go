package codegen

import (
	"go/types"
	"reflect"
	"strings"
)

// embedded adds the fields of a struct that is embedded without a tag, as if they stood in the message itself. That is
// how Go and its JSON see them.
func (p *packageParser) embedded(d *declaration, member *types.Var, path string) {
	t := member.Type()
	pointed, isPointer := types.Unalias(t).(*types.Pointer)
	if isPointer {
		t = pointed.Elem()
	}
	structure, ok := t.Underlying().(*types.Struct)
	if !ok || !hasNumbers(structure) {
		return
	}
	if isPointer {
		p.addf(member.Pos(), "%s.%s is embedded by pointer: embed the struct itself, "+
			"or write `zebus:\"include=10\"` for the derived part of a .NET class", d.message.name, path+member.Name())
		return
	}
	p.members(d, structure, path+member.Name()+".")
}

// selector is how a member is reached from the message: by its name alone where Go promotes it, as people write it.
func (p *packageParser) selector(d *declaration, member *types.Var, path string) string {
	name := member.Name()
	promoted, _, _ := types.LookupFieldOrMethod(types.NewPointer(d.typeName.Type()), true, p.pkg.Types, name)
	if promoted == member && !strings.HasPrefix(name, "Zebus") && name != "ReplyType" { // methods to come have such names
		return name
	}
	return path + name
}

// hasNumbers says whether a struct has fields of messages.
func hasNumbers(structure *types.Struct) bool {
	for i := range structure.NumFields() {
		if _, tagged := reflect.StructTag(structure.Tag(i)).Lookup("zebus"); tagged || isUnknown(structure.Field(i).Type()) {
			return true
		}
	}
	return false
}

// include makes f the derived part of a ProtoInclude.
func (p *packageParser) include(f *field, member *types.Var) string {
	t, ok := types.Unalias(member.Type()).(*types.Pointer)
	if !ok || !member.Embedded() {
		return "include is for an embedded pointer to a message: write *" + member.Name() + " `zebus:\"include=10\"`"
	}
	var problem string
	f.shape = pointer
	f.value, problem = p.value(t.Elem())
	switch {
	case problem != "":
		return problem
	case f.value.kind != subMessage:
		return "include is for an embedded pointer to a message: annotate " + f.value.goType.name + " with //zebus:message"
	case p.isRoutable(t.Elem()):
		return f.value.goType.name + " has routing members, which a part of another message cannot have: move them to the other fields"
	}
	return checkOptions(f)
}

// isRoutable says whether a message has routing members of its own.
func (p *packageParser) isRoutable(t types.Type) bool {
	structure, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range structure.NumFields() {
		if t, err := parseTag(reflect.StructTag(structure.Tag(i)).Get("zebus")); err == nil && t.position > 0 {
			return true
		}
	}
	return false
}

func isUnknown(t types.Type) bool {
	return isNamed(t, zebusPath, "Unknown")
}

// unknown makes a member the place of the fields that the message does not know.
func (p *packageParser) unknown(d *declaration, member *types.Var, structTag, path string) {
	m, tags := d.message, reflect.StructTag(structTag)
	name := m.name + "." + path + member.Name()
	switch _, tagged := tags.Lookup("zebus"); {
	case tagged:
		p.addf(member.Pos(), "%s keeps fields of any number and has none of its own: remove the tag", name)
	case member.Exported() && tags.Get("json") != "-":
		p.addf(member.Pos(), "%s would be shown in JSON: call it unknown, or write `json:\"-\"`", name)
	case m.unknown != "":
		p.addf(member.Pos(), "%s keeps the unknown fields, which %s does already: remove one", name, m.name+"."+m.unknown)
	default:
		m.unknown = p.selector(d, member, path)
	}
}
