package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"
)

// A Source is a Go file made from a block.
type Source struct {
	Dir  string // the package it belongs to
	File string
	Text string
}

// imports says which packages declarations and statements may name without importing them.
var imports = map[string]string{}

func init() { //nolint:gochecknoinits // one list of paths is easier to keep than a map of names to paths
	const ours = "github.com/zebus-go/zebus/"
	for _, p := range []string{
		"bytes", "context", "errors", "fmt", "io", "log/slog", "maps", "net/http", "os", "os/signal", "slices", "sort",
		"strconv", "strings", "sync", "sync/atomic", "syscall", "testing", "testing/synctest", "time",
		ours + "zebus", ours + "wire", ours + "dispatch", ours + "transport", ours + "transport/zmq",
		ours + "transport/memory", ours + "directory", ours + "host", ours + "zebustest", ours + "examples/echo",
	} {
		imports[path.Base(p)] = p
	}
}

// GoSource turns a Go block into a file.
func GoSource(b Block) (Source, error) {
	src := Source{Dir: dirOf(b), File: fmt.Sprintf("line%d.go", b.Line)}
	if b.Has("run") {
		src.File = fmt.Sprintf("line%d_test.go", b.Line)
	}
	if file, err := parse(b.Text); err == nil {
		src.Dir += "_" + file.Name.Name
		src.Text = at(b) + b.Text
		return src, nil
	}
	var firstErr error
	for _, form := range []struct{ before, after string }{
		{"", ""},
		{"func _(ctx context.Context, bus *zebus.Bus) error {\n", "\nreturn nil\n}\n"},
	} {
		file, err := parse("package page\n" + form.before + b.Text + form.after)
		if err == nil {
			src.Text = "package page\n\n" + importsOf(file) + form.before + at(b) + b.Text + form.after
			return src, nil
		}
		firstErr = err
	}
	return Source{}, fmt.Errorf("%s: neither a file nor declarations nor statements: %w", b.At(), firstErr)
}

func parse(text string) (*ast.File, error) {
	return parser.ParseFile(token.NewFileSet(), "", text, parser.ParseComments)
}

// at makes the compiler report places in the page.
func at(b Block) string {
	return fmt.Sprintf("//line %s:%d\n", b.Page, b.Line)
}

// dirOf returns the folder of the page's package, or one of its own for a block that wants to be alone.
func dirOf(b Block) string {
	dir := strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(strings.TrimSuffix(b.Page, ".md"))
	if b.Has("alone") {
		dir = fmt.Sprintf("%s_line%d", dir, b.Line)
	}
	return dir
}

// importsOf returns the import lines that file needs and does not have.
func importsOf(file *ast.File) string {
	if len(file.Imports) > 0 {
		return ""
	}
	needed := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := selector.X.(*ast.Ident); ok && imports[x.Name] != "" {
				needed[imports[x.Name]] = true
			}
		}
		return true
	})
	var b strings.Builder
	for _, p := range slices.Sorted(maps.Keys(needed)) {
		fmt.Fprintf(&b, "import %q\n", p)
	}
	return b.String()
}
