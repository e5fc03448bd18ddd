package scenario

import (
	"context"
	"errors"
	"fmt"

	"github.com/zebus-go/zebus/bench/contender"
	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/worker"
)

// The scenario of a peer that hangs, and its variants.
const (
	HungPeer = "one hung peer among ten"
	With     = "with"
	Without  = "without"
)

func hungPeer() Scenario {
	s := Scenario{
		Name: HungPeer,
		About: "events with bodies of 100 bytes to nine subscribers, with a tenth that is stopped where it stands, and without it: " +
			"throughput, then latency at a steady pace",
		Contenders: []string{contender.Bus, contender.NATS},
	}
	s.Run = func(ctx context.Context, p Plan, results *result.Results) error { return hangs(ctx, p, s, results) }
	return s
}

// pace is how many events a second are published while latency is measured: far below what any contender can.
const pace = 1000

// steadyTurns is how many turns latency is measured for: the 99th percentile needs many events.
const steadyTurns = 3

func hangs(ctx context.Context, p Plan, s Scenario, results *result.Results) error {
	for _, c := range p.among(s.Contenders) {
		n, err := p.healthyCount(ctx, c)
		if err != nil {
			return err
		}
		for pair := range p.Pairs {
			p.Progress(fmt.Sprintf("%s, %s, pair %d of %d", s.Name, c.Name, pair+1, p.Pairs))
			if err := p.pair(ctx, c, n, pair%2 == 0, results); err != nil {
				return err
			}
		}
	}
	return nil
}

// pair runs with and without a peer that hangs, in either order, and adds what the others lost.
func (p Plan) pair(ctx context.Context, c contender.Contender, n int, hungFirst bool, results *result.Results) error {
	var with, without outcome
	var err error
	if hungFirst {
		with, err = p.run(ctx, c, n, true)
	}
	if err == nil {
		without, err = p.run(ctx, c, n, false)
	}
	if err == nil && !hungFirst {
		with, err = p.run(ctx, c, n, true)
	}
	if err != nil {
		return err
	}
	results.Add(HungPeer, With, result.Throughput, c.Name, with.perSecond)
	results.Add(HungPeer, Without, result.Throughput, c.Name, without.perSecond)
	results.Add(HungPeer, With, result.P99, c.Name, with.p99)
	results.Add(HungPeer, Without, result.P99, c.Name, without.p99)
	results.Add(HungPeer, "", result.ThroughputLost, c.Name, 100*(1-with.perSecond/without.perSecond))
	results.Add(HungPeer, "", result.P99Gained, c.Name, 100*(with.p99/without.p99-1))
	return nil
}

// An outcome is what one run showed of the healthy peers.
type outcome struct {
	perSecond float64
	p99       float64 // microseconds
}

// run measures a team that lives for this run only: every peer that hangs begins to hang anew.
func (p Plan) run(ctx context.Context, c contender.Contender, n int, hung bool) (o outcome, err error) {
	t, err := p.hungTeam(ctx, c, hung)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, t.kill()) }()
	full, err := t.publish(worker.Load{Count: n, Bytes: bodyBytes, Hung: hung})
	if err != nil {
		return o, err
	}
	steady := worker.Load{Count: max(int(pace*steadyTurns*p.Duration.Seconds()), 10), Bytes: bodyBytes, Hung: hung, PerSecond: pace, Stamped: true}
	paced, err := t.publish(steady)
	return outcome{full.perSecond(), microseconds(paced.latencies().P99)}, err
}

// hungTeam starts a team that is connected and warm, whose last sink hangs, or is missing.
func (p Plan) hungTeam(ctx context.Context, c contender.Contender, hung bool) (*team, error) {
	l := lineup{sinks: p.Fan - 1, sources: 1}
	if hung {
		l.sinks = p.Fan
	}
	t, err := assemble(ctx, c, l)
	if err != nil {
		return nil, err
	}
	if _, err := t.publish(worker.Load{Count: 1000, Bytes: bodyBytes}); err != nil {
		return nil, errors.Join(err, t.kill())
	}
	if hung {
		last := len(t.sinks) - 1
		t.hung, t.sinks = t.sinks[last:], t.sinks[:last]
		err = t.hung[0].Hang()
	}
	return t, err
}

// healthyCount returns how many events fill a turn.
func (p Plan) healthyCount(ctx context.Context, c contender.Contender) (n int, err error) {
	t, err := p.hungTeam(ctx, c, false)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, t.kill()) }()
	return p.fill(func(n int) (span, error) { return t.publish(worker.Load{Count: n, Bytes: bodyBytes}) })
}
