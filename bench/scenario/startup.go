package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zebus-go/zebus/bench/contender"
	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/worker"
)

// Startup is the name of the scenario of a peer that starts.
const Startup = "start of a peer"

func startup() Scenario {
	s := Scenario{
		Name:       Startup,
		About:      "how long a peer takes until it can publish, by how many others are known, each with ten bindings; and what they cost it",
		Contenders: []string{contender.Bus, contender.NATS},
	}
	s.Run = func(ctx context.Context, p Plan, results *result.Results) error { return starts(ctx, p, s, results) }
	return s
}

// bindingsKnown is how many bindings each of the known peers has.
const bindingsKnown = 10

func starts(ctx context.Context, p Plan, s Scenario, results *result.Results) error {
	for _, c := range p.among(s.Contenders) {
		p.Progress(fmt.Sprintf("%s, %s", s.Name, c.Name))
		if err := p.start(ctx, c, results); err != nil {
			return err
		}
	}
	return nil
}

// start starts peers beside nobody and beside a crowd, in turns.
func (p Plan) start(ctx context.Context, c contender.Contender, results *result.Results) (err error) {
	alone, err := assemble(ctx, c, lineup{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, alone.close()) }()
	crowded := alone
	if c.Name == contender.Bus { // peers of the others know nobody
		if crowded, err = assemble(ctx, c, lineup{setup: contender.Setup{Peers: p.Crowd, Bindings: bindingsKnown}}); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, crowded.close()) }()
	}
	for range p.Repetitions {
		small, took, err := startOne(ctx, alone)
		if err != nil {
			return err
		}
		results.Add(Startup, Others(0), result.Start, c.Name, milliseconds(took))
		if crowded == alone {
			continue
		}
		large, took, err := startOne(ctx, crowded)
		if err != nil {
			return err
		}
		results.Add(Startup, Others(p.Crowd), result.Start, c.Name, milliseconds(took))
		results.Add(Startup, Others(p.Crowd), result.HeapPerKnown, c.Name, float64(large.Heap-small.Heap)/float64(p.Crowd)/1024)
	}
	return nil
}

// startOne starts a peer beside the broker of a team, and ends it.
func startOne(ctx context.Context, t *team) (u worker.Usage, took time.Duration, err error) {
	w, err := worker.Start(ctx, t.contender, worker.Source, contender.Setup{Broker: t.broker.Address})
	if err != nil {
		return u, 0, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	u, err = w.Usage()
	return u, w.Took, err
}

// Others names a variant of [Startup].
func Others(n int) string { return fmt.Sprintf("%d others known", n) }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
