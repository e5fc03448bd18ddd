package codegen

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

const (
	needSyntax = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
		packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo
	needSources = needSyntax | packages.NeedDeps
)

// load reads packages whose generated files are emptied. The overlay holds what was generated for others before.
//
// What they import is read from compiler output, which is fast. A package that does not compile has none; then
// everything is read from its source.
func load(ctx context.Context, o Options, pkgs []*packages.Package, overlay map[string][]byte) ([]*packages.Package, error) {
	paths := make([]string, len(pkgs))
	for i, pkg := range pkgs {
		paths[i] = pkg.PkgPath
		overlay[filepath.Join(pkg.Dir, o.Output)] = []byte("package " + pkg.Name + "\n")
	}
	config := &packages.Config{
		Context: ctx, Dir: o.Dir, Mode: needSyntax, BuildFlags: o.BuildFlags,
		Overlay: overlay, ParseFile: parseWithoutBodies,
	}
	loaded, err := packages.Load(config, paths...)
	if err != nil || importsComplete(loaded) {
		return loaded, err
	}
	config.Mode = needSources
	return packages.Load(config, paths...)
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
			errs = append(errs, plainError(e))
		}
	}
	return errs
}
