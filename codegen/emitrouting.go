package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"
)

// longCall is the number of arguments from which on each has a line of its own.
const longCall = 4

// emitRouting writes the method that gives the routing content.
func emitRouting(file *jen.File, m *message) {
	file.Line()
	file.Comment("ZebusRouting appends the routing members in the order of their positions.")
	content := func() *jen.Statement { return jen.Qual(zebusPath, "RoutingContent") }
	file.Add(m.method(true, "ZebusRouting")).Params(jen.Id("dst").Add(content())).Add(content()).BlockFunc(func(g *jen.Group) {
		values := append(make([]jen.Code, 0, 1+len(m.routing)), jen.Id("dst"))
		for _, f := range m.routing {
			values = append(values, f.route(g, m.member(f)))
		}
		options := jen.Options{Open: "(", Close: ")", Separator: ",", Multi: len(values) >= longCall}
		g.Return(jen.Id("append").Custom(options, values...))
	})
}

// route is the routing value of the field x; what it takes several statements to make goes to g.
func (f *field) route(g *jen.Group, x string) *jen.Statement {
	name := "value" + f.name
	switch f.shape {
	case pointer:
		g.Id(name).Op(":=").Add(zebusCall("RoutingNull"))
		g.Add(ifNotNil(x, assign(name, f.value.route("*"+x))))
		return jen.Id(name)
	case slice:
		g.Id(name).Op(":=").Make(jen.Index().Qual(zebusPath, "RoutingValue"), jen.Lit(0), jen.Len(jen.Id(x)))
		g.Add(each(x, grow(name, f.value.route("v"))))
		return zebusCall("RoutingSet", jen.Id(name).Op("..."))
	default:
		return f.value.route(x)
	}
}

// route is the routing value of a single value.
func (v value) route(x string) *jen.Statement {
	switch v.kind {
	case boolean:
		return zebusCall("RoutingBool", v.as("bool", x))
	case signed, unsigned:
		return v.routeInteger(x)
	case float:
		return zebusCall("RoutingFloat"+v.width(), v.as("float"+v.width(), x))
	case text:
		return zebusCall("RoutingText", v.as("string", x))
	case dateTime:
		return zebusCall("RoutingTime", jen.Id(x))
	case duration:
		return zebusCall("RoutingText", wireCall("TimeSpanOf", jen.Id(x)).Dot("String").Call())
	default:
		return zebusCall("RoutingText", jen.Id(strings.TrimPrefix(x, "*")).Dot("String").Call())
	}
}

func (v value) routeInteger(x string) *jen.Statement {
	switch {
	case v.enum != nil:
		return zebusCall("RoutingText", jen.Id(v.enum.function).Call(jen.Id(x)))
	case v.kind == signed:
		return zebusCall("RoutingInt", v.as("int64", x))
	default:
		return zebusCall("RoutingUint", v.as("uint64", x))
	}
}

// emitEnum writes the function that gives an enum its routing text.
func emitEnum(file *jen.File, e *enum) {
	file.Line()
	file.Commentf("%s returns the name of a %s in binding keys, or its number when it has no name.", e.function, e.goType.name)
	file.Func().Id(e.function).Params(jen.Id("v").Add(e.goType.code())).String().Block(
		jen.Switch(jen.Id("v")).BlockFunc(func(g *jen.Group) {
			for _, member := range e.members {
				g.Case(jen.Qual(e.goType.path, member.constant)).Block(jen.Return(jen.Lit(member.text)))
			}
			g.Default().Block(jen.Return(e.number()))
		}),
	)
}

func (e *enum) number() *jen.Statement {
	if e.signed {
		return jen.Qual("strconv", "FormatInt").Call(jen.Int64().Call(jen.Id("v")), jen.Lit(10))
	}
	return jen.Qual("strconv", "FormatUint").Call(jen.Uint64().Call(jen.Id("v")), jen.Lit(10))
}
