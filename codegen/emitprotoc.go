package codegen

import (
	"github.com/dave/jennifer/jen"
)

// emitProtoc writes the methods by which a message of protoc-gen-go carries itself: package protobuf does it.
func emitProtoc(file *jen.File, m *message) {
	file.Line()
	file.Comment("ZebusSize returns the number of bytes that ZebusAppend appends.")
	file.Add(m.method(true, "ZebusSize")).Params().Int().
		Add(returning(wireCall("SizeProto", jen.Id(m.receiver))))
	file.Line()
	file.Comment("ZebusAppend appends the fields of the message to b and returns the longer buffer.")
	file.Add(m.method(true, "ZebusAppend")).Params(jen.Id("b").Index().Byte()).Index().Byte().
		Add(returning(wireCall("AppendProto", jen.Id("b"), jen.Id(m.receiver))))
	file.Line()
	file.Comment("ZebusRead reads fields until r has no more, merging them into the message.")
	file.Add(m.method(true, "ZebusRead")).Params(jen.Id("r").Op("*").Qual(wirePath, "Reader")).
		Block(wireCall("ReadProto", jen.Id("r"), jen.Id(m.receiver)))
}
