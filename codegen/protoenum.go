package codegen

import (
	"cmp"
	"go/constant"
	"go/types"
	"slices"

	"google.golang.org/protobuf/types/descriptorpb"
)

// isDescribable says whether an enum can be one in protobuf, where all values are of 32 bits. A wider one is a number.
func (d *describer) isDescribable(declared *declaration) bool {
	basic, ok := declared.typeName.Type().Underlying().(*types.Basic)
	if !ok || d.enumNamespace(declared) == "" || len(constants(declared.typeName)) == 0 {
		return false
	}
	bits := basics[basic.Kind()].bits
	return bits < 32 || bits == 32 && basic.Info()&types.IsUnsigned == 0
}

func (d *describer) enumNamespace(declared *declaration) string {
	return cmp.Or(declared.directive.words["namespace"], d.namespace)
}

// enum describes an enum. The value that counts as absent comes first, and is 0 as in Go and .NET.
func (d *describer) enum(n *protoNode) {
	_, name := cutName(n.fullName)
	e := &descriptorpb.EnumDescriptorProto{Name: new(name)}
	add := func(constant string, number int64) string {
		value := n.file.values.name(enumValueName(name, constant))
		e.Value = append(e.Value, &descriptorpb.EnumValueDescriptorProto{Name: new(value), Number: new(int32(number))})
		return value
	}
	members := constants(n.declaration.typeName)
	if !slices.ContainsFunc(members, func(c *types.Const) bool { return numberOf(c) == 0 }) {
		add("Unspecified", 0)
	}
	slices.SortStableFunc(members, func(a, b *types.Const) int { return compareFalseLast(numberOf(a) == 0, numberOf(b) == 0) })
	for _, c := range members {
		value := add(c.Name(), numberOf(c))
		n.file.comments[n.fullName+"."+value] = d.comments[c.Pos()]
	}
	n.file.comments[n.fullName] = d.comments[n.declaration.typeName.Pos()]
	n.file.descriptor.EnumType = append(n.file.descriptor.EnumType, e)
}

// numberOf is the value of a constant of an enum that can be described, which has 32 bits.
func numberOf(c *types.Const) int64 {
	number, _ := constant.Int64Val(c.Val())
	return number
}

// constants returns those of an enum by value, the first of each.
func constants(t *types.TypeName) []*types.Const {
	var found []*types.Const
	for _, m := range members(t, true) {
		c, ok := t.Pkg().Scope().Lookup(m.constant).(*types.Const)
		if ok && c.Val().Kind() == constant.Int {
			found = append(found, c)
		}
	}
	return found
}
