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
	return float64(r.times[google]) / float64(r.times[ours])
}

// ofVT is our time divided by that of vtprotobuf.
func (r result) ofVT() float64 {
	return float64(r.times[ours]) / float64(r.times[vtproto])
}

// missed returns an error for each target that was missed.
func missed(results []result) error {
	var errs []error
	for _, r := range results {
		if r.overGoogle() < leastSpeed {
			errs = append(errs, fmt.Errorf("%s %s: %.2f times as fast as google.golang.org/protobuf, want at least %.2f",
				r.operation, r.message, r.overGoogle(), leastSpeed))
		}
		if r.ofVT() > mostTime {
			errs = append(errs, fmt.Errorf("%s %s: %.2f times the time of vtprotobuf, want at most %.2f",
				r.operation, r.message, r.ofVT(), mostTime))
		}
	}
	return errors.Join(errs...)
}

// writeTable prints a line for each result.
func writeTable(out io.Writer, results []result) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	lines := []string{"operation\tmessage\tzebusgen\tgoogle\tvtprotobuf\ttimes as fast as google\ttime of vtprotobuf\tallocations\t"}
	for _, r := range results {
		lines = append(lines, fmt.Sprintf("%s\t%s\t%v\t%v\t%v\t%.2f\t%.2f\t%d / %d / %d\t", r.operation, r.message,
			r.times[ours], r.times[google], r.times[vtproto], r.overGoogle(), r.ofVT(),
			r.allocs[ours], r.allocs[google], r.allocs[vtproto]))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return w.Flush()
}
