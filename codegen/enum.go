package codegen

import (
	"cmp"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// enumBehind returns the enum that a type is, or nil.
func (p *packageParser) enumBehind(t types.Type) *enum {
	if named, ok := types.Unalias(t).(*types.Named); ok && isInteger(named) {
		return p.enumOf(named.Obj())
	}
	return nil
}

// enumOf returns the enum that a named integer is: because it is annotated, or because it comes from another package
// and has constants.
func (p *packageParser) enumOf(t *types.TypeName) *enum {
	if e, known := p.enums[t]; known {
		return e
	}
	ref := refOf(t.Type())
	_, special := specials[ref.path+"."+ref.name]
	local := t.Pkg() == p.pkg.Types
	if special || local && p.annotated[t] == nil || hasMethod(t.Type(), "ZebusRead") {
		return nil
	}
	e := &enum{goType: ref, members: members(t, local), local: local}
	basic, ok := t.Type().Underlying().(*types.Basic)
	e.signed = ok && basic.Info()&types.IsUnsigned == 0
	if !local && len(e.members) == 0 {
		e = nil
	}
	p.enums[t] = e
	return e
}

// named gives an enum what its names need in the generated file, once it is known that they matter.
func (p *packageParser) named(t types.Type, e *enum) {
	if e == nil || slices.Contains(p.model.enums, e) {
		return
	}
	if e.hasString = e.local && !hasMethod(t, "String"); !e.hasString {
		e.function = p.free("nameOf" + e.goType.name)
	}
	p.model.enums = append(p.model.enums, e)
}

// enumTexts gives annotated enums with constants the methods by which JSON shows their names, unless they have some.
func (p *packageParser) enumTexts(d *declaration) {
	t := d.typeName.Type()
	e := p.enumBehind(t)
	if e == nil {
		return
	}
	if e.receiver = p.receiver(d.typeName, "v"); len(e.members) == 0 {
		return
	}
	own := func(method string) bool { return hasMethod(t, method) }
	e.hasText = !slices.ContainsFunc([]string{"MarshalText", "MarshalJSON", "UnmarshalText", "UnmarshalJSON"}, own)
	if bits := widthOf(t); bits > 0 {
		e.bits = bits
	}
	p.distinct(d.typeName, e)
	p.named(t, e)
}

// distinct reports values that would have one name, from which nobody could tell them apart.
func (p *packageParser) distinct(t *types.TypeName, e *enum) {
	constants := map[string]string{}
	for _, m := range e.members {
		if other, taken := constants[m.text]; taken {
			p.addf(t.Pkg().Scope().Lookup(m.constant).Pos(), "%s has the name %s, which %s has with another value: rename one",
				m.constant, m.text, other)
		}
		constants[m.text] = m.constant
	}
}

func widthOf(t types.Type) int {
	basic, ok := t.Underlying().(*types.Basic)
	if !ok {
		return 0
	}
	return basics[basic.Kind()].bits
}

// members returns the constants of an enum in the order of the source, the first of each value.
func members(t *types.TypeName, local bool) []enumMember {
	scope := t.Pkg().Scope()
	var found []*types.Const
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		if ok && types.Identical(c.Type(), t.Type()) && (local || c.Exported()) && name != "_" {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b *types.Const) int {
		return cmp.Or(compareValues(a, b), cmp.Compare(a.Pos(), b.Pos()))
	})
	found = slices.CompactFunc(found, func(a, b *types.Const) bool { return compareValues(a, b) == 0 })
	list := make([]enumMember, len(found))
	for i, c := range found {
		list[i] = enumMember{constant: c.Name(), text: memberText(c.Name(), t.Name())}
	}
	return list
}

func compareValues(a, b *types.Const) int {
	switch {
	case constant.Compare(a.Val(), token.LSS, b.Val()):
		return -1
	case constant.Compare(a.Val(), token.GTR, b.Val()):
		return 1
	default:
		return 0
	}
}

// memberText is the name that .NET gives a member, which does not repeat the type: ColourRed is Red. Colourful stays.
func memberText(constant, typeName string) string {
	rest := strings.TrimPrefix(constant, typeName)
	if first, _ := utf8.DecodeRuneInString(rest); unicode.IsUpper(first) {
		return rest
	}
	return constant
}
