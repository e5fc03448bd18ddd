package scenario

import (
	"context"
	"errors"
	"time"

	"github.com/zebus-go/zebus/bench/contender"
	"github.com/zebus-go/zebus/bench/result"
)

// RoundTrip is the name of the scenario of single commands.
const RoundTrip = "command, round trip"

func roundTrip() Scenario {
	s := Scenario{
		Name:       RoundTrip,
		About:      "one command at a time, until its reply, with bodies of 100 bytes",
		Contenders: everyone,
	}
	s.Run = func(ctx context.Context, p Plan, results *result.Results) error { return trips(ctx, p, s, results) }
	return s
}

// bodyBytes is the size of bodies where only one is measured.
const bodyBytes = 100

func trips(ctx context.Context, p Plan, s Scenario, results *result.Results) (err error) {
	teams, err := assembleAll(ctx, p.among(s.Contenders), lineup{sinks: 1, sources: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAll(teams)) }()
	p.Progress(s.Name)
	for repetition := range p.Repetitions + 1 {
		for i := range teams {
			t := teams[(repetition+i)%len(teams)] // nobody is always first
			l, err := t.sources[0].Request(p.Trips, bodyBytes)
			if err != nil {
				return err
			}
			if repetition > 0 { // the first one is the warm-up
				addLatencies(results, s.Name, "", t.contender.Name, l)
			}
		}
	}
	return nil
}

func addLatencies(results *result.Results, scenario, variant, contender string, l contender.Latencies) {
	results.Add(scenario, variant, result.P50, contender, microseconds(l.P50))
	results.Add(scenario, variant, result.P99, contender, microseconds(l.P99))
	results.Add(scenario, variant, result.P999, contender, microseconds(l.P999))
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
