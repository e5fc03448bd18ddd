// Package result has what a run of the benchmark measured, and what can be said of it.
package result

import "slices"

// A Result is what one contender did in one variant of a scenario: one value per repetition.
type Result struct {
	Scenario  string    `json:"scenario"`
	Variant   string    `json:"variant"` // "100 B"; empty where there is one only
	Metric    Metric    `json:"metric"`
	Contender string    `json:"contender"`
	Values    []float64 `json:"values"`
}

// A Metric is what the values of a result are. Its text names the unit.
type Metric string

// The metrics.
const (
	Throughput  Metric = "messages/s"
	P50         Metric = "p50, µs"
	P99         Metric = "p99, µs"
	P999        Metric = "p99.9, µs"
	SentAllocs  Metric = "allocations per message sent"
	ReadAllocs  Metric = "allocations per message received"
	ThroughLoss Metric = "throughput lost, %"
	P99Gain     Metric = "p99 gained, %"
	Startup     Metric = "start, ms"
	Memory      Metric = "memory per peer, KiB"
	Sockets     Metric = "sockets per peer"
)

// Median returns the middle value.
func (r *Result) Median() float64 {
	sorted := slices.Sorted(slices.Values(r.Values))
	switch n := len(sorted); {
	case n == 0:
		return 0
	case n%2 == 1:
		return sorted[n/2]
	default:
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
}

// Range returns the smallest and the largest value.
func (r *Result) Range() (least, most float64) {
	if len(r.Values) == 0 {
		return 0, 0
	}
	return slices.Min(r.Values), slices.Max(r.Values)
}

// Results are all that a run measured.
type Results struct {
	List []Result
}

// Add takes note of the value of a repetition.
func (r *Results) Add(scenario, variant string, m Metric, contender string, value float64) {
	if found := r.Find(scenario, variant, m, contender); found != nil {
		found.Values = append(found.Values, value)
		return
	}
	r.List = append(r.List, Result{Scenario: scenario, Variant: variant, Metric: m, Contender: contender, Values: []float64{value}})
}

// Find returns a result, nil when it was not measured.
func (r *Results) Find(scenario, variant string, m Metric, contender string) *Result {
	for i := range r.List {
		if c := &r.List[i]; c.Scenario == scenario && c.Variant == variant && c.Metric == m && c.Contender == contender {
			return c
		}
	}
	return nil
}
