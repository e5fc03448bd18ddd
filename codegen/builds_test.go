package codegen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/codegen"
)

func TestBuildConstraints(t *testing.T) {
	tagged := "//go:build integration && !slow\n\n" + order
	t.Run("the generated file has the condition of its sources", func(t *testing.T) {
		dir := module(t, map[string]string{"order.go": tagged, "doc.go": "package shop\n"})
		results := withTags(t, dir, "integration")
		if len(results) != 1 || !strings.Contains(string(results[0].Content), "\n\n//go:build integration && !slow\n\npackage shop\n") {
			t.Fatalf("%+v, want a file with the condition", results)
		}
		builds(t, dir, "./...")
		builds(t, dir, "-tags=integration", "./...")
		if again := withTags(t, dir, "integration"); again[0].Change != codegen.Unchanged {
			t.Errorf("a second run has %s the file", again[0].Change)
		}
	})
	t.Run("it stays when the sources are not part of the build", func(t *testing.T) {
		dir := module(t, map[string]string{"order.go": tagged, "doc.go": "package shop\n"})
		file := withTags(t, dir, "integration")[0].File
		if results := generate(t, dir); len(results) != 0 {
			t.Errorf("%+v, want nothing to happen", results)
		}
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	})
	t.Run("a source that is part of every build is not overlooked because of it", func(t *testing.T) {
		dir := module(t, map[string]string{"order.go": tagged, "doc.go": "package shop\n"})
		withTags(t, dir, "integration")
		other := strings.ReplaceAll(strings.ReplaceAll(order, "Order", "Other"), "func id", "func other")
		if err := os.WriteFile(filepath.Join(dir, "other.go"), []byte(other), 0o600); err != nil {
			t.Fatal(err)
		}
		if results := generate(t, dir); len(results) != 1 || !strings.Contains(string(results[0].Content), "Other) ZebusSize") {
			t.Errorf("%+v, want a file for the other source", results)
		}
	})
	t.Run("sources with different conditions have none in common", func(t *testing.T) {
		other := strings.ReplaceAll(tagged, "Order", "Other")
		other = strings.ReplaceAll(strings.Replace(other, " && !slow", "", 1), "func id", "func other")
		dir := module(t, map[string]string{"order.go": tagged, "other.go": strings.Replace(other, "orderType", "otherOne", 2)})
		if results := withTags(t, dir, "integration"); strings.Contains(string(results[0].Content), "//go:build") {
			t.Errorf("a condition in\n%s", results[0].Content)
		}
	})
}

func withTags(t *testing.T, dir, tags string) []codegen.Result {
	t.Helper()
	results, err := codegen.Generate(t.Context(), codegen.Options{Dir: dir, BuildFlags: []string{"-tags=" + tags}})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// builds fails the test when the go command does not build something.
func builds(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"vet"}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go vet %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestInternalPackages(t *testing.T) {
	invoice := strings.Replace(invoice, "example.com/shop", "example.com/shop/internal/orders", 1)
	dir := module(t, map[string]string{
		"internal/orders/order.go": order, "billing/invoice.go": invoice, "shop.go": "package shop\n",
	})
	if results := generate(t, dir, "./..."); len(results) != 2 {
		t.Fatalf("%+v, want two files", results)
	}
	builds(t, dir, "./...")
}

// vendored is what go mod vendor writes for a module that stands on ours, in so far as the go command looks at it.
func vendored(t *testing.T, dir string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	_, requirements, _ := strings.Cut(string(mod), "\n")
	write(t, dir, map[string]string{
		"go.mod": "module example.com/shop\n" + requirements +
			"\nrequire github.com/zebus-go/zebus v0.0.0\n\nreplace github.com/zebus-go/zebus => " + root + "\n",
		"go.sum": string(sum),
	})
	t.Setenv("GOWORK", "off")
	for _, args := range [][]string{{"mod", "tidy"}, {"mod", "vendor"}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("go %s needs more than the module cache has: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

func TestVendoring(t *testing.T) {
	if testing.Short() {
		t.Skip("vendoring copies every dependency")
	}
	dir := module(t, map[string]string{"order.go": order, "use.go": "package shop\n\nimport _ \"github.com/zebus-go/zebus/zebus\"\n"})
	vendored(t, dir)
	results, err := codegen.Generate(t.Context(), codegen.Options{Dir: dir, BuildFlags: []string{"-mod=vendor"}})
	if err != nil || len(results) != 1 || results[0].Change != codegen.Written {
		t.Fatalf("%+v, %v", results, err)
	}
	builds(t, dir, "-mod=vendor", "./...")
}

func TestTestPackages(t *testing.T) {
	const (
		inner = `package shop

import "testing"

// Probe is a message of the tests.
//
//zebus:event namespace=Shop.Tests
type Probe struct {
	Order *Order ` + "`zebus:\"1\"`" + `
}

func TestProbe(t *testing.T) {
	frame := (&Probe{Order: &Order{Number: 5}}).ZebusAppend(nil)
	if got := string(frame); got != "\n\x02\x08\x05" {
		t.Errorf("%q", got)
	}
}
`
		outer = `package shop_test

import (
	"context"
	"testing"

	"example.com/shop"
)

// Outside is a message of the tests from outside.
//
//zebus:event namespace=Shop.Tests
type Outside struct {
	Probe *shop.Probe ` + "`zebus:\"1\"`" + `
	Order *shop.Order ` + "`zebus:\"2\"`" + `
}

//zebus:handler
func onOutside(context.Context, *Outside) error { return nil }

func TestOutside(t *testing.T) {
	if got := len(Handlers()); got != 1 || (&Outside{Order: &shop.Order{Number: 5}}).ZebusSize() != 4 {
		t.Errorf("%d handlers", got)
	}
}
`
	)
	dir := module(t, map[string]string{"order.go": order, "inner_test.go": inner, "outer_test.go": outer})
	t.Run("test files have generated files of their own, which other packages do not see", func(t *testing.T) {
		names := make([]string, 0, 3)
		for _, r := range generate(t, dir) {
			names = append(names, filepath.Base(r.File)+" "+r.Change.String())
		}
		want := []string{"zebus_gen.go written", "zebus_gen_test.go written", "zebus_gen_ext_test.go written"}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("and they run", func(t *testing.T) {
		cmd := exec.CommandContext(t.Context(), "go", "test", ".")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("a second run leaves them alone", func(t *testing.T) {
		for _, r := range generate(t, dir) {
			if r.Change != codegen.Unchanged {
				t.Errorf("%s is %s", r.File, r.Change)
			}
		}
	})
	t.Run("those that have nothing to hold are removed", func(t *testing.T) {
		write(t, dir, map[string]string{"inner_test.go": "package shop\n", "outer_test.go": "package shop_test\n"})
		removed := 0
		for _, r := range generate(t, dir) {
			if r.Change == codegen.Removed {
				removed++
			}
		}
		if removed != 2 {
			t.Errorf("%d files removed, want 2", removed)
		}
	})
}
