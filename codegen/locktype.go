package codegen

import (
	"strconv"
	"strings"
)

// The lock file names types by what they are on the wire and to .NET, in the words of Go: an int is an int64, a named
// string a string. A message of the package is its type id, an enum has its width behind it: Status(int32).

// fieldType describes the type of a field.
func (b *contractBuilder) fieldType(f *field) string {
	switch element := b.valueType(f.value); f.shape {
	case pointer:
		return "*" + element
	case slice, pointerSlice: // elements are written alike
		return "[]" + element
	case mapping:
		if f.pointers {
			element = "*" + element
		}
		return "map[" + b.valueType(f.key) + "]" + element
	default:
		return element
	}
}

// lockedTypes are the names of values that have no choice.
var lockedTypes = map[valueKind]string{
	boolean:   "bool",
	text:      codecs[text].basic,
	binary:    byteSlice,
	dateTime:  "time.Time",
	duration:  "time.Duration",
	timeSpan:  "wire.TimeSpan",
	guid:      "zebus.GUID",
	decimal:   "wire.Decimal",
	character: "wire.Char",
}

func (b *contractBuilder) valueType(v value) string {
	switch {
	case v.kind == subMessage:
		return b.typeName(v.goType)
	case v.enum != nil:
		return b.typeName(v.goType) + "(" + numberText(v) + ")"
	case v.bits > 0:
		return numberText(v)
	default:
		return lockedTypes[v.kind]
	}
}

// numberText is the predeclared type of a number, with its width.
func numberText(v value) string {
	name := map[valueKind]string{signed: "int", unsigned: "uint", float: "float"}[v.kind]
	return name + strconv.Itoa(v.bits)
}

// typeName names a type that somebody declared. What is no message of the package has its import path, without the
// package's own, so that a package can move.
func (b *contractBuilder) typeName(t typeRef) string {
	name := t.name
	switch {
	case t.path == b.pkg.PkgPath && b.ids[t.name] != "":
		return b.ids[t.name]
	case t.path == zebusPath:
		name = "zebus." + t.name
	case t.path != b.pkg.PkgPath && t.path != "":
		name = t.path + "." + t.name
	}
	if len(t.args) == 0 {
		return name
	}
	args := make([]string, len(t.args))
	for i, arg := range t.args {
		args[i] = b.typeName(arg)
	}
	return name + "<" + strings.Join(args, ", ") + ">"
}

// renameType replaces the names of messages and enums in the text of a type.
func renameType(t string, names map[string]string) string {
	switch {
	case t == byteSlice:
		return t
	case strings.HasPrefix(t, "*"):
		return "*" + renameType(t[1:], names)
	case strings.HasPrefix(t, "[]"):
		return "[]" + renameType(t[2:], names)
	case strings.HasPrefix(t, "map["):
		key, element, _ := strings.Cut(t[len("map["):], "]")
		return "map[" + renameType(key, names) + "]" + renameType(element, names)
	}
	name, width, isEnum := cutEnum(t)
	if renamed, ok := names[name]; ok {
		name = renamed
	}
	if isEnum {
		return name + "(" + width + ")"
	}
	return name
}

// cutEnum takes the text of an enum apart.
func cutEnum(t string) (name, width string, isEnum bool) {
	open := strings.LastIndexByte(t, '(')
	if open < 0 || !strings.HasSuffix(t, ")") {
		return t, "", false
	}
	return t[:open], t[open+1 : len(t)-1], true
}

// sameOnWire says whether peers cannot tell two types of a field apart, or not so that it matters. Whatever is not
// certain is a difference: an int32 that becomes an int64 fails in those who still read 32 bits, once there is a value
// that needs more.
func sameOnWire(was, is *lockedMember) bool {
	switch {
	case was.typeText == is.typeText:
		return true
	case was.position > 0 || is.position > 0:
		return false // the texts that subscribers match differ: of an enum and a number, of null and an empty string
	case was.typeText == lockedTypes[text] && is.typeText == "*"+lockedTypes[text]:
		return len(was.words) == 0 // what was left out because it was empty is left out because it is nil
	default:
		return withoutEnum(was.typeText) == withoutEnum(is.typeText) && !namesOtherEnum(was.typeText, is.typeText)
	}
}

// withoutEnum is a type as it would be if its enum were a number. In maps the two are not written alike.
func withoutEnum(t string) string {
	for _, prefix := range []string{"*", "[]"} {
		if rest, ok := strings.CutPrefix(t, prefix); ok && t != byteSlice {
			return prefix + withoutEnum(rest)
		}
	}
	if _, width, isEnum := cutEnum(t); isEnum && !strings.HasPrefix(t, "map[") {
		return width
	}
	return t
}

// namesOtherEnum says whether both types are enums. The numbers of two enums mean different things.
func namesOtherEnum(was, is string) bool {
	_, _, before := cutEnum(was)
	_, _, after := cutEnum(is)
	return before && after
}
