package docs_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/zebus-go/zebus/internal/docs"
)

func TestGoBlocksCompile(t *testing.T) {
	t.Parallel()
	module := newModule(t)
	for page, text := range pages(t) {
		for _, b := range docs.Blocks(page, text) {
			if b.Lang == "go" && !skipped(t, b) {
				module.add(t, b)
			}
		}
	}
	module.generate(t)
	module.check(t)
	module.test(t)
}

// skipped reports whether a block asks not to be compiled. It must say why.
func skipped(t *testing.T, b docs.Block) bool {
	t.Helper()
	if b.Has("skip:") && len(b.Words) == 1 {
		t.Errorf("%s: skip: needs a reason", b.At())
	}
	return b.Has("skip:")
}

// A userModule is a module as a user of ours has it, in a temporary folder, with one package per page.
type userModule struct {
	dir       string
	toolDir   string
	annotated map[string]bool // folders whose blocks hold zebus directives
	tested    map[string]bool // folders whose blocks hold tests
}

func newModule(t *testing.T) *userModule {
	t.Helper()
	m := &userModule{dir: t.TempDir(), toolDir: t.TempDir(), annotated: map[string]bool{}, tested: map[string]bool{}}
	checkout, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	mod := read(t, filepath.Join(root, "go.mod"))
	mod = regexp.MustCompile(`(?m)^module .*$`).ReplaceAllString(mod, "module docs.example")
	mod += "\nrequire github.com/zebus-go/zebus v0.0.0\nreplace github.com/zebus-go/zebus => " + checkout + "\n"
	write(t, filepath.Join(m.dir, "go.mod"), mod)
	write(t, filepath.Join(m.dir, "go.sum"), read(t, filepath.Join(root, "go.sum")))
	return m
}

func (m *userModule) add(t *testing.T, b docs.Block) {
	t.Helper()
	src, err := docs.GoSource(b)
	if err != nil {
		t.Error(err)
		return
	}
	write(t, filepath.Join(m.dir, src.Dir, src.File), src.Text)
	if strings.Contains(src.Text, "//zebus:") {
		m.annotated[src.Dir] = true
	}
	if b.Has("run") {
		m.tested[src.Dir] = true
	}
}

// generate runs our generator in every folder that has something for it.
func (m *userModule) generate(t *testing.T) {
	t.Helper()
	if len(m.annotated) == 0 {
		return
	}
	tool := filepath.Join(m.toolDir, "zebusgen")
	if out, err := goTool(t.Context(), root, "go", "build", "-o", tool, "./cmd/zebusgen"); err != nil {
		t.Fatalf("build zebusgen: %v\n%s", err, out)
	}
	for dir := range m.annotated {
		if out, err := goTool(t.Context(), filepath.Join(m.dir, dir), tool); err != nil {
			t.Errorf("zebusgen on the blocks of %s: %v\n%s", dir, err, out)
		}
	}
}

// check reports what the compiler would, but for variables left unused: a page shows calls, not what follows them.
func (m *userModule) check(t *testing.T) {
	t.Helper()
	all, err := packages.Load(&packages.Config{
		Context: t.Context(),
		Mode:    packages.LoadSyntax,
		Dir:     m.dir,
		Env:     environment(),
		Tests:   true,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		for _, e := range p.Errors {
			if !isAllowed(e) {
				t.Errorf("%s: %s", strings.TrimPrefix(e.Pos, filepath.Join(m.dir, filepath.Base(p.PkgPath))+"/"), e.Msg)
			}
		}
	}
}

// test runs the tests of the pages.
func (m *userModule) test(t *testing.T) {
	t.Helper()
	for dir := range m.tested {
		if out, err := goTool(t.Context(), m.dir, "go", "test", "./"+dir); err != nil {
			t.Errorf("the tests of %s: %v\n%s", dir, err, out)
		}
	}
}

// isAllowed reports whether an error is about a variable that is not used, or repeats the output of the compiler, which the
// type checker has said already.
func isAllowed(e packages.Error) bool {
	return strings.HasPrefix(e.Msg, "declared and not used") || strings.HasPrefix(e.Msg, "# docs.example/")
}

// environment keeps the check free of libzmq: the zmq transport has the same exported names without cgo.
func environment() []string {
	return append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOWORK=off")
}

func goTool(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = environment()
	if dir == root {
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s: %w", name, err)
	}
	return string(out), nil
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
