package scenario

import (
	"context"
	"errors"
	"fmt"

	"github.com/zebus-go/zebus/bench/contender"
	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/worker"
)

// PerPeer is the name of the scenario of what a connection costs.
const PerPeer = "cost per connected peer"

func perPeer() Scenario {
	s := Scenario{
		Name:       PerPeer,
		About:      "what a publisher needs for each subscriber that it has sent to",
		Contenders: []string{contender.Bus, contender.Raw, contender.NATS, contender.GRPCStream, contender.TCP},
	}
	s.Run = func(ctx context.Context, p Plan, results *result.Results) error {
		for _, c := range p.among(s.Contenders) {
			p.Progress(fmt.Sprintf("%s, %s", s.Name, c.Name))
			if err := p.cost(ctx, c, results); err != nil {
				return err
			}
		}
		return nil
	}
	return s
}

// cost compares a publisher that has sent to one subscriber with one that has sent to many.
func (p Plan) cost(ctx context.Context, c contender.Contender, results *result.Results) error {
	one, err := publisherUsage(ctx, c, 1)
	if err != nil {
		return err
	}
	many, err := publisherUsage(ctx, c, 1+p.Fan)
	if err != nil {
		return err
	}
	per := func(many, one uint64) float64 { return (float64(many) - float64(one)) / float64(p.Fan) }
	results.Add(PerPeer, "", result.HeapPerPeer, c.Name, per(many.Heap, one.Heap)/1024)
	results.Add(PerPeer, "", result.MemoryPerPeer, c.Name, per(many.Resident, one.Resident)/1024)
	results.Add(PerPeer, "", result.FilesPerPeer, c.Name, per(uint64(many.Files), uint64(one.Files)))
	results.Add(PerPeer, "", result.SocketsPerPeer, c.Name, per(uint64(many.Sockets), uint64(one.Sockets)))
	return nil
}

func publisherUsage(ctx context.Context, c contender.Contender, sinks int) (u worker.Usage, err error) {
	t, err := assemble(ctx, c, lineup{sinks: sinks, sources: 1})
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	if _, err := t.publish(worker.Load{Count: 100, Bytes: bodyBytes}); err != nil {
		return u, err
	}
	return t.sources[0].Usage()
}
