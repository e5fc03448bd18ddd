package codegen

import (
	"github.com/dave/jennifer/jen"
)

// stackKeys is how many keys of a map are sorted without an allocation.
const stackKeys = 16

// holdsMaps says whether the message has to write entries, whose length is known only afterwards.
func (m *message) holdsMaps() bool {
	for _, f := range m.fields {
		if f.shape == mapping {
			return true
		}
	}
	return false
}

// appendEntries appends an entry for each pair of the map x, in the order of the keys.
func (f *field) appendEntries(x string) *jen.Statement {
	key, value := f.entry()
	room := jen.Make(jen.Index().Add(f.key.goType.code()), jen.Lit(0), jen.Lit(stackKeys))
	keys := wireCall(f.key.sorter(), room, jen.Id(x))
	body := []jen.Code{
		jen.Id("v").Op(":=").Id(x).Index(jen.Id("key")),
		jen.List(jen.Id("b"), jen.Id("entry")).Op("=").Add(wireCall("Begin", jen.Id("b"), jen.Lit(f.number))),
	}
	body = append(body, key.append("key")...)
	body = append(body, value.append("v")...)
	body = append(body, assign("b", wireCall("End", jen.Id("b"), jen.Id("entry"))))
	return jen.For(jen.List(jen.Id("_"), jen.Id("key")).Op(":=").Range().Add(keys)).Block(body...)
}

// sorter is the function of package wire that sorts such keys.
func (v value) sorter() string {
	switch {
	case v.kind == boolean:
		return "SortedBools"
	case v.kind == guid || v.isID:
		return "SortedIDs"
	default:
		return "SortedKeys"
	}
}

// sizeEntries adds the entries of the map x to n.
func (f *field) sizeEntries(x string) *jen.Statement {
	key, value := f.entry()
	return jen.For(jen.List(jen.Id("key"), jen.Id("v")).Op(":=").Range().Id(x)).Block(
		jen.Id("start").Op(":=").Id("n"),
		key.size("key"),
		value.size("v"),
		add(wireCall("SizeHeader", jen.Lit(f.number), jen.Id("n").Op("-").Id("start"))),
	)
}

// readEntry reads one pair and puts it into the map x. The last one with a key counts.
func (f *field) readEntry(x string) []jen.Code {
	key, value := f.entry()
	return []jen.Code{
		jen.Var().Id("key").Add(f.key.goType.code()),
		jen.Var().Id("v").Add(f.element()),
		jen.Id("entry").Op(":=").Id("r").Dot("Enter").Call(),
		jen.For(jen.Id("r").Dot("Next").Call()).Block(
			jen.Switch(jen.Id("r").Dot("Field").Call()).Block(
				jen.Case(jen.Lit(1)).Block(key.read("key")...),
				jen.Case(jen.Lit(2)).Block(value.read("v")...),
				jen.Default().Block(jen.Id("r").Dot("Skip").Call()),
			),
		),
		jen.Id("r").Dot("Leave").Call(jen.Id("entry")),
		ifNil(x, assign(x, jen.Make(jen.Map(f.key.goType.code()).Add(f.element())))),
		assign(x+"[key]", jen.Id("v")),
	}
}

// element is the type of what a map holds.
func (f *field) element() *jen.Statement {
	if f.pointers {
		return jen.Op("*").Add(f.value.goType.code())
	}
	return f.value.goType.code()
}
