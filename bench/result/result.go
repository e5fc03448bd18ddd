// Package result has what a run of the benchmark measured, and what can be said of it.
package result

import (
	"math"
	"slices"
)

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
	Throughput     Metric = "messages/s"
	P50            Metric = "p50, µs"
	P99            Metric = "p99, µs"
	P999           Metric = "p99.9, µs"
	SentAllocs     Metric = "allocations per message sent"
	ReadAllocs     Metric = "allocations per message received"
	ThroughputLost Metric = "throughput lost, %"
	P99Gained      Metric = "p99 longer by, %"
	Start          Metric = "until started, ms"
	HeapPerKnown   Metric = "heap per known peer, KiB"
	HeapPerPeer    Metric = "heap per peer, KiB"
	MemoryPerPeer  Metric = "resident memory per peer, KiB"
	FilesPerPeer   Metric = "descriptors per peer"
	SocketsPerPeer Metric = "sockets per peer"
)

// Compared says whether a ratio of two values says something: counts near nothing have none worth reading.
func (m Metric) Compared() bool {
	return slices.Contains([]Metric{Throughput, P50, P99, P999}, m)
}

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

// Interval returns bounds between which the true median lies in 19 of 20 runs, however the values are distributed: the
// k-th smallest and the k-th largest value, with the largest k for which that holds.
func (r *Result) Interval() (least, most float64) {
	sorted := slices.Sorted(slices.Values(r.Values))
	n := len(sorted)
	if n == 0 {
		return 0, 0
	}
	k := 0
	for below := binomial(n, 0); 2*below <= 0.05 && k < n/2; below += binomial(n, k) {
		k++
	}
	k = max(k, 1)
	return sorted[k-1], sorted[n-k]
}

// binomial is the chance that exactly k of n values lie below their true median.
func binomial(n, k int) float64 {
	chance := math.Pow(0.5, float64(n))
	for i := range k {
		chance *= float64(n-i) / float64(i+1)
	}
	return chance
}

// Beside returns the ratios of values that are of the same repetition. What disturbs the machine for a while disturbs both: so
// their median says more than the ratio of medians.
func (r *Result) Beside(reference *Result) *Result {
	ratios := &Result{Scenario: r.Scenario, Variant: r.Variant, Metric: r.Metric, Contender: r.Contender}
	for i := range min(len(r.Values), len(reference.Values)) {
		if reference.Values[i] != 0 {
			ratios.Values = append(ratios.Values, r.Values[i]/reference.Values[i])
		}
	}
	return ratios
}

// Results are all that a run measured.
type Results struct {
	List []Result `json:"list"`
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
