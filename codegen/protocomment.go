package codegen

import (
	"cmp"
	"go/ast"
	"go/token"
	"strings"
)

// comments collects what is written at types, fields and constants, without directives.
func comments(files []*ast.File) map[token.Pos]string {
	found := map[token.Pos]string{}
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.GenDecl:
				if !node.Lparen.IsValid() { // the comment of the only one is that of the declaration
					addSpecComments(found, node.Specs[0], node.Doc)
				}
			case *ast.Field:
				addComments(found, node.Names, node.Doc, node.Comment)
			case ast.Spec:
				addSpecComments(found, node, nil)
			}
			return true
		})
	}
	return found
}

func addSpecComments(found map[token.Pos]string, spec ast.Spec, doc *ast.CommentGroup) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		addComments(found, []*ast.Ident{spec.Name}, cmp.Or(spec.Doc, doc), nil)
	case *ast.ValueSpec:
		addComments(found, spec.Names, cmp.Or(spec.Doc, doc), spec.Comment)
	}
}

func addComments(found map[token.Pos]string, names []*ast.Ident, doc, line *ast.CommentGroup) {
	for _, name := range names {
		if text := cmp.Or(commentText(doc), commentText(line)); text != "" {
			found[name.Pos()] = text
		}
	}
}

// commentText is the text of a comment; go/ast leaves out directives.
func commentText(c *ast.CommentGroup) string {
	return strings.TrimSpace(c.Text())
}
