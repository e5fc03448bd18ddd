//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A contestant is one way to send something to another process and get it back.
type contestant struct {
	name string
	// dial returns this process's end, given the endpoint of the other.
	dial func(ctx context.Context, o options, remote string) (end, error)
	// serve is the other end, until the process is told to stop.
	serve func(ctx context.Context, o options, ready func(endpoint string) (remote string, err error)) error
}

// An end is this process's end of a contestant.
type end interface {
	endpoint() string
	// trip goes there and back.
	trip(ctx context.Context) error
	close() error
}

func contestants() []contestant {
	return []contestant{
		{name: "pebbe/zmq4, raw frames", dial: dialRaw, serve: serveRaw},
		{name: "zmq.Transport, messages", dial: dialTransport, serve: serveTransport},
		{name: "zebus.Bus, inline handler", dial: dialBus, serve: serveInline},
		{name: "zebus.Bus, commands", dial: dialBus, serve: serveQueued},
	}
}

// A result is the medians of a contestant's repetitions.
type result struct {
	name string
	mid  []time.Duration // the median of each repetition
	tail []time.Duration // the 99th percentile of each
}

func (r *result) p50() time.Duration { return quantile(r.mid, 0.5) }
func (r *result) p99() time.Duration { return quantile(r.tail, 0.5) }

// quantile returns the value below which that part of durations lies.
func quantile(durations []time.Duration, part float64) time.Duration {
	sorted := slices.Clone(durations)
	slices.Sort(sorted)
	return sorted[min(int(part*float64(len(sorted))), len(sorted)-1)]
}

// measure lets the contestants take turns.
func measure(ctx context.Context, o options) (results []result, err error) {
	var ends []end
	for _, c := range contestants() {
		other, err := spawn(ctx, c, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		defer func() { err = errors.Join(err, other.close()) }()
		ends, results = append(ends, other), append(results, result{name: c.name})
	}
	for repetition := range o.repeat + 1 {
		for i, e := range ends {
			durations, err := trips(ctx, e, o.n)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", results[i].name, err)
			}
			if repetition == 0 {
				continue // connections, caches, the frequency of the CPU
			}
			results[i].mid = append(results[i].mid, quantile(durations, 0.5))
			results[i].tail = append(results[i].tail, quantile(durations, 0.99))
		}
	}
	return results, nil
}

func trips(ctx context.Context, e end, n int) ([]time.Duration, error) {
	durations := make([]time.Duration, n)
	for i := range durations {
		began := time.Now()
		if err := e.trip(ctx); err != nil {
			return nil, err
		}
		durations[i] = time.Since(began)
	}
	return durations, nil
}
