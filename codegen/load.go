package codegen

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

const (
	needNames   = packages.NeedName | packages.NeedFiles
	needSyntax  = needNames | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo
	needSources = needSyntax | packages.NeedDeps
)

// load reads the packages that the options name, with their generated files emptied.
//
// What they import is read from compiler output, which is fast. A package that does not compile has none; then
// everything is read from its source.
func load(ctx context.Context, o Options) ([]*packages.Package, error) {
	config := &packages.Config{Context: ctx, Dir: o.Dir, Mode: needNames, BuildFlags: o.BuildFlags}
	listed, err := packages.Load(config, o.Patterns...)
	if err != nil {
		return nil, err
	}
	if err := listProblems(listed); err != nil {
		return nil, err
	}
	config.Overlay = emptied(listed, o.Output)
	config.ParseFile = parseWithoutBodies
	config.Mode = needSyntax
	pkgs, err := packages.Load(config, o.Patterns...)
	if err != nil || importsComplete(pkgs) {
		return pkgs, err
	}
	config.Mode = needSources
	return packages.Load(config, o.Patterns...)
}

// listProblems reports patterns that name no package.
func listProblems(pkgs []*packages.Package) error {
	if len(pkgs) == 0 {
		return errNoPackages
	}
	for _, pkg := range pkgs {
		if pkg.Name == "" && len(pkg.Errors) > 0 {
			return pkg.Errors[0]
		}
	}
	return nil
}

// emptied is an overlay in which the generated file of each package has nothing but a package clause.
func emptied(pkgs []*packages.Package, output string) map[string][]byte {
	overlay := map[string][]byte{}
	for _, pkg := range pkgs {
		for _, file := range pkg.GoFiles {
			if filepath.Base(file) == output {
				overlay[file] = []byte("package " + pkg.Name + "\n")
			}
		}
	}
	return overlay
}

// parseWithoutBodies drops function bodies: nothing in them matters, and they are where code that is not generated yet
// is missed most.
func parseWithoutBodies(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	if file == nil {
		return nil, err
	}
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			f.Body = nil
		}
	}
	return file, err
}

func importsComplete(pkgs []*packages.Package) bool {
	for _, pkg := range pkgs {
		for _, e := range pkg.Errors {
			if strings.Contains(e.Msg, "could not import") {
				return false
			}
		}
	}
	return true
}

// syntaxErrors returns what keeps the source of a package from being read at all.
func syntaxErrors(pkg *packages.Package) []error {
	var errs []error
	for _, e := range pkg.Errors {
		if e.Kind == packages.ParseError {
			errs = append(errs, fmt.Errorf("%s: %s", e.Pos, e.Msg))
		}
	}
	return errs
}
