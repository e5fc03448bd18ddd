package main

import (
	"os"
	"strings"
	"testing"
)

const lock = "zebus.lock version 1\n# What running peers rely on. Commit this file; zebusgen check --update writes it.\n\n" +
	"event Shop.Order Order\n  1 Number int64\n"

func TestRunCheck(t *testing.T) {
	wider := strings.Replace(source, "int64", "int32", 1)
	longer := strings.Replace(source, "}", "\tNote string `zebus:\"2\"`\n}", 1)
	tests := map[string]struct {
		source string
		lock   string // empty: no file
		args   []string
		code   int
		stdout string
		stderr string
		want   string // the lock file afterwards
	}{
		"what has not changed says nothing": {source: source, lock: lock, code: exitOK, want: lock},
		"--verbose says so":                 {source: source, lock: lock, args: []string{"-v"}, code: exitOK, stdout: "zebus.lock: unchanged\n", want: lock},
		"without a lock file it says how to create one": {
			source: source, code: exitFailed, stdout: "zebus.lock: not up to date\n", stderr: "run zebusgen check --update, and commit the file",
		},
		"--update creates it": {source: source, args: []string{"--update", "./..."}, code: exitOK, stdout: "zebus.lock: written\n", want: lock},
		"a safe change is listed": {
			source: longer, lock: lock, code: exitFailed, want: lock,
			stdout: "zebus.lock: not up to date\n  Order.Note is new, with number 2 and type string\n", stderr: "zebus.lock is not up to date in",
		},
		"a breaking change stands on a line that editors understand": {
			source: wider, lock: lock, args: []string{"--update"}, code: exitFailed, want: lock,
			stderr: "order.go:5:2: Order.Number: it was int64 and is int32",
		},
		"a breaking change says how to accept it": {
			source: wider, lock: lock, code: exitFailed, want: lock,
			stderr: "zebusgen: codegen: changes that break running peers: undo them, or accept one that is meant with --accept Order.Number\n",
		},
		"--accept writes it": {
			source: wider, lock: lock, args: []string{"--accept", "Order.Number"}, code: exitOK, want: strings.Replace(lock, "int64", "int32", 1),
			stdout: "zebus.lock: written\n  accepted: Order.Number: it was int64 and is int32, and peers that run read and write the former\n",
		},
		"--accept of what breaks nobody is a mistake in the command line": {
			source: source, lock: lock, args: []string{"--accept", "Order.Nummer"}, code: exitUsage, want: lock,
			stderr: "zebusgen: codegen: nothing to accept: Order.Nummer breaks nobody",
		},
		"a merge conflict stands on a line that editors understand": {
			source: source, lock: lock + "<<<<<<< ours\n", code: exitFailed, want: lock + "<<<<<<< ours\n", stderr: "zebus.lock:6: a merge conflict",
		},
		"an unknown flag is a mistake in the command line": {
			source: source, lock: lock, args: []string{"--force"}, code: exitUsage, stderr: "zebusgen: unknown flag: --force", want: lock,
		},
		"--help has examples": {source: source, lock: lock, args: []string{"--help"}, code: exitOK, stdout: "go tool zebusgen check --accept PlaceOrder.Note", want: lock},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			enter(t, tc.source)
			if tc.lock != "" {
				if err := os.WriteFile("zebus.lock", []byte(tc.lock), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var stdout, stderr strings.Builder
			if code := run(t.Context(), append([]string{"check"}, tc.args...), &stdout, &stderr); code != tc.code {
				t.Errorf("exit code %d, want %d", code, tc.code)
			}
			expect(t, "standard output", stdout.String(), tc.stdout)
			expect(t, "standard error", stderr.String(), tc.stderr)
			if got, _ := os.ReadFile("zebus.lock"); string(got) != tc.want {
				t.Errorf("the lock file is %q, want %q", got, tc.want)
			}
		})
	}
}
