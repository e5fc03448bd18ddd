package scenario

import (
	"fmt"
	"time"

	"github.com/zebus-go/zebus/bench/contender"
)

// An entrant is what takes its turn in a race.
type entrant struct {
	name string
	run  func(n int) (span, error) // sends n messages
}

// race lets the entrants take turns. Before, each finds out how many messages fill a turn, which is its warm-up as well.
func (p Plan) race(entrants []entrant, keep func(name string, s span)) error {
	counts := make([]int, len(entrants))
	for i, e := range entrants {
		var err error
		if counts[i], err = p.fill(e.run); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	for repetition := range p.Repetitions {
		for i := range entrants {
			next := (repetition + i) % len(entrants) // nobody is always first
			e := entrants[next]
			s, err := e.run(counts[next])
			if err != nil {
				return fmt.Errorf("%s: %w", e.name, err)
			}
			keep(e.name, s)
		}
	}
	return nil
}

// fill returns how many messages fill a turn, by sending more and more.
func (p Plan) fill(run func(n int) (span, error)) (int, error) {
	for n := 200; ; n *= 3 {
		s, err := run(n)
		if err != nil {
			return 0, err
		}
		if s.took > p.Duration/3 {
			return max(int(float64(n)*p.Duration.Seconds()/s.took.Seconds()), 1), nil
		}
	}
}

// A span is what came of a turn: so many messages, from the first that arrived to the last.
type span struct {
	messages int
	took     time.Duration
	readings []contender.Reading // of each sink
}

func (s *span) perSecond() float64 { return float64(s.messages) / s.took.Seconds() }

// sum adds up what the sinks saw.
func (s *span) sum() {
	first, last := s.readings[0].First, s.readings[0].Last
	for _, r := range s.readings {
		s.messages += r.Count
		first, last = min(first, r.First), max(last, r.Last)
	}
	s.took = max(time.Duration(last-first), 1)
}

// latencies sums up those of all sinks.
func (s *span) latencies() contender.Latencies {
	var all []time.Duration
	for _, r := range s.readings {
		all = append(all, r.Latencies...)
	}
	return contender.LatenciesOf(all)
}
