package codegen

import (
	"github.com/dave/jennifer/jen"
)

// emitMessage writes the section of one message.
func emitMessage(file *jen.File, m *message) {
	file.Line()
	emitHandle(file, m)
	emitMarkers(file, m)
	if len(m.routing) > 0 {
		emitRouting(file, m)
	}
	emitBytes(file, m)
	emitUnmarshal(file, m)
	if len(m.routing) > 0 {
		emitBinding(file, m)
	}
}

// emitBytes writes what carries the message.
func emitBytes(file *jen.File, m *message) {
	if m.protoc {
		emitProtoc(file, m)
		return
	}
	emitSize(file, m)
	emitAppend(file, m)
	emitRead(file, m)
}

// emitHandle writes the variable that describes the type, and the method that returns it.
func emitHandle(file *jen.File, m *message) {
	file.Commentf("%s describes %s to the bus.", m.handle, m.name)
	file.Var().Id(m.handle).Op("=").Qual(zebusPath, "NewMessageType").Call(
		jen.Qual(zebusPath, "MessageTypeConfig").Add(rows(m.config()...)),
	)
	file.Line()
	file.Commentf("ZebusType returns what the bus knows of %s.", m.name)
	file.Add(m.method(false, "ZebusType")).Params().Op("*").Qual(zebusPath, "MessageType").Add(returning(jen.Id(m.handle)))
}

// config lists what the handle says, leaving out what is usual.
func (m *message) config() []jen.Code {
	kind := map[messageKind]string{kindMessage: "KindMessage", kindCommand: "KindCommand", kindEvent: "KindEvent"}[m.kind]
	mode := map[string]string{"auto": "SubscribeAuto", "manual": "SubscribeManual"}[m.subscribe]
	list := []jen.Code{
		row("ID", jen.Lit(m.id)),
		row("Kind", jen.Qual(zebusPath, kind)),
	}
	if m.transient {
		list = append(list, row("Transient", jen.True()))
	}
	if m.infrastructure {
		list = append(list, row("Infrastructure", jen.True()))
	}
	if mode != "" {
		list = append(list, row("Subscribe", jen.Qual(zebusPath, mode)))
	}
	if len(m.routing) > 0 {
		list = append(list, row("Routing", jen.Index().String().Add(m.routingNames())))
	}
	return append(list, row("New", jen.Func().Params().Qual(zebusPath, "Message").Add(returning(jen.New(jen.Id(m.name))))))
}

// routingNames lists the routing members, one on a line where they are many.
func (m *message) routingNames() *jen.Statement {
	names := make([]jen.Code, len(m.routing))
	for i, f := range m.routing {
		names[i] = jen.Lit(f.name)
	}
	if len(names) > 2*longCall {
		return rows(names...)
	}
	return jen.Values(names...)
}

// emitMarkers writes the methods that tell the compiler what the message is for.
func emitMarkers(file *jen.File, m *message) {
	switch m.kind {
	case kindCommand:
		file.Line()
		file.Commentf("ZebusCommand makes %s a command.", m.name)
		file.Add(m.method(false, "ZebusCommand")).Params().Block()
	case kindEvent:
		file.Line()
		file.Commentf("ZebusEvent makes %s an event.", m.name)
		file.Add(m.method(false, "ZebusEvent")).Params().Block()
	case kindMessage:
	}
	if m.reply != nil {
		file.Line()
		file.Commentf("ReplyType says that %s is answered by %s; it returns nil.", m.name, m.reply.name)
		file.Add(m.method(false, "ReplyType")).Params().Op("*").Add(m.reply.code()).Add(returning(jen.Nil()))
	}
}

// emitUnmarshal writes the method that reads a message from its own bytes.
func emitUnmarshal(file *jen.File, m *message) {
	file.Line()
	file.Comment("ZebusUnmarshal reads the message from b, merging into what is there.")
	file.Add(m.method(true, "ZebusUnmarshal")).Params(jen.Id("b").Index().Byte()).Error().Block(
		jen.Id("r").Op(":=").Add(wireCall("NewReader", jen.Id("b"))),
		jen.Id(m.receiver).Dot("ZebusRead").Call(jen.Op("&").Id("r")),
		jen.Return(jen.Id("r").Dot("Err").Call()),
	)
}
