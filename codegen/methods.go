package codegen

import (
	"go/types"
	"slices"
)

// methods lists the names of the methods that are generated for a message.
func (m *message) methods() []string {
	names := []string{"ZebusType", "ZebusSize", "ZebusAppend", "ZebusRead", "ZebusUnmarshal"}
	switch m.kind {
	case kindCommand:
		names = append(names, "ZebusCommand")
	case kindEvent:
		names = append(names, "ZebusEvent")
	case kindMessage:
	}
	if m.reply != nil {
		names = append(names, "ReplyType")
	}
	if len(m.routing) > 0 {
		names = append(names, "ZebusRouting")
	}
	return names
}

// methodNames reports fields and methods that have the name of a generated method.
func (p *packageParser) methodNames(d *declaration) {
	var named []types.Object
	if structure, ok := d.typeName.Type().Underlying().(*types.Struct); ok {
		for member := range structure.Fields() {
			named = append(named, member)
		}
	}
	if t, ok := d.typeName.Type().(*types.Named); ok {
		for method := range t.Methods() {
			named = append(named, method)
		}
	}
	generated := d.message.methods()
	for _, object := range named {
		if slices.Contains(generated, object.Name()) {
			p.addf(object.Pos(), "%s.%s has the name of a method that zebusgen writes: rename it", d.message.name, object.Name())
		}
	}
}
