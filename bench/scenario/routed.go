package scenario

import (
	"context"
	"errors"
	"fmt"

	"github.com/zebus-go/zebus/bench/contender"
	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/worker"
)

// The scenario of routed events, and its reference.
const (
	Routed   = "events, routed"
	Unrouted = "unrouted"
)

func routed() Scenario {
	s := Scenario{
		Name:       Routed,
		About:      "events of 100 bytes that are routed by two members, by how many bindings the publisher knows; one of them matches",
		Contenders: []string{contender.Bus},
	}
	s.Run = func(ctx context.Context, p Plan, results *result.Results) error { return routes(ctx, p, s, results) }
	return s
}

// routes compares senders that know more and more bindings. All send the same fields; the reference sends them in an
// event that nobody routes, from the sender that knows most.
func routes(ctx context.Context, p Plan, s Scenario, results *result.Results) (err error) {
	for _, c := range p.among(s.Contenders) {
		var teams []*team
		defer func() { err = errors.Join(err, closeAll(teams)) }()
		var entrants []entrant
		for _, crowd := range p.crowds() {
			p.Progress(fmt.Sprintf("%s, %s", s.Name, Known(crowd.Peers*crowd.Bindings)))
			t, err := assemble(ctx, c, lineup{sinks: 1, sources: 1, setup: crowd})
			if err != nil {
				return err
			}
			teams = append(teams, t)
			entrants = append(entrants, publisher(Known(crowd.Peers*crowd.Bindings), t, "Quote"))
		}
		entrants = append(entrants, publisher(Unrouted, teams[len(teams)-1], "Trade"))
		keep := func(variant string, run span) {
			results.Add(s.Name, variant, result.Throughput, c.Name, run.perSecond())
		}
		if err := p.race(entrants, keep); err != nil {
			return err
		}
	}
	return nil
}

// crowds are the peers that senders know: few with a binding each, then more, then as many as the plan says with as many
// bindings.
func (p Plan) crowds() []contender.Setup {
	return []contender.Setup{
		{Peers: min(10, p.Crowd), Bindings: 1},
		{Peers: min(100, p.Crowd), Bindings: min(100, p.Crowd)},
		{Peers: p.Crowd, Bindings: p.Crowd},
	}
}

// publisher is a team that publishes one kind of event.
func publisher(name string, t *team, event string) entrant {
	return entrant{name, func(n int) (span, error) {
		return t.publish(worker.Load{Count: n, Bytes: bodyBytes, Event: event})
	}}
}

// Known names a variant of [Routed].
func Known(bindings int) string { return fmt.Sprintf("%d bindings", bindings) }
