//go:build cgo

// Command roundtrip measures how long a command and its reply take between two idle processes, beside a raw ping-pong
// of pebbe/zmq4 over the same kind of sockets in the same run: a PUSH and a PULL socket each, loopback TCP, frames of
// the same size.
//
//	go run ./internal/bench/roundtrip [-n 3000] [-repeat 7] [-limit 1.5]
//
// Every contestant has a process of its own at the other end. They take turns, so that what disturbs the machine
// disturbs all; the figures are medians. It exits with 1 when the bus takes more than limit times as long as the raw
// ping-pong, and with 2 when it is called wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"
)

// errSlow means that the limit was missed.
var errSlow = errors.New("roundtrip: slower than the limit")

// options are what the command line says.
type options struct {
	n      int     // round trips of one repetition
	repeat int     // repetitions
	bytes  int     // of a raw frame
	text   int     // of the text in a command, in bytes
	limit  float64 // the ratio that fails
	serve  string  // the contestant whose other end this process is
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o := parse()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

func parse() options {
	var o options
	flag.IntVar(&o.n, "n", 3000, "round trips of one repetition")
	flag.IntVar(&o.repeat, "repeat", 7, "repetitions")
	flag.IntVar(&o.bytes, "bytes", 280, "size of a raw frame")
	flag.IntVar(&o.text, "text", 100, "size of the text in a command; an envelope adds about 180 bytes")
	flag.Float64Var(&o.limit, "limit", 1.5, "fail when the bus takes more than this times the raw ping-pong")
	flag.StringVar(&o.serve, "serve", "", "be the other end of a contestant (used by the program itself)")
	flag.Parse()
	if flag.NArg() > 0 || o.n < 1 || o.repeat < 1 || o.bytes < 1 || o.text < 0 {
		flag.Usage()
		os.Exit(2)
	}
	return o
}

func run(ctx context.Context, o options, out io.Writer) error {
	if o.serve != "" {
		return serve(ctx, o)
	}
	results, err := measure(ctx, o)
	if err != nil {
		return err
	}
	return report(out, results, o.limit)
}

// report prints the results, the first of which is what the others are compared with.
func report(out io.Writer, results []result, limit float64) error {
	raw := results[0].p50()
	var table strings.Builder
	fmt.Fprintf(&table, "%-26s %10s %10s %8s\n", "round trip", "p50", "p99", "ratio")
	slow := false
	for _, r := range results {
		ratio := float64(r.p50()) / float64(raw)
		const unit = 100 * time.Nanosecond
		fmt.Fprintf(&table, "%-26s %10v %10v %8.2f\n", r.name, r.p50().Round(unit), r.p99().Round(unit), ratio)
		slow = slow || ratio > limit
	}
	if _, err := io.WriteString(out, table.String()); err != nil {
		return err
	}
	if slow {
		return fmt.Errorf("%w of %.2f times the raw ping-pong", errSlow, limit)
	}
	return nil
}
