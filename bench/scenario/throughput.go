package scenario

import (
	"context"
	"errors"
	"fmt"

	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/worker"
)

// The scenarios of events.
const (
	OneToOne = "events, one to one"
	OneToTen = "events, one to ten"
	TenToOne = "events, ten to one"
)

func oneToOne() Scenario {
	s := Scenario{
		Name:       OneToOne,
		About:      "events from one publisher to one subscriber, by the size of their body",
		Contenders: everyone,
	}
	s.Run = func(ctx context.Context, p Plan, results *result.Results) error {
		return throughput(ctx, p, s, results, lineup{sinks: 1, sources: 1}, p.Sizes)
	}
	return s
}

func oneToTen() Scenario {
	s := Scenario{
		Name:       OneToTen,
		About:      "events with bodies of 100 bytes from one publisher to each of ten subscribers; what they handle altogether",
		Contenders: everyone,
	}
	s.Run = func(ctx context.Context, p Plan, results *result.Results) error {
		return throughput(ctx, p, s, results, lineup{sinks: p.Fan, sources: 1}, []int{bodyBytes})
	}
	return s
}

func tenToOne() Scenario {
	s := Scenario{
		Name:       TenToOne,
		About:      "events with bodies of 100 bytes from each of ten publishers to one subscriber",
		Contenders: everyone,
	}
	s.Run = func(ctx context.Context, p Plan, results *result.Results) error {
		return throughput(ctx, p, s, results, lineup{sinks: 1, sources: p.Fan}, []int{bodyBytes})
	}
	return s
}

// throughput lets the contenders publish as fast as they can.
func throughput(ctx context.Context, p Plan, s Scenario, results *result.Results, l lineup, sizes []int) (err error) {
	teams, err := assembleAll(ctx, p.among(s.Contenders), l)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAll(teams)) }()
	for _, size := range sizes {
		p.Progress(fmt.Sprintf("%s, %s", s.Name, Bytes(size)))
		keep := func(name string, run span) {
			results.Add(s.Name, Bytes(size), result.Throughput, name, run.perSecond())
		}
		if err := p.race(publishers(teams, worker.Load{Bytes: size}), keep); err != nil {
			return err
		}
		if err := countAllocations(s, results, teams, size); err != nil {
			return err
		}
	}
	return nil
}

// publishers are teams that publish as fast as they can.
func publishers(teams []*team, l worker.Load) []entrant {
	var entrants []entrant
	for _, t := range teams {
		entrants = append(entrants, entrant{t.contender.Name, func(n int) (span, error) {
			l.Count = n
			return t.publish(l)
		}})
	}
	return entrants
}

// Bytes returns a size as the report has it.
func Bytes(n int) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%d KB", n>>10)
}
