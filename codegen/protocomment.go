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
				if spec, ok := node.Specs[0].(*ast.TypeSpec); ok && !node.Lparen.IsValid() {
					found[spec.Name.Pos()] = commentText(node.Doc)
				}
			case *ast.TypeSpec:
				if node.Doc != nil {
					found[node.Name.Pos()] = commentText(node.Doc)
				}
			case *ast.ValueSpec:
				addComments(found, node.Names, node.Doc, node.Comment)
			case *ast.Field:
				addComments(found, node.Names, node.Doc, node.Comment)
			}
			return true
		})
	}
	return found
}

func addComments(found map[token.Pos]string, names []*ast.Ident, doc, line *ast.CommentGroup) {
	for _, name := range names {
		found[name.Pos()] = cmp.Or(commentText(doc), commentText(line))
	}
}

// commentText is the text of a comment; go/ast leaves out directives.
func commentText(c *ast.CommentGroup) string {
	return strings.TrimSpace(c.Text())
}
