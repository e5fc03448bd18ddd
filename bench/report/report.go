// Package report shows results: as text for a terminal, as Markdown with plots, as JSON, and beside the targets that must
// hold.
package report

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/scenario"
)

// The files of a report.
const (
	fileJSON     = "results.json"
	fileMarkdown = "results.md"
)

// A Report is the results of a run, and where they come from.
type Report struct {
	Go      string         `json:"go"`      // version
	CPUs    int            `json:"cpus"`    // of the machine
	System  string         `json:"system"`  // and architecture
	Results result.Results `json:"results"` // in the order in which they were measured
}

// New returns the report of results that were measured on this machine.
func New(results result.Results) *Report {
	return &Report{Go: runtime.Version(), CPUs: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Results: results}
}

// Read returns a report that was written to a folder.
func Read(folder string) (*Report, error) {
	text, err := os.ReadFile(filepath.Join(folder, fileJSON))
	if err != nil {
		return nil, err
	}
	r := new(Report)
	return r, json.Unmarshal(text, r)
}

// Write writes the report to a folder: JSON, Markdown and plots.
func (r *Report) Write(folder string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	err = errors.Join(os.MkdirAll(folder, 0o750), write(folder, fileJSON, string(text)+"\n"), write(folder, fileMarkdown, r.Markdown("")))
	for _, p := range r.plots() {
		err = errors.Join(err, write(folder, p.file, p.svg()))
	}
	return err
}

// Updated returns the report with the results of a newer one in the place of its own, scenario by scenario.
func (r *Report) Updated(newer *Report) *Report {
	merged := *newer
	merged.Results.List = nil
	for _, s := range scenario.All() {
		from := r
		if newer.has(s.Name) {
			from = newer
		}
		for _, found := range from.Results.List {
			if found.Scenario == s.Name {
				merged.Results.List = append(merged.Results.List, found)
			}
		}
	}
	return &merged
}

func (r *Report) has(scenario string) bool {
	return slices.ContainsFunc(r.Results.List, func(found result.Result) bool { return found.Scenario == scenario })
}

func write(folder, file, text string) error {
	return os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600)
}

// machine is one line on where the results come from.
func (r *Report) machine() string {
	return "Measured on " + strconv.Itoa(r.CPUs) + " cores, " + r.System + ", " + r.Go + "."
}
