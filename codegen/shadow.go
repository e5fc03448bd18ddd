package codegen

import (
	"go/types"
	"slices"
)

// variableNames are those of all parameters and variables in generated code, beside the names that receivers have.
var variableNames = slices.Concat(localNames, []string{"m", "s", "x", "err"})

// predeclaredNames are what generated code takes from the language. A package may give them another meaning.
var predeclaredNames = []string{
	"any", "append", "bool", "byte", "error", "false", "float32", "float64", "int", "int16", "int32", "int64", "int8", "len",
	"make", "new", "nil", "string", "true", "uint", "uint16", "uint32", "uint64", "uint8",
}

// shadows reports what generated code could not name: types and constants that have the name of one of its variables, and
// what the package declares in the place of something predeclared.
func (p *packageParser) shadows() {
	if len(p.model.messages) == 0 && len(p.model.services) == 0 {
		return
	}
	scope := p.pkg.Types.Scope()
	for _, name := range predeclaredNames {
		if object := scope.Lookup(name); object != nil {
			p.addf(object.Pos(), "the package declares %s, which generated code needs as Go has it: rename it", name)
		}
	}
	named := p.namesUsed()
	for _, name := range variableNames {
		if object := scope.Lookup(name); object != nil && slices.Contains(named, name) {
			p.addf(object.Pos(), "%s has the name of a variable in generated code: choose a longer one", name)
		}
	}
}

// namesUsed lists the types and constants of the package that generated code names.
func (p *packageParser) namesUsed() []string {
	var names []string
	for _, m := range p.model.messages {
		names = append(names, m.name)
		for _, f := range m.fields {
			names = f.typeNames(p.pkg.Types, names)
		}
	}
	for _, e := range p.model.enums {
		for _, member := range e.members {
			if e.local {
				names = append(names, member.constant)
			}
		}
	}
	return names
}

// typeNames appends the names of the types of a field that a package declares.
func (f *field) typeNames(of *types.Package, names []string) []string {
	for _, t := range []typeRef{f.value.goType, f.key.goType, f.wrapper} {
		names = t.namesIn(of.Path(), names)
	}
	for _, c := range f.cases {
		names = c.typeNames(of, names)
	}
	return names
}

func (t typeRef) namesIn(path string, names []string) []string {
	if t.path == path {
		names = append(names, t.name)
	}
	for _, arg := range t.args {
		names = arg.namesIn(path, names)
	}
	return names
}
