// Package scenario has what is measured. Each [Scenario] lets the contenders do the same work, in turns, so that what
// disturbs the machine for a while disturbs all of them.
package scenario

import (
	"context"
	"slices"
	"time"

	"github.com/zebus-go/zebus/bench/contender"
	"github.com/zebus-go/zebus/bench/result"
)

// A Plan says how much to measure.
type Plan struct {
	Repetitions int
	Duration    time.Duration // of one, about
	Trips       int           // of one repetition of the round trip
	Sizes       []int         // bodies, in bytes
	Windows     []int         // commands in flight
	Fan         int           // peers on the side where there are many
	Pairs       int           // of runs with and without a peer that hangs
	Crowd       int           // peers that are known, and bindings of each
	Contenders  []string
	Rough       bool // shows whether everything works; too little to judge by
	Progress    func(text string)
}

// Full is the plan whose results are published.
func Full() Plan {
	return Plan{
		Repetitions: 9, Duration: 400 * time.Millisecond, Trips: 1500,
		Sizes: []int{16, 100, 1 << 10, 16 << 10}, Windows: []int{1, 16, 256, 4096},
		Fan: 10, Pairs: 16, Crowd: 1000,
	}
}

// Quick is a plan that shows whether everything works.
func Quick() Plan {
	return Plan{
		Repetitions: 1, Duration: 20 * time.Millisecond, Trips: 50,
		Sizes: []int{100}, Windows: []int{1, 4096}, Fan: 2, Pairs: 1, Crowd: 10, Rough: true,
	}
}

// A Scenario is something that is measured.
type Scenario struct {
	Name       string
	About      string
	Contenders []string
	Run        func(ctx context.Context, p Plan, results *result.Results) error
}

// All returns the scenarios in the order of the report.
func All() []Scenario {
	return []Scenario{oneToOne(), oneToTen(), tenToOne(), roundTrip(), pipelined(), routed(), hungPeer(), startup(), perPeer()}
}

// everyone are the contenders of scenarios that all can take part in.
var everyone = []string{contender.Bus, contender.InlineBus, contender.Raw, contender.NATS, contender.GRPCUnary, contender.GRPCStream, contender.TCP}

// among returns those of names that the plan has, as contenders.
func (p Plan) among(names []string) []contender.Contender {
	var found []contender.Contender
	for _, c := range contender.All() {
		if slices.Contains(names, c.Name) && (len(p.Contenders) == 0 || slices.Contains(p.Contenders, c.Name)) {
			found = append(found, c)
		}
	}
	return found
}
