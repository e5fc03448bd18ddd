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
	for _, pkg := range pkgs {
		overlay[filepath.Join(pkg.Dir, o.Output)] = []byte("package " + pkg.Name + "\n")
	}
	config := &packages.Config{
		Context: ctx, Dir: o.Dir, Mode: needSyntax, BuildFlags: o.BuildFlags,
		Overlay: overlay, ParseFile: parseWithoutBodies,
	}
	loaded, err := packages.Load(config, paths(pkgs)...)
	if err != nil || importsComplete(loaded) {
		return loaded, err
	}
	config.Mode = needSources
	return packages.Load(config, paths(pkgs)...)
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

// paths returns the import paths of packages.
func paths(pkgs []*packages.Package) []string {
	all := make([]string, len(pkgs))
	for i, pkg := range pkgs {
		all[i] = pkg.PkgPath
	}
	return all
}

// missingImports returns why packages that a package imports are not there.
func missingImports(pkg *packages.Package) []error {
	errs := errorsOf(pkg, packages.ListError)
	for _, e := range pkg.Errors {
		if e.Kind == packages.TypeError && strings.Contains(e.Msg, "could not import") {
			e.Msg, _, _ = strings.Cut(e.Msg, " (")
			e.Msg += ": mend the path, or add its module with go get"
			errs = append(errs, plainError(e))
		}
	}
	return errs
}

// errorsOf returns the errors of one kind that were met when a package was read. What the compiler said is left out: it
// misses what is not generated yet.
func errorsOf(pkg *packages.Package, kind packages.ErrorKind) []error {
	var errs []error
	for _, e := range pkg.Errors {
		if e.Kind == kind && !strings.HasPrefix(e.Msg, "# ") {
			errs = append(errs, plainError(e))
		}
	}
	return errs
}
