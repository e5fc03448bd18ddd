package scenario

import (
	"context"
	"errors"
	"fmt"

	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/worker"
)

// OneToOne is the name of the scenario of one publisher and one subscriber.
const OneToOne = "events, one to one"

func oneToOne() Scenario {
	s := Scenario{
		Name:       OneToOne,
		About:      "events from one publisher to one subscriber, by the size of their body",
		Contenders: []string{"zebus", "zebus-inline", "pebbe/zmq4", "nats"},
	}
	s.Run = func(ctx context.Context, p Plan, results *result.Results) error {
		return throughput(ctx, p, s, results, lineup{sinks: 1, sources: 1})
	}
	return s
}

// throughput lets the contenders publish as fast as they can.
func throughput(ctx context.Context, p Plan, s Scenario, results *result.Results, l lineup) (err error) {
	teams, err := assembleAll(ctx, p.among(s.Contenders), l)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAll(teams)) }()
	for _, size := range p.Sizes {
		p.Progress(fmt.Sprintf("%s, %s", s.Name, Bytes(size)))
		run := func(t *team, n int) (span, error) { return t.publish(worker.Load{Count: n, Bytes: size}) }
		keep := func(t *team, run span) {
			results.Add(s.Name, Bytes(size), result.Throughput, t.contender.Name, run.perSecond())
		}
		if err := p.race(teams, run, keep); err != nil {
			return err
		}
	}
	return nil
}

// Bytes returns a size as the report has it.
func Bytes(n int) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%d KB", n>>10)
}
