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
		return zebusCall("RoutingText", v.enum.text(x))
	case v.kind == signed:
		return zebusCall("RoutingInt", v.as("int64", x))
	default:
		return zebusCall("RoutingUint", v.as("uint64", x))
	}
}
