package scenario

import (
	"context"
	"errors"
	"fmt"

	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/worker"
)

// Pipelined is the name of the scenario of many commands at a time.
const Pipelined = "commands, pipelined"

func pipelined() Scenario {
	s := Scenario{
		Name:       Pipelined,
		About:      "commands with bodies of 100 bytes from one peer to another, by how many wait for their reply",
		Contenders: everyone,
	}
	s.Run = func(ctx context.Context, p Plan, results *result.Results) error { return pipelines(ctx, p, s, results) }
	return s
}

func pipelines(ctx context.Context, p Plan, s Scenario, results *result.Results) (err error) {
	teams, err := assembleAll(ctx, p.among(s.Contenders), lineup{sinks: 1, sources: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAll(teams)) }()
	for _, window := range p.Windows {
		p.Progress(fmt.Sprintf("%s, %s", s.Name, InFlight(window)))
		var entrants []entrant
		for _, t := range teams {
			entrants = append(entrants, entrant{t.contender.Name, func(n int) (span, error) {
				return t.ask(worker.Load{Count: n, Bytes: bodyBytes, Window: window})
			}})
		}
		keep := func(name string, run span) {
			results.Add(s.Name, InFlight(window), result.Throughput, name, run.perSecond())
		}
		if err := p.race(entrants, keep); err != nil {
			return err
		}
	}
	return nil
}

// ask makes the source send commands. Those that are not answered are counted by the sink, as events are.
func (t *team) ask(l worker.Load) (span, error) {
	if t.contender.OneWay {
		return t.deliver(l, func(source *worker.Worker, l worker.Load) error {
			_, err := source.Ask(l.Count, l.Bytes, l.Window)
			return err
		})
	}
	took, err := t.sources[0].Ask(l.Count, l.Bytes, l.Window)
	return span{messages: l.Count, took: took}, err
}

// InFlight names a variant of [Pipelined].
func InFlight(window int) string { return fmt.Sprintf("%d in flight", window) }
