package codegen

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
	"google.golang.org/protobuf/types/descriptorpb"
)

// errNoShipped means that the module of Zebus is not among those of the packages.
var errNoShipped = errors.New("codegen: the .proto files of Zebus were not found: go get " + zebusPath)

// WriteProtos writes the .proto files of the packages that the options name into a folder, so that other languages can
// share their contracts. The folder then holds what they import as well: the files of other Zebus packages and those that
// Zebus ships, but not those that protoc-gen-go made Go packages of, which their owners have. Output names the generated Go file of each package, as in
// [Generate], and is not written.
//
// There is a result for every file. The errors are those of [Generate].
func WriteProtos(ctx context.Context, o Options, folder string) ([]Result, error) {
	o = o.withDefaults()
	prepared, err := prepare(ctx, o)
	if err != nil {
		return nil, err
	}
	w := &protoWriter{folder: folder, written: map[string]bool{}, imported: map[string]bool{}}
	for _, f := range prepared {
		for _, p := range f.protos {
			w.add(f.pkg, p)
		}
		w.others = f.others
	}
	w.neighbours()
	if err := w.shipped(ctx, o); err != nil {
		return nil, err
	}
	return w.write(o.DryRun)
}

// protoWriter collects .proto files and what they import.
type protoWriter struct {
	folder   string
	others   *neighbours
	files    []file
	written  map[string]bool // by path
	needed   []string        // imported, and not looked at yet
	imported map[string]bool // by any of them
}

func (w *protoWriter) add(pkg string, p *protoFile) {
	w.addText(pkg, p.descriptor.GetName(), p.text(pkg))
	w.needed = append(w.needed, p.descriptor.GetDependency()...)
}

func (w *protoWriter) addText(pkg, name, text string) {
	w.written[name] = true
	w.files = append(w.files, file{pkg: pkg, path: filepath.Join(w.folder, filepath.FromSlash(name)), content: []byte(text)})
}

// neighbours adds the files of packages that the options do not name, without comments, which are not to be had.
func (w *protoWriter) neighbours() {
	for len(w.needed) > 0 {
		name := w.needed[0]
		w.needed = w.needed[1:]
		w.imported[name] = true
		if !w.isMissing(name) {
			continue
		}
		if pkg, d := w.others.file(name); d != nil {
			w.add(pkg, &protoFile{descriptor: d})
		}
	}
}

// isMissing says whether somebody has to write a file: not what comes with protoc or with Zebus.
func (w *protoWriter) isMissing(name string) bool {
	return !w.written[name] && path.Dir(name) != "google/protobuf" && path.Dir(name) != "zebus"
}

// file finds a .proto file among the descriptors of packages that ours import.
func (n *neighbours) file(name string) (pkg string, d *descriptorpb.FileDescriptorProto) {
	for _, pkg := range slices.Sorted(maps.Keys(n.files)) {
		if !strings.Contains(pkg, ".") { // the standard library
			continue
		}
		for _, found := range n.descriptors(pkg) {
			if found.file.GetName() == name && found.messages != nil {
				return pkg, found.file
			}
		}
	}
	return "", nil
}

// shipped adds what Zebus ships of what is imported.
func (w *protoWriter) shipped(ctx context.Context, o Options) error {
	if w.imported[wordsFile] {
		w.imported[bclFile] = true
	}
	for _, name := range []string{bclFile, wordsFile} {
		if !w.imported[name] {
			continue
		}
		folder, err := shippedFolder(ctx, o)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(filepath.Join(folder, path.Base(name)))
		if err != nil {
			return fmt.Errorf("%w (%w)", errNoShipped, err)
		}
		w.addText(zebusPath, name, "// "+header+"\n// Source: "+name+" of Zebus\n\n"+string(text))
	}
	return nil
}

// shippedFolder is where the .proto files lie that Zebus ships: beside the source of package zebus.
func shippedFolder(ctx context.Context, o Options) (string, error) {
	config := &packages.Config{Context: ctx, Dir: o.Dir, Mode: packages.NeedFiles, BuildFlags: o.BuildFlags}
	found, err := packages.Load(config, zebusPath)
	if err != nil {
		return "", err
	}
	if len(found) != 1 || len(found[0].GoFiles) == 0 {
		return "", errNoShipped
	}
	return filepath.Dir(found[0].GoFiles[0]), nil
}

// write writes the files in the order of their names.
func (w *protoWriter) write(dryRun bool) ([]Result, error) {
	slices.SortFunc(w.files, func(a, b file) int { return strings.Compare(a.path, b.path) })
	if !dryRun {
		for _, f := range w.files {
			if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil { //nolint:gosec // contracts are for everybody to read
				return nil, err
			}
		}
	}
	return writeAll(w.files, dryRun)
}
