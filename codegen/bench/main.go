package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
)

func main() {
	var p plan
	flag.IntVar(&p.rounds, "rounds", 15, "how often each contender has its turn")
	flag.DurationVar(&p.turn, "turn", 40*time.Millisecond, "about how long a turn takes")
	flag.Parse()
	runtime.GOMAXPROCS(1) // garbage is collected in the time of who makes it, as on a machine that is busy
	if err := run(p, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// liveHeap stands for what a service holds in memory while it reads messages. With nothing to hold, the collector would
// run several times as often as it does anywhere else.
const liveHeap = 16 << 20 // bytes

// run measures everything, prints the table, and returns an error for the targets that were missed.
func run(p plan, out io.Writer) error {
	held := make([]byte, liveHeap)
	defer runtime.KeepAlive(held)
	var marshals, unmarshals []result
	for _, c := range comparisons() {
		if err := c.check(); err != nil {
			return err
		}
		marshals = append(marshals, p.settle(c.marshal()))
		unmarshals = append(unmarshals, p.settle(c.unmarshal()))
	}
	results := append(marshals, unmarshals...)
	if err := writeTable(out, results); err != nil {
		return err
	}
	return missed(results)
}
