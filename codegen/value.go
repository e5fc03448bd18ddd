package codegen

import (
	"go/types"
)

// shapeOf takes pointers and slices apart. Bytes are one value, not a slice.
func shapeOf(t types.Type) (shape, types.Type) {
	switch under := unnamed(t).(type) {
	case *types.Pointer:
		return pointer, under.Elem()
	case *types.Slice:
		if isByte(under.Elem()) {
			return single, t
		}
		if element, ok := types.Unalias(under.Elem()).(*types.Pointer); ok {
			return pointerSlice, element.Elem()
		}
		return slice, under.Elem()
	}
	return single, t
}

// unnamed looks behind the name of a slice or a map, which does not matter on the wire unless the type carries itself.
func unnamed(t types.Type) types.Type {
	t = types.Unalias(t)
	if hasMethod(t, "ZebusRead") {
		return t
	}
	switch under := t.Underlying().(type) {
	case *types.Slice, *types.Map:
		return under
	}
	return t
}

func isByte(t types.Type) bool {
	basic, ok := types.Unalias(t).(*types.Basic)
	return ok && basic.Kind() == types.Uint8
}

// stringType is the predeclared type beneath texts.
const stringType = "string"

// specials are the types with a wire form of their own, whatever they look like beneath.
var specials = map[string]valueKind{
	"time.Time":              dateTime,
	"time.Duration":          duration,
	wirePath + ".GUID":       guid,
	wirePath + ".TimeSpan":   timeSpan,
	wirePath + ".Decimal":    decimal,
	wirePath + ".Char":       character,
	zebusPath + ".GUID":      guid,
	zebusPath + ".TimeSpan":  timeSpan,
	zebusPath + ".Decimal":   decimal,
	zebusPath + ".Character": character,
}

// value decides what a type is on the wire.
func (p *packageParser) value(t types.Type) (v value, problem string) {
	t = types.Unalias(t)
	v.goType = refOf(t)
	if kind, ok := specials[v.goType.path+"."+v.goType.name]; ok {
		v.kind = kind
		return v, ""
	}
	if p.isMessage(t) {
		v.kind = subMessage
		v.stringer = hasMethod(t, "String")
		if basic, ok := t.Underlying().(*types.Basic); ok {
			v.literal = basic.Name()
		}
		v.isID = isArrayOf16(t)
		return v, ""
	}
	switch under := t.Underlying().(type) {
	case *types.Basic:
		return p.basicValue(v, t, under)
	case *types.Slice:
		if isByte(under.Elem()) {
			v.kind, v.basic = binary, byteSlice
			return v, ""
		}
	}
	return v, p.unsupported(t)
}

// basicValue decides the wire form of predeclared types and of named types over them.
func (p *packageParser) basicValue(v value, t types.Type, basic *types.Basic) (value, string) {
	v.basic = basic.Name()
	if v.basic == "byte" {
		v.basic = "uint8"
	}
	if v.basic == "rune" {
		v.basic = "int32"
	}
	if v.goType.path == "" {
		v.goType.name = v.basic
	}
	known, ok := basics[basic.Kind()]
	if !ok {
		return v, p.unsupported(t)
	}
	v.kind, v.bits = known.kind, known.bits
	return v, ""
}

var basics = map[types.BasicKind]value{
	types.Bool:    {kind: boolean},
	types.Int8:    {kind: signed, bits: 8},
	types.Int16:   {kind: signed, bits: 16},
	types.Int32:   {kind: signed, bits: 32},
	types.Int64:   {kind: signed, bits: 64},
	types.Int:     {kind: signed, bits: 64},
	types.Uint8:   {kind: unsigned, bits: 8},
	types.Uint16:  {kind: unsigned, bits: 16},
	types.Uint32:  {kind: unsigned, bits: 32},
	types.Uint64:  {kind: unsigned, bits: 64},
	types.Uint:    {kind: unsigned, bits: 64},
	types.Float32: {kind: float, bits: 32},
	types.Float64: {kind: float, bits: 64},
	types.String:  {kind: text},
}

// with applies the options of a tag.
func (v value) with(options tag) (encoded value, problem string) {
	if len(options.encodings) != 1 {
		return v, ""
	}
	return v.encoded(options.encodings[0])
}

// encoded applies zigzag, fixed or timestamp, or says what is wrong with that.
func (v value) encoded(option string) (with value, problem string) {
	isTime := v.kind == dateTime || v.kind == duration || v.kind == timeSpan
	switch {
	case option == wordZigzag && v.kind == signed:
		v.encoding = zigzag
	case option == wordFixed && (v.kind == signed || v.kind == unsigned || isTime):
		v.encoding = fixed
	case option == wordTimestamp && isTime:
		v.encoding = timestamp
	case option == wordZigzag:
		return v, "zigzag is for signed integers: remove it"
	case option == wordFixed:
		return v, "fixed is for integers, times and durations: remove it"
	default:
		return v, "timestamp is for time.Time, time.Duration and wire.TimeSpan: remove it"
	}
	return v, ""
}

// packable says whether a slice of such values may be packed: numbers may, what has a length may not.
func (v value) packable() bool {
	switch v.kind {
	case boolean, signed, unsigned, float, character:
		return true
	default:
		return false
	}
}

// isMessage says whether a type carries itself as a sub-message: because it is annotated, or by its methods.
func (p *packageParser) isMessage(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	if d := p.annotated[named.Obj()]; d != nil {
		return d.directive.verb != verbEnum
	}
	return hasOwnMethod(t, "ZebusSize") && hasOwnMethod(t, "ZebusAppend") && hasOwnMethod(t, "ZebusRead")
}

// hasOwnMethod is hasMethod without what comes from an embedded field.
func hasOwnMethod(t types.Type, name string) bool {
	_, index, _ := types.LookupFieldOrMethod(types.NewPointer(t), false, nil, name)
	return len(index) == 1 && hasMethod(t, name)
}

// hasMethod says whether a pointer to t has an exported method of that name.
func hasMethod(t types.Type, name string) bool {
	object, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), false, nil, name)
	_, ok := object.(*types.Func)
	return ok
}

// unsupported says what to do about a type that a message cannot hold.
func (p *packageParser) unsupported(t types.Type) string {
	named, ok := t.(*types.Named)
	switch {
	case ok && named.TypeArgs().Len() > 0 && isStruct(t):
		name := named.Obj().Name()
		return "an instance of " + name + " is no message by itself: declare one, type Order" + name + " " +
			types.TypeString(t, types.RelativeTo(p.pkg.Types)) + ", and annotate it with //zebus:message"
	case ok && isStruct(t):
		remedy := " is no message: annotate it with //zebus:message"
		if named.Obj().Pkg() != p.pkg.Types {
			remedy += " and run zebusgen in its package, or copy what you need of it into a message of your own"
		}
		return named.Obj().Name() + remedy
	}
	switch under := t.Underlying().(type) {
	case *types.Map:
		return "a map has to be a field of its own: put it into a message"
	case *types.Interface:
		return "an interface is for one of several cases: write `zebus:\"oneof\"`, or use a pointer to a message"
	case *types.Array:
		if isArrayOf16(under) {
			return "a message cannot hold " + types.TypeString(t, nil) + ": use zebus.GUID, which converts to it"
		}
	case *types.Pointer:
		return "a pointer to a pointer: use one"
	case *types.Slice:
		return "a slice of slices: put the inner one into a message"
	case *types.Basic:
		if under.Kind() == types.Invalid {
			return "the type is not known: declare it, or import its package"
		}
	}
	return "a message cannot hold " + types.TypeString(t, types.RelativeTo(nil)) + ": see the table of types in docs/messages.md"
}

// refOf names a type. Types without a name have none.
func refOf(t types.Type) typeRef {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return typeRef{name: t.Name()}
	case *types.Named:
		ref := typeRef{name: t.Obj().Name()}
		if t.Obj().Pkg() != nil {
			ref.path = t.Obj().Pkg().Path()
		}
		for arg := range t.TypeArgs().Types() {
			ref.args = append(ref.args, refOf(arg))
		}
		return ref
	case *types.Slice:
		if isByte(t.Elem()) {
			return typeRef{name: byteSlice}
		}
	}
	return typeRef{}
}

func isArrayOf16(t types.Type) bool {
	array, ok := t.Underlying().(*types.Array)
	return ok && array.Len() == 16 && isByte(array.Elem())
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func isInteger(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsInteger != 0
}
