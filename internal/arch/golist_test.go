package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/zebus-go/zebus"

// listed is what go list says of a package.
type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
	CgoFiles   []string
	Error      *struct{ Err string }
}

// ourPackage is a package of this module, by its path inside it.
type ourPackage struct {
	name    string
	imports []string
}

// ours returns the packages of this module that p imports.
func (p ourPackage) ours() []string {
	var names []string
	for _, path := range p.imports {
		if name, ok := strings.CutPrefix(path, module+"/"); ok {
			names = append(names, name)
		}
	}
	return names
}

// foreign returns the packages p imports that are neither ours nor of the standard library, which has no dot in the
// first element of its paths.
func (p ourPackage) foreign() []string {
	var paths []string
	for _, path := range p.imports {
		host, _, _ := strings.Cut(path, "/")
		if strings.Contains(host, ".") && path != module && !strings.HasPrefix(path, module+"/") {
			paths = append(paths, path)
		}
	}
	return paths
}

// ourPackages lists the packages of this module with all they import, whether cgo is on or off: a file for one of the
// two must keep to the table as well.
var ourPackagesOnce = sync.OnceValues(func() ([]ourPackage, error) {
	imports := map[string][]string{}
	for _, cgo := range []string{"0", "1"} {
		list, err := goList(cgo, "./...")
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			name := strings.TrimPrefix(p.ImportPath, module+"/")
			imports[name] = append(imports[name], p.Imports...)
		}
	}
	var all []ourPackage
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		slices.Sort(imports[name])
		all = append(all, ourPackage{name: name, imports: slices.Compact(imports[name])})
	}
	return all, nil
})

func ourPackages(t *testing.T) []ourPackage {
	t.Helper()
	all, err := ourPackagesOnce()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// dependenciesOf lists the packages of the given names and everything they depend on, with cgo on.
func dependenciesOf(t *testing.T, names []string) []listed {
	t.Helper()
	args := make([]string, 0, 1+len(names))
	args = append(args, "-deps")
	for _, name := range names {
		args = append(args, "./"+name)
	}
	list, err := goList("1", args...)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func goList(cgo string, args ...string) ([]listed, error) {
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Standard,Imports,CgoFiles,Error"}, args...)...)
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.Join(err, errors.New(stderr.String()))
	}
	return decode(out)
}

func decode(out []byte) ([]listed, error) {
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		case p.Error != nil:
			return nil, errors.New(p.Error.Err)
		}
		all = append(all, p)
	}
}
