package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/bench/contender"
	"github.com/zebus-go/zebus/bench/report"
	"github.com/zebus-go/zebus/bench/scenario"
	"github.com/zebus-go/zebus/bench/worker"
)

// TestMain lets the test program be its own workers.
func TestMain(m *testing.M) {
	if worker.IsWorker() {
		if err := worker.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// A meter fails the run when a message is lost, doubled or not as it was sent, so a run that ends has counted right.
func TestEveryContenderRunsEveryScenario(t *testing.T) {
	folder := t.TempDir()
	o, err := parse([]string{"-quick", "-out", folder}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var out, progress bytes.Buffer
	if err := run(t.Context(), o, &out, &progress); err != nil {
		t.Fatalf("%v\n%s", err, &progress)
	}
	r, err := report.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenario.All() {
		for _, name := range s.Contenders {
			if !took(r, s.Name, name) {
				t.Errorf("%s: nothing was measured of %s", s.Name, name)
			}
		}
		if !strings.Contains(out.String(), s.Name) {
			t.Errorf("the text lacks %q", s.Name)
		}
	}
	for _, file := range []string{"results.md", "one-to-one.svg", "round-trip.svg", "pipelined.svg", "routed.svg"} {
		if text, err := os.ReadFile(filepath.Join(folder, file)); err != nil || len(text) == 0 {
			t.Errorf("%s: %d bytes, %v", file, len(text), err)
		}
	}
}

// took says whether a contender was measured in a scenario.
func took(r *report.Report, name, contender string) bool {
	free := name == scenario.PerPeer // a subscriber that a broker serves costs its publisher nothing
	for _, found := range r.Results.List {
		if found.Scenario == name && found.Contender == contender && (found.Median() > 0 || free) {
			return true
		}
	}
	return false
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want string // in the error
	}{
		"an unknown flag":               {[]string{"-fast"}, "-fast"},
		"an argument":                   {[]string{"everything"}, `"everything"`},
		"an unknown contender":          {[]string{"-contenders", "zebus,kafka"}, `"kafka"`},
		"an unknown scenario":           {[]string{"-scenarios", "nothing like it"}, "nothing like it"},
		"a size that is none":           {[]string{"-sizes", "100,big"}, `"100,big"`},
		"no commands in flight":         {[]string{"-windows", "0"}, `"0"`},
		"a document without a folder":   {[]string{"-document", "page.md"}, "-out"},
		"all mistakes at the same time": {[]string{"-sizes", "x", "-windows", "y"}, `"y"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := parse(tc.args, io.Discard); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("parse(%q) = %v, want an error about %s", tc.args, err, tc.want)
			}
		})
	}
}

func TestHelpNamesScenariosAndContenders(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if _, err := parse([]string{"-help"}, &out); err != flag.ErrHelp { //nolint:errorlint // package flag returns it as it is
		t.Fatalf("parse(-help) = %v, want flag.ErrHelp", err)
	}
	for _, s := range scenario.All() {
		if !strings.Contains(out.String(), s.Name) {
			t.Errorf("the help lacks scenario %q", s.Name)
		}
	}
	for _, c := range contender.All() {
		if !strings.Contains(out.String(), c.Name) {
			t.Errorf("the help lacks contender %q", c.Name)
		}
	}
}
