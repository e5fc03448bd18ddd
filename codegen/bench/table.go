package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
)

// The targets: at least so many times as fast as google.golang.org/protobuf, and at most so many times the time of
// vtprotobuf.
const (
	leastSpeed = 2.0
	mostTime   = 1.05
)

// overGoogle says how many times as fast as google.golang.org/protobuf we are.
func (r result) overGoogle() float64 {
	return r.Times[google] / r.Times[ours]
}

// ofVT is our time divided by that of vtprotobuf.
func (r result) ofVT() float64 {
	return r.Times[ours] / r.Times[vtproto]
}

// missed returns an error for each target that was missed.
func missed(results []result) error {
	var errs []error
	for _, r := range results {
		if r.overGoogle() < leastSpeed {
			errs = append(errs, fmt.Errorf("%s %s: %.2f times as fast as google.golang.org/protobuf, want at least %.2f",
				r.Operation, r.Message, r.overGoogle(), leastSpeed))
		}
		if r.ofVT() > mostTime {
			errs = append(errs, fmt.Errorf("%s %s: %.2f times the time of vtprotobuf, want at most %.2f",
				r.Operation, r.Message, r.ofVT(), mostTime))
		}
	}
	return errors.Join(errs...)
}

// writeTable prints a line for each result. Times are nanoseconds; allocations are in the order of the times.
func writeTable(out io.Writer, results []result) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	lines := []string{"operation\tmessage\tzebusgen ns\tgoogle ns\tvtprotobuf ns\tspeed, google = 1\ttime, vtprotobuf = 1\tallocations\t"}
	for _, r := range results {
		lines = append(lines, fmt.Sprintf("%s\t%s\t%.1f\t%.1f\t%.1f\t%.2f\t%.2f\t%d, %d, %d\t", r.Operation, r.Message,
			r.Times[ours], r.Times[google], r.Times[vtproto], r.overGoogle(), r.ofVT(),
			r.Allocs[ours], r.Allocs[google], r.Allocs[vtproto]))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return w.Flush()
}
