package codegen

import (
	"go/types"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/tools/go/packages"
)

// receiver returns the receiver name that the methods of a type already use, unless generated code needs it otherwise.
func (p *packageParser) receiver(t *types.TypeName, usual string) string {
	named, ok := t.Type().(*types.Named)
	if !ok {
		return usual
	}
	for method := range named.Methods() {
		name := method.Signature().Recv().Name()
		if name != "" && name != "_" && !slices.Contains(localNames, name) && !slices.Contains(importedNames, name) {
			return name
		}
	}
	return usual
}

// localNames are those that generated methods use themselves.
var localNames = []string{"b", "n", "r", "i", "v", "key", "ok", "mark", "outer", "entry", "start", "size", "dst", "text"}

// importedNames are those of packages that generated methods may use.
var importedNames = []string{"wire", "zebus", "strconv", "fmt"}

// free returns name, or a longer one when the package or its generated file has it already.
func (p *packageParser) free(name string) string {
	for p.model.taken(name) || p.used[name] {
		name += "Zebus"
	}
	p.used[name] = true
	return name
}

func lowerFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[size:]
}

func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// importNames returns how the packages that a package imports call themselves.
func importNames(pkg *packages.Package) map[string]string {
	names := map[string]string{}
	for _, imported := range pkg.Types.Imports() {
		names[imported.Path()] = imported.Name()
	}
	return names
}
