package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"

	"github.com/zebus-go/zebus/bench/report"
	"github.com/zebus-go/zebus/bench/result"
	"github.com/zebus-go/zebus/bench/scenario"
	"github.com/zebus-go/zebus/bench/worker"
)

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	if err := start(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		if errors.Is(err, errUsage) {
			os.Exit(exitUsage)
		}
		os.Exit(exitFailed)
	}
}

// errUsage means that the command line is wrong.
var errUsage = errors.New("see bench -help")

// start is the program, or one of the processes that it starts.
func start() error {
	if worker.IsWorker() {
		signal.Ignore(os.Interrupt) // the first process ends this one
		return worker.Serve(context.Background(), os.Stdin, os.Stdout)
	}
	o, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return run(ctx, o, os.Stdout, os.Stderr)
}

// run measures and reports.
func run(ctx context.Context, o options, out, progress io.Writer) error {
	o.plan.Progress = func(text string) { _, _ = fmt.Fprintln(progress, "bench:", text) }
	var results result.Results
	for _, s := range scenario.All() {
		if len(o.scenarios) > 0 && !slices.ContainsFunc(o.scenarios, func(part string) bool { return strings.Contains(s.Name, part) }) {
			continue
		}
		if err := s.Run(ctx, o.plan, &results); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return report.WriteText(out, &results)
}

// options are what the command line says.
type options struct {
	plan      scenario.Plan
	scenarios []string
}

func parse(args []string, stderr io.Writer) (options, error) {
	o := options{plan: scenario.Full()}
	set := flag.NewFlagSet("bench", flag.ContinueOnError)
	set.SetOutput(stderr)
	quick := set.Bool("quick", false, "show that everything works, in seconds")
	sizes := set.String("sizes", "", "sizes of bodies in `bytes`, separated by commas")
	windows := set.String("windows", "", "`numbers` of commands in flight, separated by commas")
	scenarios := set.String("scenarios", "", "measure only scenarios whose name contains one of these `texts`, separated by commas")
	contenders := set.String("contenders", "", "only these `names`, separated by commas")
	repetitions := set.Int("repeat", 0, "how often each contender has its turn")
	duration := set.Duration("duration", 0, "about how long a turn takes")
	if err := set.Parse(args); err != nil {
		return o, err
	}
	if *quick {
		o.plan = scenario.Quick()
	}
	if *repetitions > 0 {
		o.plan.Repetitions = *repetitions
	}
	if *duration > 0 {
		o.plan.Duration = *duration
	}
	if err := errors.Join(numbers(*sizes, &o.plan.Sizes), numbers(*windows, &o.plan.Windows)); err != nil {
		return o, fmt.Errorf("%w; %w", err, errUsage)
	}
	o.plan.Contenders = split(*contenders)
	o.scenarios = split(*scenarios)
	return o, nil
}

// numbers reads a list of numbers into a field; without one it stays as it is.
func numbers(text string, field *[]int) error {
	var list []int
	for _, word := range split(text) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			return fmt.Errorf("%q: want numbers above zero, separated by commas", text)
		}
		list = append(list, n)
	}
	if list != nil {
		*field = list
	}
	return nil
}

func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}
