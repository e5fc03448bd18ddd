package codegen

import (
	"cmp"
	"go/types"
	"reflect"
	"slices"
)

// oneOf makes f one of several fields: those of the cases of its interface, of which there is one or none.
func (p *packageParser) oneOf(f *field, t types.Type, options tag) string {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || !types.IsInterface(t) {
		return "oneof is for an interface of your own, which its cases implement: declare it"
	}
	contract, _ := named.Underlying().(*types.Interface)
	switch {
	case options.required || options.packed || len(options.encodings) > 0:
		return "oneof takes no options: the cases have them"
	case options.position > 0:
		return "one of several fields has no routing text: remove routing"
	case contract.NumMethods() == 0:
		return named.Obj().Name() + " has no method, so that everything is a case: give it one that its cases alone have"
	}
	f.shape = oneOf
	f.cases = p.cases(named.Obj(), contract)
	if len(f.cases) == 0 {
		return named.Obj().Name() + " has no case: declare structs with one field and its number, whose pointers implement it"
	}
	f.number = f.cases[0].number
	return ""
}

// cases finds what implements an interface in its package, in the order of the numbers.
func (p *packageParser) cases(name *types.TypeName, contract *types.Interface) []*field {
	if found, known := p.oneOfs[name]; known {
		return found
	}
	var found []*field
	scope := name.Pkg().Scope()
	for _, other := range scope.Names() {
		candidate, ok := scope.Lookup(other).(*types.TypeName)
		if !ok || candidate.IsAlias() || isInvalid(candidate.Type()) || types.IsInterface(candidate.Type()) || isGeneric(candidate.Type()) ||
			!types.Implements(types.NewPointer(candidate.Type()), contract) {
			continue
		}
		if c := p.oneCase(name, candidate, types.Implements(candidate.Type(), contract)); c != nil {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b *field) int { return cmp.Compare(a.number, b.number) })
	p.oneOfs[name] = found
	return found
}

// isInvalid says whether the compiler will refuse a type, which implements everything until then.
func isInvalid(t types.Type) bool {
	return t.Underlying() == types.Typ[types.Invalid]
}

func isGeneric(t types.Type) bool {
	named, ok := t.(*types.Named)
	return ok && named.TypeParams().Len() > 0
}

// oneCase builds the field of a case, or returns nil after it has reported what is wrong.
func (p *packageParser) oneCase(of, name *types.TypeName, byValue bool) *field {
	structure, ok := name.Type().Underlying().(*types.Struct)
	switch {
	case !ok || structure.NumFields() != 1:
		p.addf(name.Pos(), "%s implements %s and is none of its cases, which are structs with one field and its number: "+
			"write type %[1]sCase struct { %[1]s *%[1]s `zebus:\"1\"` }, and move the method there", name.Name(), of.Name())
		return nil
	case byValue:
		p.addf(name.Pos(), "%s: a case of %s is a pointer: give the method that makes it one a pointer receiver", name.Name(), of.Name())
		return nil
	}
	member := structure.Field(0)
	text := reflect.StructTag(structure.Tag(0)).Get("zebus")
	c := p.field(name.Name(), member, text)
	if c == nil {
		return nil
	}
	if c.shape != single && (c.shape != pointer || c.value.kind != subMessage) || c.position > 0 {
		p.addf(member.Pos(), "%s.%s: a case has one value: a message, a number, a text …", name.Name(), c.name)
		return nil
	}
	c.wrapper, c.required = refOf(name.Type()), true
	return c
}
