package codegen

import (
	"github.com/dave/jennifer/jen"
)

// emitAppend writes the method that appends the fields of a message in ascending order.
func emitAppend(file *jen.File, m *message) {
	file.Line()
	file.Comment("ZebusAppend appends the fields of the message to b and returns the longer buffer.")
	signature := file.Add(m.method(!m.isEmpty(), "ZebusAppend")).Params(jen.Id("b").Index().Byte()).Index().Byte()
	if m.isEmpty() {
		signature.Add(returning(jen.Id("b")))
		return
	}
	signature.BlockFunc(func(g *jen.Group) {
		if m.nests() {
			g.Var().Id("mark").Int()
		}
		if m.holdsMaps() {
			g.Var().Id("entry").Int()
		}
		for _, f := range m.fields {
			for _, statement := range f.append(m.member(f)) {
				g.Add(statement)
			}
		}
		if m.unknown != "" {
			g.Return(jen.Append(jen.Id("b"), jen.Id(m.receiver+"."+m.unknown).Op("...")))
			return
		}
		g.Return(jen.Id("b"))
	})
}

// append appends the field x.
func (f *field) append(x string) []jen.Code {
	switch {
	case f.shape == mapping:
		return []jen.Code{f.appendEntries(x)}
	case f.shape == oneOf:
		return []jen.Code{f.bySwitch(x, (*field).appendCase)}
	case f.packed:
		return []jen.Code{assign("b", wireCall("AppendPacked"+codecOf(f.value).family, jen.Id("b"), jen.Lit(f.number), jen.Id(x)))}
	case f.shape == slice || f.shape == pointerSlice:
		return []jen.Code{f.appendElements(x)}
	case f.shape == pointer:
		return []jen.Code{ifNotNil(x, f.appendOne(f.pointee(x))...)}
	case f.value.kind == subMessage:
		return f.appendOne(x)
	default:
		return []jen.Code{f.ifWritten(x, f.value.appendTo(f.number, x))}
	}
}

// appendOne appends one value.
func (f *field) appendOne(x string) []jen.Code {
	if f.value.kind != subMessage {
		return []jen.Code{f.value.appendTo(f.number, x)}
	}
	return f.enclosed(appendMessage(x))
}

// appendElements appends a field per element. A nil message is an empty one.
func (f *field) appendElements(x string) *jen.Statement {
	switch {
	case f.shape == pointerSlice:
		return each(x, f.enclosed(ifNotNil("v", appendMessage("v")))...)
	case f.value.kind == subMessage:
		return eachInPlace(x, f.appendOne(x+"[i]")...)
	default:
		return each(x, f.appendOne("v")...)
	}
}

func appendMessage(x string) *jen.Statement {
	return assign("b", jen.Id(x).Dot("ZebusAppend").Call(jen.Id("b")))
}

// enclosed puts a statement between the beginning and the end of a length-delimited field.
func (f *field) enclosed(content *jen.Statement) []jen.Code {
	return []jen.Code{
		jen.List(jen.Id("b"), jen.Id("mark")).Op("=").Add(wireCall("Begin", jen.Id("b"), jen.Lit(f.number))),
		content,
		assign("b", wireCall("End", jen.Id("b"), jen.Id("mark"))),
	}
}
