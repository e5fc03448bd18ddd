package scenario

import (
	"fmt"
	"time"

	"github.com/zebus-go/zebus/bench/contender"
)

// race lets the teams take turns. Before, each finds out how many messages fill a turn, which is its warm-up as well.
func (p Plan) race(teams []*team, run func(t *team, n int) (span, error), keep func(t *team, s span)) error {
	counts := make([]int, len(teams))
	for i, t := range teams {
		var err error
		if counts[i], err = p.fill(func(n int) (span, error) { return run(t, n) }); err != nil {
			return fmt.Errorf("%s: %w", t.contender.Name, err)
		}
	}
	for range p.Repetitions {
		for i, t := range teams {
			s, err := run(t, counts[i])
			if err != nil {
				return fmt.Errorf("%s: %w", t.contender.Name, err)
			}
			keep(t, s)
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

// A span is what a team did: so many messages, from the first that arrived to the last.
type span struct {
	messages int
	took     time.Duration
	readings []contender.Reading // of each sink
}

func (s *span) perSecond() float64 { return float64(s.messages) / s.took.Seconds() }
