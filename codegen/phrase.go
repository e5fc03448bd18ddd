package codegen

import (
	"github.com/dave/jennifer/jen"
)

// Phrases are the statements that generated methods are made of. The value at hand is given as its source text, such as
// "m.Lines" or "v", because jennifer's own expressions change under the hands of those who share them.

// wireCall calls a function of package wire.
func wireCall(function string, arguments ...jen.Code) *jen.Statement {
	return jen.Qual(wirePath, function).Call(arguments...)
}

// zebusCall calls a function of package zebus.
func zebusCall(function string, arguments ...jen.Code) *jen.Statement {
	return jen.Qual(zebusPath, function).Call(arguments...)
}

// assign sets a variable.
func assign(x string, to jen.Code) *jen.Statement {
	return jen.Id(x).Op("=").Add(to)
}

// add increases n.
func add(size jen.Code) *jen.Statement {
	return jen.Id("n").Op("+=").Add(size)
}

// each loops over the elements of x, which are called v.
func each(x string, body ...jen.Code) *jen.Statement {
	return jen.For(jen.List(jen.Id("_"), jen.Id("v")).Op(":=").Range().Id(x)).Block(body...)
}

// eachInPlace loops over the elements of x without copying them. They are called x[i].
func eachInPlace(x string, body ...jen.Code) *jen.Statement {
	return jen.For(jen.Id("i").Op(":=").Range().Id(x)).Block(body...)
}

func ifNotNil(x string, body ...jen.Code) *jen.Statement {
	return jen.If(jen.Id(x).Op("!=").Nil()).Block(body...)
}

func ifNil(x string, body ...jen.Code) *jen.Statement {
	return jen.If(jen.Id(x).Op("==").Nil()).Block(body...)
}

// returning is the body of a function that fits on one line.
func returning(x jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{ ", Close: " }"}, jen.Return(x))
}

// rows is a list in braces with an element on each line, in the order given.
func rows(list ...jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, list...)
}

// row is a key and its value in such a list.
func row(key string, value jen.Code) jen.Code {
	return jen.Id(key).Op(":").Add(value)
}

// code is the type in generated code.
func (t typeRef) code() *jen.Statement {
	if t.name == byteSlice {
		return jen.Index().Byte()
	}
	if t.path == "" {
		return jen.Id(t.name)
	}
	s := jen.Qual(t.path, t.name)
	if len(t.args) == 0 {
		return s
	}
	return s.TypesFunc(func(g *jen.Group) {
		for _, arg := range t.args {
			g.Add(arg.code())
		}
	})
}
