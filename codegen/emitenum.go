package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"
)

// emitEnum writes what gives an enum its names.
func emitEnum(file *jen.File, e *enum) {
	file.Line()
	if e.hasString {
		file.Commentf("String returns the name of the value as .NET has it, or its number when it has none.")
		file.Func().Params(jen.Id(e.receiver).Add(e.goType.code())).Id("String").Params().String().Block(e.names(e.receiver))
	} else {
		file.Commentf("%s returns the name of a %s as .NET has it, or its number when it has none.", e.function, e.goType.name)
		file.Func().Id(e.function).Params(jen.Id("v").Add(e.goType.code())).String().Block(e.names("v"))
	}
	if e.hasText {
		emitEnumText(file, e)
	}
}

// text is the name of the value x.
func (e *enum) text(x string) *jen.Statement {
	if e.hasString {
		return jen.Id(strings.TrimPrefix(x, "*")).Dot("String").Call()
	}
	return jen.Id(e.function).Call(jen.Id(x))
}

// names returns the name of the value x.
func (e *enum) names(x string) *jen.Statement {
	if len(e.members) == 0 {
		return jen.Return(e.number(x))
	}
	return jen.Switch(jen.Id(x)).BlockFunc(func(g *jen.Group) {
		for _, member := range e.members {
			g.Case(jen.Qual(e.goType.path, member.constant)).Block(jen.Return(jen.Lit(member.text)))
		}
		g.Default().Block(jen.Return(e.number(x)))
	})
}

func (e *enum) number(x string) *jen.Statement {
	if e.signed {
		return jen.Qual("strconv", "FormatInt").Call(jen.Int64().Call(jen.Id(x)), jen.Lit(10))
	}
	return jen.Qual("strconv", "FormatUint").Call(jen.Uint64().Call(jen.Id(x)), jen.Lit(10))
}

// emitEnumText writes the methods by which JSON shows the name.
func emitEnumText(file *jen.File, e *enum) {
	file.Line()
	file.Comment("MarshalText returns the name, or the number. It makes the value a JSON string.")
	file.Func().Params(jen.Id(e.receiver).Add(e.goType.code())).Id("MarshalText").Params().
		Params(jen.Index().Byte(), jen.Error()).
		Add(returning(jen.List(jen.Index().Byte().Parens(e.text(e.receiver)), jen.Nil())))
	file.Line()
	file.Comment("UnmarshalText reads what MarshalText returns.")
	file.Func().Params(jen.Id(e.receiver).Op("*").Add(e.goType.code())).Id("UnmarshalText").
		Params(jen.Id("text").Index().Byte()).Error().Block(e.parse(), jen.Return(jen.Nil()))
}

// parse sets the receiver to the value of a name.
func (e *enum) parse() *jen.Statement {
	x := "*" + e.receiver
	parser, name := "ParseInt", e.goType.name
	if !e.signed {
		parser = "ParseUint"
	}
	return jen.Switch(jen.String().Call(jen.Id("text"))).BlockFunc(func(g *jen.Group) {
		for _, member := range e.members {
			g.Case(jen.Lit(member.text)).Block(assign(x, jen.Id(member.constant)))
		}
		g.Default().Block(
			jen.List(jen.Id("n"), jen.Err()).Op(":=").Qual("strconv", parser).
				Call(jen.String().Call(jen.Id("text")), jen.Lit(10), jen.Lit(e.bits)),
			jen.If(jen.Err().Op("!=").Nil()).Block(
				jen.Return(jen.Qual("fmt", "Errorf").Call(jen.Lit("%q is no "+name), jen.Id("text"))),
			),
			assign(x, e.goType.code().Call(jen.Id("n"))),
		)
	})
}
