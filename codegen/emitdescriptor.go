package codegen

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"
	"google.golang.org/protobuf/proto"
)

// emitDescriptors writes the descriptors of the messages, and the init function that registers them.
func emitDescriptors(file *jen.File, m *model) error {
	if len(m.protoFiles) == 0 {
		return nil
	}
	file.Line()
	file.Comment("The messages in the words of protobuf, for wire.Proto and the registries of package protobuf.")
	file.Func().Id("init").Params().BlockFunc(func(g *jen.Group) {
		for _, f := range m.protoFiles {
			g.Add(wireCall("RegisterProto", jen.Qual(wirePath, "ProtoFile").Add(rows(f.registration()...))))
		}
	})
	for _, f := range m.protoFiles {
		raw, err := f.raw()
		if err != nil {
			return err
		}
		file.Line()
		file.Commentf("%s is the descriptor of %s, as zebusgen proto writes it.", f.constant, f.descriptor.GetName())
		file.Const().Id(f.constant).Op("=").Add(linesOf(raw))
	}
	return nil
}

// registration lists what the runtime should know of a file.
func (f *protoFile) registration() []jen.Code {
	list := []jen.Code{row("Descriptor", jen.Id(f.constant))}
	messages := make([]jen.Code, len(f.messages))
	for i, name := range f.messages {
		messages[i] = nilPointer(jen.Id(name))
	}
	if len(messages) > 0 {
		list = append(list, row("Messages", jen.Index().Qual(wirePath, "Message").Add(listed(messages))))
	}
	references := make([]jen.Code, len(f.references))
	for i, t := range f.references {
		references[i] = nilPointer(t.code())
	}
	if len(references) > 0 {
		list = append(list, row("References", jen.Index().Qual(wirePath, "Message").Add(listed(references))))
	}
	return list
}

// listed puts a few elements on one line, and many on their own.
func listed(elements []jen.Code) *jen.Statement {
	if len(elements) > longCall {
		return rows(elements...)
	}
	return jen.Values(elements...)
}

func nilPointer(t *jen.Statement) *jen.Statement {
	return jen.Parens(jen.Op("*").Add(t)).Call(jen.Nil())
}

// raw is the descriptor in its wire form. It has to be the same for the same source, which Marshal alone does not
// promise; the path comes first, as the runtime expects.
func (f *protoFile) raw() (string, error) {
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(f.descriptor)
	if err != nil {
		return "", fmt.Errorf("describe %s: %w", f.descriptor.GetName(), err)
	}
	return string(raw), nil
}

// linesOf writes text as a sum of literals, each up to a line feed. In a descriptor, a line feed is most often the tag
// of a name; so most lines tell of one field.
func linesOf(raw string) *jen.Statement {
	sum := jen.Lit("")
	for line := range strings.SplitAfterSeq(raw, "\n") {
		if line != "" {
			sum.Op("+").Line().Lit(line)
		}
	}
	return sum
}
