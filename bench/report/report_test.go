package report_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zebus-go/zebus/bench/report"
	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/scenario"
)

// events are results of one scenario, in messages per second.
func events(ours, raw, nats float64) result.Results {
	var r result.Results
	r.Add(scenario.OneToOne, "100 B", result.Throughput, "zebus", ours)
	r.Add(scenario.OneToOne, "100 B", result.Throughput, "pebbe/zmq4", raw)
	r.Add(scenario.OneToOne, "100 B", result.Throughput, "nats", nats)
	return r
}

// trips are results of the round trip, in microseconds.
func trips(ours, raw float64) result.Results {
	var r result.Results
	r.Add(scenario.RoundTrip, "", result.P50, "zebus", ours)
	r.Add(scenario.RoundTrip, "", result.P50, "pebbe/zmq4", raw)
	return r
}

func TestTargets(t *testing.T) {
	t.Parallel()
	const beside = "events of 100 B, beside NATS"
	tests := map[string]struct {
		results result.Results
		missed  string // what a strict run names
		fails   bool   // whether any run does
	}{
		"all are met":                                  {events(800, 1000, 600), "", false},
		"slower than the raw sockets allow":            {events(700, 1000, 500), "events of 100 B, beside raw", false},
		"not ahead of NATS":                            {events(760, 1000, 700), beside, false},
		"not ahead of NATS, but near the raw sockets":  {events(910, 1000, 1000), "", false},
		"neither ahead of NATS, nor near enough":       {events(890, 1000, 1000), beside, false},
		"a round trip that is slow, and within limits": {trips(140, 100), "round trip, beside the raw ping-pong", false},
		"a round trip over the limit":                  {trips(151, 100), "the limit that fails", true},
		"what was not measured is not judged":          {result.Results{}, "", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := report.New(tc.results)
			err := r.Missed(true)
			if (err != nil) != (tc.missed != "") || err != nil && !strings.Contains(err.Error(), tc.missed) {
				t.Errorf("Missed(true) = %v, want %q", err, tc.missed)
			}
			if err := r.Missed(false); errors.Is(err, report.ErrMissed) != tc.fails {
				t.Errorf("Missed(false) = %v, want an error: %t", err, tc.fails)
			}
		})
	}
}

// A machine that slows down between two turns of a round says nothing of either contender; what counts is the other rounds.
func TestTargetsAreJudgedByRounds(t *testing.T) {
	t.Parallel()
	results := events(800, 1000, 600)
	for _, round := range [][2]float64{{400, 500}, {390, 500}, {820, 1000}, {410, 1000}} {
		results.Add(scenario.OneToOne, "100 B", result.Throughput, "zebus", round[0])
		results.Add(scenario.OneToOne, "100 B", result.Throughput, "pebbe/zmq4", round[1])
		results.Add(scenario.OneToOne, "100 B", result.Throughput, "nats", round[1]/2)
	}
	if err := report.New(results).Missed(true); err != nil { // the ratio of the medians is 0.41
		t.Errorf("Missed(true) = %v, though four rounds of five meet every target", err)
	}
}

func TestUpdatedKeepsOtherScenarios(t *testing.T) {
	t.Parallel()
	before := report.New(events(1, 2, 3))
	before.Results.List = append(before.Results.List, trips(4, 5).List...)
	after := before.Updated(report.New(trips(6, 7)))
	if got := after.Results.Find(scenario.RoundTrip, "", result.P50, "zebus").Values; len(got) != 1 || got[0] != 6 {
		t.Errorf("the round trip is %v, want the newer one, 6", got)
	}
	if got := after.Results.Find(scenario.OneToOne, "100 B", result.Throughput, "zebus"); got == nil || got.Median() != 1 {
		t.Errorf("events are %v, want the older ones", got)
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	const begin, end = "<!-- results: written by make bench-doc, changed by nobody -->\n", "<!-- end of the results -->\n"
	tests := map[string]struct {
		text string
		good bool
	}{
		"the results of an earlier run": {"before\n" + begin + "old\n" + end + "after\n", true},
		"no results yet":                {"before\n" + begin + end + "after\n", true},
		"no place":                      {"before\nafter\n", false},
		"no end":                        {"before\n" + begin + "after\n", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := filepath.Join(t.TempDir(), "page.md")
			if err := os.WriteFile(page, []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			err := report.New(events(800, 1000, 600)).UpdateDocument(page, filepath.Join(filepath.Dir(page), "results"))
			if (err == nil) != tc.good {
				t.Fatalf("UpdateDocument = %v, want success: %t", err, tc.good)
			}
			got, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			checkPage(t, string(got), tc.text, tc.good)
		})
	}
}

// checkPage looks for what must be in a page, once it has the results.
func checkPage(t *testing.T, got, before string, updated bool) {
	t.Helper()
	if !updated {
		if got != before {
			t.Errorf("the page became %q, though it has no place", got)
		}
		return
	}
	if !strings.HasPrefix(got, "before\n") || !strings.HasSuffix(got, "after\n") || strings.Contains(got, "old") {
		t.Errorf("the page is %q, want the results in the place of old ones, and the rest as it was", got)
	}
	if !strings.Contains(got, "| zebus | **800** 0.80× |") || !strings.Contains(got, "(results/one-to-one.svg)") {
		t.Errorf("the page is %q, want the results and their plot", got)
	}
}

func TestPlotsAreWellFormed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	results := events(800, 1000, 600)
	results.List = append(results.List, trips(140, 100).List...)
	results.Add(scenario.RoundTrip, "", result.P99, "zebus", 400) // nobody else has one
	if err := report.New(results).Write(folder); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one-to-one.svg", "round-trip.svg"} {
		file, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		decoder := xml.NewDecoder(file)
		for err == nil {
			_, err = decoder.Token()
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", name, err)
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
}
