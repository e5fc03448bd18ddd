package codegen_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/codegen"
)

// update rewrites the golden files. Look at the difference before you commit it. Where wrong golden code keeps this
// test from compiling, go run ./cmd/zebusgen -o want.go ./codegen/testdata/… does the same.
var update = flag.Bool("update", false, "write testdata/*/want.go and want.txt again")

// golden are the folders of testdata whose want.go is what is generated from their in.go. Other tests of this package
// import them, and send messages through their code.
var golden = []string{"orders", "values", "routing", "handlers", "names", "vectors", "shapes", "protoc", "jsons"}

func TestGoldenFiles(t *testing.T) {
	patterns := make([]string, len(golden))
	for i, name := range golden {
		patterns[i] = "./testdata/" + name
	}
	results, err := codegen.Generate(t.Context(), codegen.Options{Patterns: patterns, Output: "want.go", DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != len(golden) {
		t.Fatalf("%d packages generated, want %d", len(results), len(golden))
	}
	for _, r := range results {
		t.Run(filepath.Base(r.Package)+" gives the golden code", func(t *testing.T) {
			compareGolden(t, r.File, string(r.Content))
		})
	}
}

func TestMistakesAreFoundAllAtOnce(t *testing.T) {
	for _, folder := range []string{"errors", "shadows"} {
		t.Run("in the package "+folder, func(t *testing.T) { testMistakes(t, folder) })
	}
}

func testMistakes(t *testing.T, folder string) {
	t.Helper()
	_, err := codegen.Generate(t.Context(), codegen.Options{Patterns: []string{"./testdata/" + folder}, DryRun: true})
	var got strings.Builder
	for _, problem := range unjoin(err) {
		source, ok := errors.AsType[*codegen.SourceError](problem)
		if !ok {
			t.Fatalf("%v has no place in the source", problem)
		}
		fmt.Fprintf(&got, "%s:%d:%d: %s\n", filepath.Base(source.Pos.Filename), source.Pos.Line, source.Pos.Column, source.Text)
	}
	compareGolden(t, filepath.Join("testdata", folder, "want.txt"), got.String())
}

// unjoin takes joined errors apart.
func unjoin(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, unjoin(e)...)
	}
	return all
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
