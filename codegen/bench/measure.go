package main

import (
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// A plan says how long to measure. Many short turns are better than a few long ones: whatever else runs on the machine
// spoils some of them and leaves the others alone.
type plan struct {
	rounds int
	turn   time.Duration
}

// A result is what came of a case. Its fields are exported because they travel as JSON.
type result struct {
	Operation, Message string

	Times  [contenders]float64 // nanoseconds of one call
	Allocs [contenders]uint64  // of one call
}

// measureAll measures every case.
func (p plan) measureAll() ([]result, error) {
	var marshals, unmarshals []result
	for _, c := range comparisons() {
		if err := c.check(); err != nil {
			return nil, err
		}
		marshals = append(marshals, p.measure(c.marshal()))
		unmarshals = append(unmarshals, p.measure(c.unmarshal()))
	}
	return append(marshals, unmarshals...), nil
}

// measure gives the contenders their turns, one after the other, many times. A machine that slows down for a while slows
// all of them, and their ratio stays.
func (p plan) measure(c benchCase) result {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	calls := p.calls(c)
	var turns [contenders][]time.Duration
	for round := range p.rounds {
		if round%collectEvery == 0 {
			runtime.GC()
			warm(c)
		}
		for i := range contenders {
			who := (round + i) % contenders // nobody is always first
			turns[who] = append(turns[who], timeOf(c.do[who], calls[who]))
		}
	}
	r := result{Operation: c.operation, Message: c.message}
	for who := range contenders {
		r.Times[who] = float64(undisturbed(turns[who])) / float64(calls[who])
		r.Allocs[who] = allocations(c.do[who])
	}
	return r
}

// collectEvery is the number of rounds between two collections of garbage. It is collected between turns, because a
// collector that runs along costs whoever has its turn just then.
const collectEvery = 50

// warm fills the caches of the allocator, which a collection empties.
func warm(c benchCase) {
	for _, do := range c.do {
		for range 100 {
			do()
		}
	}
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

// undisturbed is the turn that one in twenty did not take longer than.
func undisturbed(turns []time.Duration) time.Duration {
	slices.Sort(turns)
	return turns[len(turns)/20]
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
