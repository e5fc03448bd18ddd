package codegen

import (
	"go/ast"
	"go/build/constraint"
	"slices"
	"strings"
)

// constraintOf returns the condition under which a file is built, or nothing when it always is. Conditions in the names
// of files are not looked at.
func constraintOf(file *ast.File) string {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if c.Pos() < file.Package && constraint.IsGoBuild(c.Text) {
				expr, err := constraint.Parse(c.Text)
				if err == nil {
					return expr.String()
				}
			}
		}
	}
	return ""
}

// shared returns the condition that all sources have, for what is generated of them. Where they differ there is none.
func shared(constraints []string) string {
	if len(constraints) == 0 || slices.ContainsFunc(constraints, func(c string) bool { return c != constraints[0] }) {
		return ""
	}
	return constraints[0]
}

// constrained puts a condition above the package clause.
func constrained(src []byte, condition string) []byte {
	if condition == "" {
		return src
	}
	return []byte(strings.Replace(string(src), "\n\npackage ", "\n\n//go:build "+condition+"\n\npackage ", 1))
}
