package codegen

import (
	"github.com/dave/jennifer/jen"
)

// emitService writes the function that lists the handlers of a receiver type, or of the package.
func emitService(file *jen.File, s *service) {
	file.Line()
	result := func() *jen.Statement { return jen.Index().Qual(zebusPath, "Handler") }
	body := jen.Return(result().Add(rows(s.registrations()...)))
	if s.typeName == "" {
		file.Comment("Handlers returns the handlers among the functions of the package, for the builder of a bus.")
		file.Func().Id("Handlers").Params().Add(result()).Block(body)
		return
	}
	file.Commentf("Handlers returns the handlers among the methods of %s, for the builder of a bus.", s.typeName)
	file.Func().Params(s.receiverCode()).Id("Handlers").Params().Add(result()).Block(body)
}

func (s *service) receiverCode() *jen.Statement {
	receiver := jen.Id(s.receiver)
	if s.pointer {
		receiver.Op("*")
	}
	receiver.Id(s.typeName)
	if len(s.typeParams) > 0 {
		receiver.TypesFunc(func(g *jen.Group) {
			for _, name := range s.typeParams {
				g.Id(name)
			}
		})
	}
	return receiver
}

func (s *service) registrations() []jen.Code {
	list := make([]jen.Code, len(s.handlers))
	for i, h := range s.handlers {
		function := jen.Id(h.function)
		if s.typeName != "" {
			function = jen.Id(s.receiver).Dot(h.function)
		}
		list[i] = h.registration(function)
	}
	return list
}

// registration is one element of the list: the constructor, the name, and what the directive asks for.
func (h *handler) registration(function *jen.Statement) *jen.Statement {
	r := zebusCall(h.constructor, function).Dot("Named").Call(jen.Lit(h.name))
	if h.queue != "" {
		r.Dot("OnQueue").Call(jen.Lit(h.queue))
	}
	if h.batch > 0 {
		r.Dot("Batch").Call(jen.Lit(h.batch))
	}
	if h.inline {
		r.Dot("Inline").Call()
	}
	if h.serial {
		r.Dot("Serial").Call()
	}
	if mode := map[string]string{"auto": "SubscribeAuto", "manual": "SubscribeManual"}[h.mode]; mode != "" {
		r.Dot("Mode").Call(jen.Qual(zebusPath, mode))
	}
	h.handling.emit(r)
	return r
}
