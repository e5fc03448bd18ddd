package codegen

import (
	"cmp"
	"strconv"

	"github.com/dave/jennifer/jen"
)

// codec is how package wire appends, measures and reads one kind of value.
type codec struct {
	family  string // what stands behind Append and Size in the names of the functions
	reader  string // method of wire.Reader
	basic   string // predeclared type that the functions take; empty: the type as it is
	element string // wire type of an element, for kinds that can be packed
	size    int    // number of bytes of any such value, 0 when they differ
}

// codecOf chooses the codec of a value that is no sub-message.
func codecOf(v value) codec {
	switch v.kind {
	case signed, unsigned:
		return integerCodec(v)
	case float:
		name := "loat" + v.width()
		return codec{family: "F" + name, reader: "F" + name, basic: "f" + name, element: "Fixed" + v.width(), size: v.bits / 8}
	case dateTime, duration, timeSpan:
		return timeCodec(v)
	default:
		return codecs[v.kind]
	}
}

var codecs = map[valueKind]codec{
	boolean:   {family: "Bool", reader: "Bool", basic: "bool", element: "Varint", size: 1},
	text:      {family: "String", reader: "String", basic: "string"},
	binary:    {family: "Bytes", reader: "Bytes", basic: byteSlice},
	character: {family: "Uint", reader: "Char", basic: "uint64", element: "Varint"},
	guid:      {family: "GUID", reader: "GUID"},
	decimal:   {family: "Decimal", reader: "Decimal"},
}

// integerCodec covers numbers. A varint is appended as uint64, which extends the sign of negative ones.
func integerCodec(v value) codec {
	reader := upperFirst(v.basic)
	switch v.encoding {
	case zigzag:
		return codec{family: "Sint", reader: "Sint" + strconv.Itoa(v.bits), basic: "int64", element: "Varint"}
	case fixed:
		name := "ixed" + v.width()
		return codec{family: "F" + name, reader: reader, basic: "uint" + v.width(), element: "F" + name, size: widths[v.width()]}
	default:
		return codec{family: "Uint", reader: reader, basic: "uint64", element: "Varint"}
	}
}

// width is the number of bits of a fixed value: small integers take four bytes as well.
func (v value) width() string {
	if v.bits < 64 {
		return "32"
	}
	return "64"
}

var widths = map[string]int{"32": 4, "64": 8}

// timeCodec covers what has a unit. The fixed form is read by the same method as the usual one, which looks at the wire type.
func timeCodec(v value) codec {
	family := map[valueKind]string{dateTime: "DateTime", duration: "Duration", timeSpan: "TimeSpan"}[v.kind]
	switch v.encoding {
	case timestamp:
		return codec{family: family + "WellKnown", reader: family + "WellKnown"}
	case fixed:
		return codec{family: family + "Fixed", reader: family}
	default:
		return codec{family: family, reader: family}
	}
}

// appendTo appends x as a field.
func (v value) appendTo(number int, x string) *jen.Statement {
	c := codecOf(v)
	return assign("b", wireCall("Append"+c.family, jen.Id("b"), jen.Lit(number), v.argument(c, x)))
}

// sizeOf is the number of bytes that appendTo appends.
func (v value) sizeOf(number int, x string) *jen.Statement {
	c := codecOf(v)
	switch {
	case v.kind == binary:
		return wireCall("SizeBytes", jen.Lit(number), jen.Len(jen.Id(x)))
	case c.size > 1:
		return wireCall("Size"+c.family, jen.Lit(number))
	default:
		return wireCall("Size"+c.family, jen.Lit(number), v.argument(c, x))
	}
}

// argument is x as the functions of wire want it.
func (v value) argument(c codec, x string) *jen.Statement {
	if c.basic == "" {
		return jen.Id(x)
	}
	return v.as(c.basic, x)
}

// as converts x to a predeclared type, unless it is of that type already.
func (v value) as(basic, x string) *jen.Statement {
	switch {
	case v.basic == basic && !v.named():
		return jen.Id(x)
	case basic == byteSlice:
		return jen.Index().Byte().Parens(jen.Id(x))
	default:
		return jen.Id(basic).Call(jen.Id(x))
	}
}

// read reads a value and converts it to the type that the user wrote.
func (v value) read() *jen.Statement {
	c := codecOf(v)
	call := jen.Id("r").Dot(c.reader).Call()
	if v.basic == "" || v.goType.path == "" && v.goType.name == v.returned(c) {
		return call
	}
	return v.goType.code().Call(call)
}

// returned is the type that the method of the reader returns.
func (v value) returned(c codec) string {
	if v.encoding == zigzag {
		return "int" + strconv.Itoa(v.bits)
	}
	return cmp.Or(v.basic, c.basic)
}

// nonZero is the condition under which an optional value is written, or nil when it always is.
func (v value) nonZero(x string) *jen.Statement {
	switch v.kind {
	case boolean:
		return jen.Id(x)
	case text:
		return jen.Id(x).Op("!=").Lit("")
	case binary:
		return jen.Id(x).Op("!=").Nil()
	case guid, decimal:
		return jen.Op("!").Id(x).Dot("IsZero").Call()
	case dateTime, subMessage:
		return nil
	default:
		return jen.Id(x).Op("!=").Lit(0)
	}
}
