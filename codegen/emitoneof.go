package codegen

import (
	"github.com/dave/jennifer/jen"
)

// bySwitch looks at which case the field x is, and names it v.
func (f *field) bySwitch(x string, body func(c *field) []jen.Code) *jen.Statement {
	return jen.Switch(jen.Id("v").Op(":=").Id(x).Assert(jen.Type())).BlockFunc(func(g *jen.Group) {
		for _, c := range f.cases {
			g.Case(jen.Op("*").Add(c.wrapper.code())).Block(body(c)...)
		}
	})
}

// appendCase appends the value of a case. One that is zero is written, because it says which case it is; so is a nil
// message, as an empty one.
func (f *field) appendCase() []jen.Code {
	x := "v." + f.name
	if f.shape == pointer {
		return f.enclosed(ifNotNil(x, appendMessage(x)))
	}
	return f.appendOne(x)
}

// sizeCase adds what appendCase appends to n.
func (f *field) sizeCase() []jen.Code {
	x := "v." + f.name
	if f.shape != pointer {
		return []jen.Code{f.sizeOne(x)}
	}
	return []jen.Code{
		jen.Id("size").Op(":=").Lit(0),
		ifNotNil(x, assign("size", jen.Id(x).Dot("ZebusSize").Call())),
		f.addContent(jen.Id("size")),
	}
}

// readCase reads a case into the field x. A message is merged into what is there when that is the same case.
func (f *field) readCase(x string) []jen.Code {
	if f.value.kind != subMessage {
		value := jen.Op("&").Add(f.wrapper.code()).Values(jen.Dict{jen.Id(f.name): f.value.read()})
		return []jen.Code{assign(x, value)}
	}
	statements := []jen.Code{
		jen.List(jen.Id("v"), jen.Id("ok")).Op(":=").Id(x).Assert(jen.Op("*").Add(f.wrapper.code())),
		jen.If(jen.Op("!").Id("ok")).Block(
			assign("v", jen.New(f.wrapper.code())),
			assign(x, jen.Id("v")),
		),
	}
	return append(statements, f.read("v."+f.name)...)
}
