package codegen

import (
	"github.com/dave/jennifer/jen"
)

// emitSize writes the method that measures a message before it is appended.
func emitSize(file *jen.File, m *message) {
	file.Line()
	file.Comment("ZebusSize returns the number of bytes that ZebusAppend appends.")
	signature := file.Add(m.method(!m.isEmpty(), "ZebusSize")).Params().Int()
	if m.isEmpty() {
		signature.Add(returning(jen.Lit(0)))
		return
	}
	signature.BlockFunc(func(g *jen.Group) {
		g.Id("n").Op(":=").Lit(0)
		for _, f := range m.fields {
			g.Add(f.size(m.member(f)))
		}
		if m.unknown != "" {
			g.Return(jen.Id("n").Op("+").Len(jen.Id(m.receiver + "." + m.unknown)))
			return
		}
		g.Return(jen.Id("n"))
	})
}

// size adds what the field x takes to n.
func (f *field) size(x string) *jen.Statement {
	switch {
	case f.shape == mapping:
		return f.sizeEntries(x)
	case f.shape == oneOf:
		return f.bySwitch(x, (*field).sizeCase)
	case f.packed:
		return add(wireCall("SizePacked"+codecOf(f.value).family, jen.Lit(f.number), jen.Id(x)))
	case f.shape == slice || f.shape == pointerSlice:
		return f.sizeElements(x)
	case f.shape == pointer:
		return ifNotNil(x, f.sizeOne(f.pointee(x)))
	default:
		return f.ifWritten(x, f.sizeOne(x))
	}
}

// sizeOne adds the size of one value to n.
func (f *field) sizeOne(x string) *jen.Statement {
	if f.value.kind == subMessage {
		return f.addContent(jen.Id(x).Dot("ZebusSize").Call())
	}
	return add(f.value.sizeOf(f.number, x))
}

// addContent adds a length-delimited field whose content has the given size.
func (f *field) addContent(size *jen.Statement) *jen.Statement {
	return add(wireCall("SizeBytes", jen.Lit(f.number), size))
}

// sizeElements adds a field per element.
func (f *field) sizeElements(x string) *jen.Statement {
	switch {
	case f.shape == pointerSlice:
		return each(x,
			jen.Id("size").Op(":=").Lit(0),
			ifNotNil("v", assign("size", jen.Id("v").Dot("ZebusSize").Call())),
			f.addContent(jen.Id("size")),
		)
	case f.value.kind == subMessage:
		return eachInPlace(x, f.sizeOne(x+"[i]"))
	case codecOf(f.value).size > 0:
		return add(jen.Len(jen.Id(x)).Op("*").Add(f.value.sizeOf(f.number, "false")))
	default:
		return each(x, f.sizeOne("v"))
	}
}

// ifWritten puts a statement under the condition that an optional value is not zero.
func (f *field) ifWritten(x string, statement *jen.Statement) *jen.Statement {
	condition := f.value.nonZero(x)
	if condition == nil || f.required && f.value.kind != binary {
		return statement
	}
	return jen.If(condition).Block(statement)
}

// pointee is what the pointer x points to. Method calls need no star.
func (f *field) pointee(x string) string {
	if f.value.kind == subMessage {
		return x
	}
	return "*" + x
}
