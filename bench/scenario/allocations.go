package scenario

import (
	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/worker"
)

// enoughToCount is the number of messages over which allocations are counted: what a process allocates beside its
// messages must not show in the third digit.
const enoughToCount = 20000

// countAllocations lets teams with one publisher and one subscriber publish, and counts what that allocates. It takes no
// times, so nobody needs to take turns.
func countAllocations(s Scenario, results *result.Results, teams []*team, size int) error {
	for _, t := range teams {
		if len(t.sources) > 1 || len(t.sinks) > 1 {
			continue
		}
		sent, received, err := t.allocations(worker.Load{Count: enoughToCount, Bytes: size})
		if err != nil {
			return err
		}
		results.Add(s.Name, Bytes(size), result.SentAllocs, t.contender.Name, sent)
		results.Add(s.Name, Bytes(size), result.ReadAllocs, t.contender.Name, received)
	}
	return nil
}

// allocations returns how many there are for each message of a load, on either side.
func (t *team) allocations(l worker.Load) (sent, received float64, err error) {
	before, err := usages(t.sources[0], t.sinks[0])
	if err != nil {
		return 0, 0, err
	}
	if _, err := t.publish(l); err != nil {
		return 0, 0, err
	}
	after, err := usages(t.sources[0], t.sinks[0])
	if err != nil {
		return 0, 0, err
	}
	each := func(i int) float64 { return float64(after[i].Mallocs-before[i].Mallocs) / float64(l.Count) }
	return each(0), each(1), nil
}

func usages(workers ...*worker.Worker) ([]worker.Usage, error) {
	var all []worker.Usage
	for _, w := range workers {
		u, err := w.Usage()
		if err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	return all, nil
}
