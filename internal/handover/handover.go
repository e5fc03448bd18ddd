// Package handover is the yardstick of the benchmarks of queues: what a buffered channel takes to hand a pointer to another
// goroutine. Absolute times of a shared machine drift by half within a minute, so each burst of messages is measured beside a
// burst of hand-overs that follows it at once, and what counts is the median of their ratios.
package handover

import (
	"slices"
	"testing"
	"time"
)

// A Measurement is what bursts of messages took, and hand-overs beside them.
type Measurement struct {
	Burst int // hand-overs after each burst of messages
	Room  int // of the channel

	ours, handovers, ratios []float64 // nanoseconds of one, but for the ratios
}

// Add takes note of what one message took of the burst that has just ended, in nanoseconds, and measures hand-overs.
func (m *Measurement) Add(perMessage float64) {
	handover := m.handover()
	m.ours = append(m.ours, perMessage)
	m.handovers = append(m.handovers, handover)
	m.ratios = append(m.ratios, perMessage/handover)
}

// Report reports medians as metrics of a benchmark: what a message and a hand-over took, and x-handover, how many hand-overs a
// message costs.
func (m *Measurement) Report(b *testing.B) {
	b.Helper()
	b.ReportMetric(0, "ns/op") // a mix of both
	b.ReportMetric(median(m.ours), "ns/message")
	b.ReportMetric(median(m.handovers), "ns/handover")
	b.ReportMetric(median(m.ratios), "x-handover")
}

// handover returns the nanoseconds of one.
func (m *Measurement) handover() float64 {
	c, done := make(chan *int, m.Room), make(chan struct{})
	go func() {
		for range c {
		}
		close(done)
	}()
	value := new(int)
	begin := time.Now()
	for range m.Burst {
		c <- value
	}
	close(c)
	<-done
	return float64(time.Since(begin)) / float64(m.Burst)
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
