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

// enumOf returns the enum that a named integer is: because it is annotated, or because it comes from another package
// and has constants.
func (p *packageParser) enumOf(t *types.TypeName) *enum {
	if e := p.enums[t]; e != nil {
		return e
	}
	ref := refOf(t.Type())
	if _, special := specials[ref.path+"."+ref.name]; special {
		return nil
	}
	local := t.Pkg() == p.pkg.Types
	if local && p.annotated[t] == nil {
		return nil
	}
	e := &enum{goType: ref, members: members(t, local)}
	basic, ok := t.Type().Underlying().(*types.Basic)
	e.signed = ok && basic.Info()&types.IsUnsigned == 0
	if !local && len(e.members) == 0 {
		return nil
	}
	e.function = p.free("routing" + t.Name())
	p.enums[t] = e
	p.model.enums = append(p.model.enums, e)
	return e
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
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.Pos(), b.Pos()))
	})
	found = slices.CompactFunc(found, func(a, b *types.Const) bool { return constant.Compare(a.Val(), token.EQL, b.Val()) })
	list := make([]enumMember, len(found))
	for i, c := range found {
		list[i] = enumMember{constant: c.Name(), text: memberText(c.Name(), t.Name())}
	}
	return list
}

// order sorts constants by value; those beyond int64 come last.
func order(c *types.Const) int64 {
	v, exact := constant.Int64Val(c.Val())
	if !exact {
		return 1<<63 - 1
	}
	return v
}

// memberText is the name that .NET gives a member, which does not repeat the type: ColourRed is Red. Colourful stays.
func memberText(constant, typeName string) string {
	rest := strings.TrimPrefix(constant, typeName)
	if first, _ := utf8.DecodeRuneInString(rest); unicode.IsUpper(first) {
		return rest
	}
	return constant
}
