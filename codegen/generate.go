package codegen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/tools/go/packages"
)

// Errors returned by [Generate].
var (
	errNoPackages = errors.New("codegen: the patterns match no package")
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
	Unchanged Change = iota // it has the right content already, or there is nothing to generate
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
}

// Generate writes the generated file of every package that the options name. Files that would not change are left
// alone, and no file is written when there is a problem anywhere.
//
// The error joins every [Problem] of every package, in the order of the source. It wraps [ErrNotGenerated] where an
// output file is somebody's own work.
func Generate(ctx context.Context, o Options) ([]Result, error) {
	o = o.withDefaults()
	pkgs, err := load(ctx, o)
	if err != nil {
		return nil, err
	}
	var files []file
	var errs []error
	for _, pkg := range pkgs {
		f, err := generate(pkg, o.Output)
		files, errs = append(files, f), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return writeAll(files)
}

// file is a generated file before it is written. It has no content when there is nothing to generate.
type file struct {
	pkg     string
	path    string
	content []byte
}

func generate(pkg *packages.Package, output string) (file, error) {
	if errs := syntaxErrors(pkg); len(errs) > 0 || pkg.Types == nil {
		return file{}, errors.Join(errs...)
	}
	m, err := parse(pkg, output)
	if err != nil {
		return file{}, err
	}
	f := file{pkg: pkg.PkgPath, path: filepath.Join(pkg.Dir, output)}
	if len(m.messages) == 0 && len(m.services) == 0 {
		return f, nil
	}
	f.content, err = emit(m)
	return f, err
}

func writeAll(files []file) ([]Result, error) {
	results := make([]Result, len(files))
	var errs []error
	for i, f := range files {
		change, err := f.write()
		results[i] = Result{Package: f.pkg, File: f.path, Change: change}
		errs = append(errs, err)
	}
	return results, errors.Join(errs...)
}

// write brings the file on disk up to date.
func (f file) write() (Change, error) {
	old, err := os.ReadFile(f.path)
	exists := err == nil
	switch {
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return Unchanged, err
	case !exists && f.content == nil, exists && bytes.Equal(old, f.content):
		return Unchanged, nil
	case exists && !bytes.HasPrefix(old, []byte("// "+header)):
		return Unchanged, fmt.Errorf("%s: %w: move it away, or choose another name for the output", f.path, ErrNotGenerated)
	case f.content == nil:
		return Removed, os.Remove(f.path)
	default:
		return Written, os.WriteFile(f.path, f.content, 0o644)
	}
}
