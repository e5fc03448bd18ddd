package report

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/zebus-go/zebus/bench/contender"
	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/scenario"
)

// ErrMissed means that a target was missed.
var ErrMissed = errors.New("report: targets were missed")

// The contenders that targets are about.
const (
	ours = contender.Bus
	raw  = contender.Raw
	nats = contender.NATS
)

// A key names a result.
type key struct {
	scenario, variant string
	metric            result.Metric
	contender         string
}

func (k key) of(results *result.Results) *result.Result {
	return results.Find(k.scenario, k.variant, k.metric, k.contender)
}

// A target is what must hold of a result: of its median, or of the median of its ratios to another one.
type target struct {
	name   string
	result key
	than   key // of the reference; empty where the median itself counts
	most   bool
	limit  float64
	orLess *alternative
	fails  bool // whether a miss ends the program with 1
}

// An alternative is a reference that counts where it asks for less.
type alternative struct {
	than  key
	limit float64
}

// targets returns what must hold on a machine of two cores.
func targets() []target {
	events := func(size, who string) key { return key{scenario.OneToOne, size, result.Throughput, who} }
	fan := func(who string) key { return key{scenario.OneToTen, "100 B", result.Throughput, who} }
	trip := func(m result.Metric, who string) key { return key{scenario.RoundTrip, "", m, who} }
	asks := func(who string) key { return key{scenario.Pipelined, scenario.InFlight(256), result.Throughput, who} }
	hung := func(m result.Metric) key { return key{scenario.HungPeer, "", m, ours} }
	routed := func(variant string) key { return key{scenario.Routed, variant, result.Throughput, ours} }
	return []target{
		{name: "events of 100 B, beside raw", result: events("100 B", ours), than: events("100 B", raw), limit: 0.75},
		{
			name: "events of 100 B, beside NATS, or 0.9 × raw where that is less", result: events("100 B", ours), than: events("100 B", nats), limit: 1.2,
			orLess: &alternative{events("100 B", raw), 0.9},
		},
		{
			name: "events of 100 B, allocations sent", most: true, limit: 0.05,
			result: key{scenario.OneToOne, "100 B", result.SentAllocs, ours},
		},
		{
			name: "events of 100 B, allocations received: two of Unmarshal, and one", most: true, limit: 3.05,
			result: key{scenario.OneToOne, "100 B", result.ReadAllocs, ours},
		},
		{name: "events of 16 KB, beside raw", result: events("16 KB", ours), than: events("16 KB", raw), limit: 0.9},
		{name: "round trip, beside the raw ping-pong", result: trip(result.P50, ours), than: trip(result.P50, raw), most: true, limit: 1.15},
		{name: "round trip, the limit that fails", result: trip(result.P50, ours), than: trip(result.P50, raw), most: true, limit: 1.5, fails: true},
		{name: "round trip, p99 beside its own p50", result: trip(result.P99, ours), than: trip(result.P50, ours), most: true, limit: 2.5},
		{name: "round trip, beside NATS request/reply", result: trip(result.P50, ours), than: trip(result.P50, nats), most: true, limit: 0.8},
		{name: "256 commands in flight, beside raw one way", result: asks(ours), than: asks(raw), limit: 0.3},
		{name: "256 commands in flight, beside NATS", result: asks(ours), than: asks(nats), limit: 1.5},
		{name: "one to ten, beside ten raw PUSH sockets", result: fan(ours), than: fan(raw), limit: 0.75},
		{name: "a hung peer: throughput that the others lose, %", result: hung(result.ThroughputLost), most: true, limit: 10},
		{name: "a hung peer: how much longer the p99 of the others is, %", result: hung(result.P99Gained), most: true, limit: 50},
		{name: "routed by a million bindings, beside unrouted", result: routed(scenario.Known(1e6)), than: routed(scenario.Unrouted), limit: 0.8},
	}
}

// A verdict is what became of a target.
type verdict struct {
	target

	value float64
	limit float64 // that counts: that of the alternative where it asks for less
	note  string
}

func (v *verdict) met() bool {
	if v.most {
		return v.value <= v.limit
	}
	return v.value >= v.limit
}

// verdicts judges the targets whose results were measured.
func (r *Report) verdicts() []verdict {
	var all []verdict
	for _, t := range targets() {
		if v, ok := t.judge(&r.Results); ok {
			all = append(all, v)
		}
	}
	return all
}

// judge returns whether the target is met; false when something was not measured.
func (t target) judge(results *result.Results) (verdict, bool) {
	v := verdict{target: t, limit: t.limit}
	measured := t.result.of(results)
	if measured == nil {
		return v, false
	}
	if t.than != (key{}) {
		reference := t.than.of(results)
		if reference == nil {
			return v, false
		}
		measured = measured.Beside(reference)
	}
	least, most := measured.Interval()
	v.value, v.note = measured.Median(), fmt.Sprintf("between %s and %s", number(least), number(most))
	return v, t.orLess == nil || v.consider(results)
}

// consider lets the alternative count where it asks for less.
func (v *verdict) consider(results *result.Results) bool {
	other := v.orLess.than.of(results)
	if other == nil {
		return false
	}
	if enough := v.orLess.limit * other.Beside(v.than.of(results)).Median(); enough < v.limit {
		v.limit = enough
		v.note += fmt.Sprintf("; %.2f × %s is less than %.2f × %s", v.orLess.limit, v.orLess.than.contender, v.target.limit, v.than.contender)
	}
	return true
}

// words are the columns in which a verdict is shown.
func (v *verdict) words() []string {
	bound, state := "at least ", "missed"
	if v.most {
		bound = "at most "
	}
	if v.met() {
		state = "met"
	}
	return []string{v.name, bound + number(v.limit), number(v.value), state, v.note}
}

// Missed returns an error for the targets that were missed and must not be: [ErrMissed] with their names.
func (r *Report) Missed(all bool) error {
	var names []string
	for _, v := range r.verdicts() {
		if !v.met() && (all || v.fails) {
			names = append(names, v.name)
		}
	}
	if names == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrMissed, strings.Join(names, "; "))
}

func (r *Report) writeTargets(out io.Writer) error {
	var lines []string
	for _, v := range r.verdicts() {
		lines = append(lines, strings.Join(v.words(), "\t")+"\t")
	}
	if lines == nil {
		return nil
	}
	return writeAligned(out, "targets, as medians of the ratios of turns", lines)
}

func (r *Report) targetsMarkdown() string {
	var b strings.Builder
	b.WriteString("| what | target | measured | | |\n|---|---|---|---|---|\n")
	for _, v := range r.verdicts() {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(v.words(), " | "))
	}
	return b.String()
}
