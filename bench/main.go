package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

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

// start is the program, or one of the processes that it starts.
func start() error {
	if worker.IsWorker() {
		signal.Ignore(os.Interrupt) // the first process ends this one
		return worker.Serve(context.Background(), os.Stdin, os.Stdout)
	}
	o, err := parse(os.Args[1:], os.Stdout)
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

// run measures and reports, or shows once more what was measured before.
func run(ctx context.Context, o options, out, progress io.Writer) error {
	if o.document != "" {
		r, err := report.Read(o.folder)
		if err != nil {
			return err
		}
		return errors.Join(r.Write(o.folder), r.UpdateDocument(o.document, o.folder))
	}
	r, err := measure(ctx, o, progress)
	if err != nil {
		return err
	}
	if err := errors.Join(r.WriteText(out), save(r, o)); err != nil || o.plan.Rough {
		return err
	}
	return r.Missed(o.strict)
}

// save writes the report to the folder of the options, when they name one.
func save(r *report.Report, o options) error {
	if o.folder == "" {
		return nil
	}
	if o.keep {
		before, err := report.Read(o.folder)
		if err != nil {
			return err
		}
		r = before.Updated(r)
	}
	return r.Write(o.folder)
}

// measure lets the scenarios run that were asked for.
func measure(ctx context.Context, o options, progress io.Writer) (*report.Report, error) {
	o.plan.Progress = func(text string) { _, _ = fmt.Fprintln(progress, "bench:", text) }
	var results result.Results
	for _, s := range scenario.All() {
		if !o.wants(s.Name) {
			continue
		}
		if err := s.Run(ctx, o.plan, &results); err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return report.New(results), nil
}
