package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"
)

// emitRead writes the method that reads fields in any order.
func emitRead(file *jen.File, m *message) {
	file.Line()
	file.Comment("ZebusRead reads fields until r has no more, merging them into the message.")
	signature := file.Add(m.method(!m.isEmpty(), "ZebusRead")).Params(jen.Id("r").Op("*").Qual(wirePath, "Reader"))
	next := jen.Id("r").Dot("Next").Call()
	skip := m.passOver()
	if len(m.fields) == 0 {
		signature.Block(jen.For(next).Block(skip))
		return
	}
	fields := jen.For(next).Block(
		jen.Switch(jen.Id("r").Dot("Field").Call()).BlockFunc(func(g *jen.Group) {
			for _, f := range m.fields {
				f.readCases(g, m.member(f))
			}
			g.Default().Block(skip)
		}),
	)
	signature.Block(append(m.spares(), fields)...)
}

// spares declares where the elements of slices of pointers come from.
func (m *message) spares() []jen.Code {
	var list []jen.Code
	for _, f := range m.fields {
		if f.shape == pointerSlice {
			list = append(list, jen.Var().Id(f.spare()).Qual(wirePath, "Spare").Types(f.value.goType.code()))
		}
	}
	return list
}

// spare is the name of the variable that makes elements of a slice of pointers.
func (f *field) spare() string {
	return "spare" + strings.ReplaceAll(f.name, ".", "")
}

// passOver is what happens to a field that the message does not know.
func (m *message) passOver() *jen.Statement {
	if m.unknown == "" {
		return jen.Id("r").Dot("Skip").Call()
	}
	x := m.receiver + "." + m.unknown
	return assign(x, jen.Id("r").Dot("AppendField").Call(jen.Id(x)))
}

// readCases adds what happens when a number of the field x is met.
func (f *field) readCases(g *jen.Group, x string) {
	if f.shape != oneOf {
		g.Case(jen.Lit(f.number)).Block(f.read(x)...)
	}
	for _, c := range f.cases {
		g.Case(jen.Lit(c.number)).Block(c.readCase(x)...)
	}
}

// read is what happens when the field x is met.
func (f *field) read(x string) []jen.Code {
	if f.shape == mapping {
		return f.readEntry(x)
	}
	if f.value.kind == subMessage {
		return f.readMessage(x)
	}
	switch {
	case f.shape == slice && f.value.packable():
		return f.readNumbers(x)
	case f.shape == slice && f.value.kind == text:
		return []jen.Code{assign(x, wireCall("ReadStrings", jen.Id("r"), jen.Id(x)))}
	case f.shape == slice:
		return []jen.Code{grow(x, f.value.read())}
	case f.shape == pointer:
		return []jen.Code{assign(x, jen.New(f.value.read()))}
	default:
		return []jen.Code{assign(x, f.value.read())}
	}
}

// readMessage reads a sub-message: a single one is merged into what is there, an element is appended.
func (f *field) readMessage(x string) []jen.Code {
	switch f.shape {
	case pointer:
		create := ifNil(x, assign(x, jen.New(f.value.goType.code())))
		return append([]jen.Code{create}, entered(x)...)
	case slice:
		extend := assign(x, wireCall("Extend", jen.Id("r"), jen.Id(x)))
		return append([]jen.Code{extend}, entered(x+"[len("+x+")-1]")...)
	case pointerSlice:
		extend := assign(x, jen.Id(f.spare()).Dot("Extend").Call(jen.Id("r"), jen.Id(x)))
		return append([]jen.Code{extend}, entered(x+"[len("+x+")-1]")...)
	default:
		return entered(x)
	}
}

// entered reads the current field into the message x.
func entered(x string) []jen.Code {
	return []jen.Code{
		jen.Id("outer").Op(":=").Id("r").Dot("Enter").Call(),
		jen.Id(x).Dot("ZebusRead").Call(jen.Id("r")),
		jen.Id("r").Dot("Leave").Call(jen.Id("outer")),
	}
}

// grow appends an element to the slice x.
func grow(x string, element *jen.Statement) *jen.Statement {
	return assign(x, jen.Append(jen.Id(x), element))
}

// readNumbers appends one number or a block of them.
func (f *field) readNumbers(x string) []jen.Code {
	if f.value.kind != float && f.value.kind != boolean && f.value.encoding == plain {
		return []jen.Code{assign(x, wireCall("ReadInts", jen.Id("r"), jen.Id(x)))}
	}
	element := func() *jen.Statement { return jen.Qual(wirePath, codecOf(f.value).element) }
	loop := jen.For(jen.Id("r").Dot("Element").Call(element())).Block(grow(x, f.value.read()))
	if !f.packed {
		return []jen.Code{loop}
	}
	return []jen.Code{assign(x, wireCall("Room", jen.Id("r"), element(), jen.Id(x))), loop}
}
