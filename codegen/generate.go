package codegen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/token"
	"os"
	"path/filepath"

	"golang.org/x/tools/go/packages"
)

// Errors returned by [Generate].
var (
	errNoPackages = errors.New("codegen: the patterns match no package")
	errNotLoaded  = errors.New("codegen: the go command could not load these packages, and go mod tidy may be the remedy")
	// ErrNotGenerated means that the output file exists and was not written by zebusgen.
	ErrNotGenerated = errors.New("codegen: not a generated file")
)

// DefaultOutput is the name of the generated file.
const DefaultOutput = "zebus_gen.go"

// Options say for which packages code is generated.
type Options struct {
	// Dir is the folder in which patterns are looked up. Empty means the current one.
	Dir string
	// Patterns name packages as the go command understands them: ".", "./...", an import path. None means ".".
	Patterns []string
	// Output is the name of the generated file in each package. Empty means [DefaultOutput].
	Output string
	// BuildFlags are handed to the go command, such as -tags=integration.
	BuildFlags []string
	// DryRun leaves every file as it is, and tells what would be done.
	DryRun bool
}

func (o Options) withDefaults() Options {
	if len(o.Patterns) == 0 {
		o.Patterns = []string{"."}
	}
	if o.Output == "" {
		o.Output = DefaultOutput
	}
	return o
}

// Change says what happened to a generated file.
type Change int

// The changes.
const (
	Unchanged Change = iota // it has the right content already
	Written
	Removed // the package has no message and no handler any more
)

// String returns the change for people.
func (c Change) String() string {
	return [...]string{"unchanged", "written", "removed"}[c]
}

// Result is what [Generate] did for one package.
type Result struct {
	Package string // import path
	File    string // path of the generated file
	Change  Change
	Content []byte // of the generated file; nil when it was removed
}

// Generate writes the generated file of every package that the options name. Files that would not change are left
// alone, and no file is written when there is a problem anywhere.
//
// There is a result for every package that has a generated file, or had one. The error joins every [SourceError] that
// was found; packages that import others of the run are looked at once those are right. It wraps [ErrNotGenerated] where
// an output file is somebody's own work.
func Generate(ctx context.Context, o Options) ([]Result, error) {
	o = o.withDefaults()
	files, err := prepare(ctx, o)
	if err != nil {
		return nil, err
	}
	tests, err := prepareTests(ctx, o, files)
	if err != nil {
		return nil, err
	}
	return writeAll(append(files, tests...), o.DryRun)
}

// prepare generates the files of all packages, and writes none.
func prepare(ctx context.Context, o Options) ([]file, error) {
	pkgs, err := list(ctx, o)
	if err != nil {
		return nil, err
	}
	var files []file
	others := newNeighbours(pkgs)
	for _, level := range levels(pkgs) {
		generated, err := generateAll(ctx, o, level, others)
		if err != nil {
			return nil, err
		}
		files = append(files, generated...)
	}
	return files, nil
}

// generateAll generates packages that do not depend on each other, and puts the result into the overlay.
func generateAll(ctx context.Context, o Options, pkgs []*packages.Package, others *neighbours) ([]file, error) {
	loaded, err := load(ctx, o, pkgs, others.overlay)
	if err != nil {
		return nil, err
	}
	if len(loaded) != len(pkgs) {
		return nil, fmt.Errorf("%w: %s", errNotLoaded, paths(pkgs))
	}
	files := make([]file, len(loaded))
	errs := make([]error, len(loaded))
	for i, pkg := range loaded {
		files[i], errs[i] = generate(pkg, o.Output, others)
		if files[i].content != nil {
			others.overlay[files[i].path] = files[i].content
		}
	}
	return files, errors.Join(errs...)
}

// file is a generated file before it is written. It has no content when there is nothing to generate.
type file struct {
	pkg      string
	path     string
	content  []byte
	contract *contract // what peers see of the package
	protos   []*protoFile
	others   *neighbours
}

func generate(pkg *packages.Package, output string, others *neighbours) (file, error) {
	if errs := errorsOf(pkg, packages.ParseError); len(errs) > 0 || pkg.Types == nil {
		return file{}, errors.Join(errs...)
	}
	if err := writtenElsewhere(pkg, output); err != nil {
		return file{}, err
	}
	m, err := parse(pkg, output, others)
	if err != nil {
		// An import that is missing explains the types that are.
		return file{}, errors.Join(append(missingImports(pkg), err)...)
	}
	f := file{pkg: pkg.PkgPath, path: filepath.Join(pkg.Dir, output), contract: contractOf(pkg, m), protos: m.protoFiles, others: others}
	if len(m.messages) == 0 && len(m.services) == 0 && len(m.protoFiles) == 0 {
		return f, nil
	}
	f.content, err = emit(m)
	return f, err
}

// writtenElsewhere finds what was generated for the package under another name, and would be declared twice.
func writtenElsewhere(pkg *packages.Package, output string) error {
	if isTestFile(output) {
		return nil // the file of the package itself stands beside it
	}
	for _, path := range pkg.GoFiles {
		if src, err := os.ReadFile(path); err == nil && filepath.Base(path) != output && isGenerated(src) {
			return &SourceError{
				Pos:  token.Position{Filename: path, Line: 1, Column: 1},
				Text: "zebusgen wrote this file under another name than " + output + ": remove it, or keep its name with --output",
			}
		}
	}
	return nil
}

func isGenerated(src []byte) bool {
	return bytes.HasPrefix(src, []byte("// "+header))
}

func writeAll(files []file, dryRun bool) ([]Result, error) {
	results := make([]Result, 0, len(files))
	errs := make([]error, 0, len(files))
	for _, f := range files {
		change, err := f.change()
		if err == nil && !dryRun {
			err = f.write(change)
		}
		errs = append(errs, err)
		if f.content != nil || change == Removed {
			results = append(results, Result{Package: f.pkg, File: f.path, Change: change, Content: f.content})
		}
	}
	return results, errors.Join(errs...)
}

// change compares the file with what is on disk.
func (f file) change() (Change, error) {
	old, err := os.ReadFile(f.path)
	switch exists := err == nil; {
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return Unchanged, err
	case !exists && f.content == nil, exists && bytes.Equal(old, f.content):
		return Unchanged, nil
	case exists && !isGenerated(old):
		return Unchanged, fmt.Errorf("%s: %w: move it away, or choose another name for the output", f.path, ErrNotGenerated)
	case f.content == nil:
		return Removed, nil
	default:
		return Written, nil
	}
}

// write makes a change.
func (f file) write(change Change) error {
	switch change {
	case Written:
		return os.WriteFile(f.path, f.content, 0o644) //nolint:gosec // source code is for everybody to read
	case Removed:
		return os.Remove(f.path)
	default:
		return nil
	}
}
