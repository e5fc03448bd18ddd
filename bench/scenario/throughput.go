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
	return events(OneToOne, "events from one publisher to one subscriber, by the size of their body",
		func(p Plan) (lineup, []int) { return lineup{sinks: 1, sources: 1}, p.Sizes })
}

func oneToTen() Scenario {
	return events(OneToTen, "events with bodies of 100 bytes from one publisher to each of ten subscribers; what they handle altogether",
		func(p Plan) (lineup, []int) { return lineup{sinks: p.Fan, sources: 1}, []int{bodyBytes} })
}

func tenToOne() Scenario {
	return events(TenToOne, "events with bodies of 100 bytes from each of ten publishers to one subscriber",
		func(p Plan) (lineup, []int) { return lineup{sinks: 1, sources: p.Fan}, []int{bodyBytes} })
}

// events returns a scenario in which everyone publishes bodies of these sizes in that lineup.
func events(name, about string, of func(Plan) (l lineup, sizes []int)) Scenario {
	s := Scenario{Name: name, About: about, Contenders: everyone}
	s.Run = func(ctx context.Context, p Plan, results *result.Results) error {
		l, sizes := of(p)
		return throughput(ctx, p, s, results, l, sizes)
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
