package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	var p plan
	flag.IntVar(&p.rounds, "rounds", 1000, "how often each contender has its turn")
	flag.DurationVar(&p.turn, "turn", 100*time.Microsecond, "about how long a turn takes")
	layouts := flag.Int("layouts", 5, "how many layouts of the program to measure; 0 prints what this one measures, as JSON")
	flag.Parse()
	if err := run(context.Background(), p, *layouts, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run measures everything, prints the table, and returns an error for the targets that were missed.
func run(ctx context.Context, p plan, layouts int, out io.Writer) error {
	if layouts == 0 {
		results, err := p.measureAll()
		if err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(results)
	}
	results, err := p.measureLayouts(ctx, layouts)
	if err != nil {
		return err
	}
	if err := writeTable(out, results); err != nil {
		return err
	}
	return missed(results)
}
