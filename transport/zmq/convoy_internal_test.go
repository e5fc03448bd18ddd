//go:build cgo

package zmq

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestPace(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		peers, events int
		every         time.Duration
		fast          bool
	}{
		"250,000 events a second to one peer":             {1, 1000, 4 * time.Microsecond, true},
		"160,000 events a second to one peer":             {1, 1000, 6 * time.Microsecond, false},
		"25,000 events a second to ten peers":             {10, 100, 40 * time.Microsecond, true},
		"16,000 events a second to ten peers":             {10, 100, 60 * time.Microsecond, false},
		"a burst of 256 events, and no more":              {1, 256, 0, false},
		"an event a second to a thousand peers":           {1000, 1000, time.Second, false},
		"2,000 events a second, one or two in each round": {1000, 1000, 500 * time.Microsecond, false},
		"4,000 events a second, four in each round":       {1000, 1000, 250 * time.Microsecond, true},
		"events for nobody":                               {0, 1000, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := &outbound{pace: pace{origin: time.Now(), within: briefly}}
				o.over.Store(true) // no rounds
				<-time.After(time.Minute)
				for range tc.events {
					<-time.After(tc.every)
					o.count(tc.peers)
				}
				if fast := o.pace.fast.Load(); fast != tc.fast {
					t.Errorf("fast is %t, want %t", fast, tc.fast)
				}
			})
		})
	}
}

func TestRoundsEnd(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		perRound int64
		stays    bool
	}{
		"no event":                          {0, false},
		"a little less than half the pace":  {99, false},
		"half the pace that made them fast": {100, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := &outbound{pace: pace{origin: time.Now(), within: briefly}}
				o.pace.fast.Store(true)
				o.writers.Go(o.makeRounds)
				<-time.After(round / 2) // between the rounds
				for range restRounds {
					o.pace.passed(tc.perRound)
					<-time.After(round)
				}
				if fast := o.pace.fast.Load(); fast != tc.stays {
					t.Errorf("fast is %t, want %t", fast, tc.stays)
				}
				o.writers.Wait() // they end when nothing comes any more
				if o.pace.fast.Load() {
					t.Error("it is fast, and nobody makes rounds")
				}
			})
		})
	}
}
