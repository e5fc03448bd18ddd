package codegen

import (
	"cmp"

	"github.com/dave/jennifer/jen"
)

// emitBinding writes the type that chooses messages by their routing members, and makes binding keys of the choice.
func emitBinding(file *jen.File, m *message) {
	file.Line()
	file.Commentf("%s chooses %s messages by their routing members. A member that is left out may have any value.", m.binding, m.name)
	file.Type().Id(m.binding).StructFunc(func(g *jen.Group) {
		for _, f := range m.routing {
			g.Id(f.inBinding()).Qual(zebusPath, "Match").Types(f.value.goType.code())
		}
	})
	file.Line()
	file.Commentf("ZebusType returns what the bus knows of %s.", m.name)
	file.Func().Params(jen.Id(m.binding)).Id("ZebusType").Params().Op("*").Qual(zebusPath, "MessageType").Add(returning(jen.Id(m.handle)))
	file.Line()
	file.Comment("Key returns the binding key of the messages that b chooses.")
	file.Func().Params(jen.Id("b").Id(m.binding)).Id("Key").Params().Qual(zebusPath, "BindingKey").Block(
		jen.Return(jen.Qual(zebusPath, "Key").Custom(arguments(len(m.routing)), m.parts()...)),
	)
	emitLike(file, m)
}

// arguments puts a call on several lines when it has many arguments.
func arguments(n int) jen.Options {
	return jen.Options{Open: "(", Close: ")", Separator: ",", Multi: n >= longCall}
}

// inBinding is the name of a routing member in the binding, where some names are those of methods.
func (f *field) inBinding() string {
	if f.name == "Key" || f.name == "ZebusType" {
		return f.name + "Member"
	}
	return f.name
}

// parts lists the parts of a binding key.
func (m *message) parts() []jen.Code {
	list := make([]jen.Code, len(m.routing))
	for i, f := range m.routing {
		match := jen.Id("b").Dot(f.inBinding())
		switch name := f.value.nameFunction(); name {
		case nil:
			list[i] = match.Dot("Part").Call()
		default:
			list[i] = zebusCall("PartOf", match, name)
		}
	}
	return list
}

// nameFunction is the function that gives numbers another text in routing, or nil when they have none.
func (v value) nameFunction() *jen.Statement {
	switch {
	case v.enum != nil && v.enum.function != "":
		return jen.Id(v.enum.function)
	case v.enum != nil, v.kind == subMessage && v.literal != "" && v.literal != stringType:
		return v.goType.code().Dot("String")
	default:
		return nil
	}
}

// emitLike writes the function that makes a binding from an example.
func emitLike(file *jen.File, m *message) {
	file.Line()
	file.Commentf("%s chooses the messages that are like an example in each routing member that is not zero there.", m.like)
	list := make([]jen.Code, len(m.routing))
	for i, f := range m.routing {
		function := map[shape]string{single: "Like", pointer: "LikePointer", slice: "LikeElement"}[f.shape]
		list[i] = row(f.inBinding(), zebusCall(function, jen.Id("m."+cmp.Or(f.selector, f.path))))
	}
	file.Func().Id(m.like).Params(jen.Id("m").Op("*").Id(m.name)).Id(m.binding).Block(
		jen.Return(jen.Id(m.binding).Add(rows(list...))),
	)
}
