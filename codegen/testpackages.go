package codegen

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// Messages and handlers that are declared in test files have a generated file of their own, which is a test file as
// well: one for the tests inside a package, one for those outside, in the package whose name ends in _test.
const (
	testSuffix     = "_test.go"
	externalSuffix = "_ext_test.go"
)

// prepareTests generates the files for test files, once those that the tests stand on are known. It writes none.
func prepareTests(ctx context.Context, o Options, files []file) ([]file, error) {
	units, err := listTests(ctx, o)
	if err != nil || len(units) == 0 {
		return nil, err
	}
	others := newNeighbours(units)
	for _, f := range files {
		if f.content != nil {
			others.overlay[f.path] = f.content
		}
	}
	var generated []file
	for _, unit := range units {
		f, err := generateTest(ctx, o, unit, others)
		if err != nil {
			return nil, err
		}
		generated = append(generated, f)
	}
	return generated, nil
}

// listTests finds the packages with test files that have something to generate: inner ones first, which the outer ones
// import.
//
// It looks at files alone first: most packages have no messages in their tests, and need not be known any better.
func listTests(ctx context.Context, o Options) ([]*packages.Package, error) {
	const files = packages.NeedName | packages.NeedFiles | packages.NeedForTest
	config := &packages.Config{Context: ctx, Dir: o.Dir, Mode: files, BuildFlags: o.BuildFlags, Tests: true}
	units, err := findTests(config, o.Output, o.Patterns)
	if err != nil || len(units) == 0 {
		return nil, err
	}
	config.Mode |= packages.NeedImports | packages.NeedDeps
	tested := make([]string, len(units))
	for i, unit := range units {
		tested[i] = unit.ForTest
	}
	return findTests(config, o.Output, tested)
}

func findTests(config *packages.Config, output string, patterns []string) ([]*packages.Package, error) {
	found, err := packages.Load(config, patterns...)
	if err != nil {
		return nil, err
	}
	var units []*packages.Package
	var errs []error
	for _, pkg := range found {
		concerns, err := testsConcernUs(pkg, output)
		if concerns {
			units = append(units, pkg)
		}
		errs = append(errs, err)
	}
	slices.SortStableFunc(units, func(a, b *packages.Package) int { return compareFalseLast(!isExternal(a), !isExternal(b)) })
	return units, errors.Join(errs...)
}

// testsConcernUs says whether the test files of a package have directives, or had some.
func testsConcernUs(pkg *packages.Package, output string) (bool, error) {
	if pkg.ForTest == "" {
		return false, nil
	}
	for _, file := range pkg.GoFiles {
		if !strings.HasSuffix(file, testSuffix) {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil || filepath.Base(file) == testOutput(pkg, output) || bytes.Contains(src, []byte("\n"+directivePrefix)) {
			return err == nil, err
		}
	}
	return false, nil
}

// isExternal says whether a package tests another one from outside.
func isExternal(pkg *packages.Package) bool {
	return strings.HasSuffix(pkg.Name, "_test")
}

// testOutput is the name of the generated file of a package of tests.
func testOutput(pkg *packages.Package, output string) string {
	if isExternal(pkg) {
		return strings.TrimSuffix(output, ".go") + externalSuffix
	}
	return strings.TrimSuffix(output, ".go") + testSuffix
}

// isTestFile says whether a file belongs to the tests of its package alone.
func isTestFile(name string) bool {
	return strings.HasSuffix(name, testSuffix)
}

func generateTest(ctx context.Context, o Options, unit *packages.Package, others *neighbours) (file, error) {
	output := testOutput(unit, o.Output)
	others.overlay[filepath.Join(unit.Dir, output)] = []byte("package " + unit.Name + "\n")
	config := &packages.Config{
		Context: ctx, Dir: o.Dir, Mode: needSyntax, BuildFlags: o.BuildFlags, Tests: true,
		Overlay: others.overlay, ParseFile: parseWithoutBodies,
	}
	pkg, err := loadTest(config, unit)
	if err != nil {
		return file{}, err
	}
	f, err := generate(pkg, output, others)
	if f.content != nil {
		others.overlay[f.path] = f.content
	}
	return f, err
}

// loadTest reads one package of tests, from the source of all it imports when some of that does not compile.
func loadTest(config *packages.Config, unit *packages.Package) (*packages.Package, error) {
	for _, mode := range []packages.LoadMode{needSyntax, needSources} {
		config.Mode = mode
		loaded, err := packages.Load(config, unit.ForTest)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(loaded, func(pkg *packages.Package) bool { return pkg.ID == unit.ID })
		if at >= 0 && (mode == needSources || importsComplete(loaded[at:at+1])) {
			return loaded[at], nil
		}
	}
	return nil, errNotLoaded
}
