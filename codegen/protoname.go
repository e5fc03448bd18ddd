package codegen

import (
	"strings"
	"unicode"
)

// protoName is the full name of a message in protobuf: its type id, with an underscore for what a name there cannot
// have. It depends on nothing but the type id, so that one leads to the other.
func protoName(id string) string {
	name := []byte(strings.ReplaceAll(id, ", ", "_"))
	for i, c := range name {
		if !isProtoLetter(c) && c != '.' {
			name[i] = '_'
		}
	}
	parts := strings.Split(string(name), ".")
	for i, part := range parts {
		if part == "" || part[0] >= '0' && part[0] <= '9' {
			parts[i] = "_" + part
		}
	}
	return strings.Join(parts, ".")
}

func isProtoLetter(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// cutName splits a full name into the package and the rest.
func cutName(full string) (pkg, name string) {
	dot := strings.LastIndexByte(full, '.')
	return full[:max(dot, 0)], full[dot+1:]
}

// snakeCase writes a Go name as protobuf writes fields: PeerID is peer_id, HTTPServers is http_servers, GUIDs is guids.
func snakeCase(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, c := range letters {
		if i > 0 && startsWord(letters, i) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return protoName(b.String())
}

// startsWord says whether a capital begins a word: after a small letter or a digit, and as the last of several before a
// small one, unless that is the s of a plural.
func startsWord(letters []rune, i int) bool {
	if !unicode.IsUpper(letters[i]) || letters[i-1] == '_' {
		return false
	}
	if !unicode.IsUpper(letters[i-1]) {
		return true
	}
	rest := letters[i+1:]
	return len(rest) > 0 && unicode.IsLower(rest[0]) && !isPlural(rest)
}

// isPlural says whether a word consists of an s alone.
func isPlural(rest []rune) bool {
	return rest[0] == 's' && (len(rest) == 1 || unicode.IsUpper(rest[1]) || rest[1] == '_')
}

// camelCase joins the words of a snake_case name, each with a capital, as protoc does for the entries of maps.
func camelCase(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		b.WriteString(upperFirst(word))
	}
	return b.String()
}

// enumValueName is the name of an enum's constant. It begins with that of the enum, because the names of all values of
// a protobuf package share one scope.
func enumValueName(enumName, constant string) string {
	return strings.ToUpper(snakeCase(enumName) + "_" + snakeCase(memberText(constant, enumName)))
}

// scope gives each thing a name of its own.
type scope map[string]bool

// name returns name, or a longer one when it is taken. Names that differ by case or underscores alone count as one,
// because languages and JSON write them differently.
func (s scope) name(name string) string {
	for s[scopeKey(name)] {
		name += "_x"
	}
	s[scopeKey(name)] = true
	return name
}

func scopeKey(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, "_", ""))
}
