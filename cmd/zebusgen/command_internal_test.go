package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const source = "package shop\n\n//zebus:event namespace=Shop\ntype Order struct {\n\tNumber int64 `zebus:\"1\"`\n}\n"

// enter makes a module with one file and works in it.
func enter(t *testing.T, source string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":   "module example.com/shop\n\ngo 1.26.0\n",
		"go.work":  "go 1.26.0\n\nuse (\n\t.\n\t" + root + "\n)\n",
		"order.go": source,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOWORK", filepath.Join(dir, "go.work"))
	t.Chdir(dir)
}

func TestRun(t *testing.T) {
	tests := map[string]struct {
		source string
		args   []string
		code   int
		stdout string
		stderr string
		writes bool
	}{
		"without arguments it generates the package in the folder, and says nothing": {
			source: source, code: exitOK, writes: true,
		},
		"--verbose says what was done": {
			source: source, args: []string{"--verbose", "./..."}, code: exitOK, stdout: "zebus_gen.go: written\n", writes: true,
		},
		"--check writes nothing and fails when there is something to write": {
			source: source, args: []string{"--check"}, code: exitFailed, stdout: "zebus_gen.go: not up to date\n", stderr: "zebusgen: generated code is not up to date",
		},
		"a mistake in the source stands on a line that editors understand": {
			source: strings.Replace(source, `"1"`, `"0"`, 1), code: exitFailed, stderr: "order.go:5:2: Order.Number: field number 0",
		},
		"--help has examples":  {source: source, args: []string{"--help"}, code: exitOK, stdout: "go tool zebusgen ./orders ./billing"},
		"--version says which": {source: source, args: []string{"--version"}, code: exitOK, stdout: "zebusgen version "},
		"an unknown flag is a mistake in the command line": {
			source: source, args: []string{"--outptu", "x.go"}, code: exitUsage, stderr: "zebusgen: unknown flag: --outptu",
		},
		"an output in another folder is one too": {
			source: source, args: []string{"--output", "../x.go"}, code: exitUsage, stderr: "zebusgen: --output ../x.go: give the name of a Go file",
		},
		"an output that is a test is one too": {
			source: source, args: []string{"--output", "orders_test.go"}, code: exitUsage, stderr: "--output orders_test.go: the package is built without such a file",
		},
		"an output without a name is one too": {
			source: source, args: []string{"--output", ".go"}, code: exitUsage, stderr: "--output .go: the package is built without such a file",
		},
		"a file is no package": {
			source: source, args: []string{"order.go"}, code: exitUsage, stderr: "order.go: code is generated for whole packages, name the folder",
		},
		"what is no Go stands on a line that editors understand": {
			source: source + "type {", code: exitFailed, stderr: "order.go:7:6: expected",
		},
		"a package that does not exist is a failure": {
			source: source, args: []string{"./missing"}, code: exitFailed, stderr: "zebusgen: ",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			enter(t, tc.source)
			var stdout, stderr strings.Builder
			if code := run(t.Context(), tc.args, &stdout, &stderr); code != tc.code {
				t.Errorf("exit code %d, want %d", code, tc.code)
			}
			expect(t, "standard output", stdout.String(), tc.stdout)
			expect(t, "standard error", stderr.String(), tc.stderr)
			if _, err := os.Stat("zebus_gen.go"); (err == nil) != tc.writes {
				t.Errorf("a file was written: %t, want %t", err == nil, tc.writes)
			}
		})
	}
}

// expect wants a text within what was written, and nothing where the text is empty.
func expect(t *testing.T, stream, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) || want == "" && got != "" {
		t.Errorf("%s is %q, want %q in it", stream, got, want)
	}
}
