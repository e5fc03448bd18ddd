package main

import (
	"runtime"
	"slices"
	"time"
)

// A plan says how long to measure.
type plan struct {
	rounds int
	turn   time.Duration // long enough for many garbage collections, so that each contender pays for its own
}

// A result is what came of a case.
type result struct {
	benchCase

	times  [contenders]time.Duration // of one call
	allocs [contenders]uint64        // of one call
}

// attempts is how often a case is measured that misses a target. What else runs on the machine can only spoil a
// measurement, not improve it.
const attempts = 3

// settle measures a case until it meets its targets, but not for ever.
func (p plan) settle(c benchCase) result {
	r := p.measure(c)
	for range attempts - 1 {
		if missed([]result{r}) == nil {
			break
		}
		r = p.measure(c)
	}
	return r
}

// measure gives the contenders their turns, one after the other, several times. A machine that slows down for a while
// slows all of them, and their ratio stays.
func (p plan) measure(c benchCase) result {
	calls := p.calls(c)
	var turns [contenders][]time.Duration
	for round := range p.rounds {
		for i := range contenders {
			who := (round + i) % contenders // nobody is always first
			turns[who] = append(turns[who], timeOf(c.do[who], calls[who]))
		}
	}
	r := result{benchCase: c}
	for who := range contenders {
		r.times[who] = lowerQuartile(turns[who]) / time.Duration(calls[who])
		r.allocs[who] = allocations(c.do[who])
	}
	return r
}

// calls is how many calls of each contender fill a turn.
func (p plan) calls(c benchCase) [contenders]int {
	var calls [contenders]int
	for who, do := range c.do {
		n := 1
		for timeOf(do, n) < p.turn {
			n *= 2
		}
		calls[who] = n
	}
	return calls
}

// timeOf is what n calls take.
func timeOf(do func(), n int) time.Duration {
	start := time.Now()
	for range n {
		do()
	}
	return time.Since(start)
}

// lowerQuartile is the turn that a quarter of the others did not take longer than. Other programs can only make a turn
// longer, so it says more about the contenders, and less about them, than the median.
func lowerQuartile(turns []time.Duration) time.Duration {
	slices.Sort(turns)
	return turns[len(turns)/4]
}

// allocations counts the allocations of a call.
func allocations(do func()) uint64 {
	const calls = 10
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range calls {
		do()
	}
	runtime.ReadMemStats(&after)
	return (after.Mallocs - before.Mallocs) / calls
}
