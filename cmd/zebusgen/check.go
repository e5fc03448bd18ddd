package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/zebus-go/zebus/codegen"
)

const checkLong = `check compares the messages of packages with what running peers rely on, which the file zebus.lock beside them keeps.

It fails when a change would make peers that run already misread or miss a message, and says for each what is safe
instead. It also fails when the lock file lacks a change that is safe: write it with --update, and commit it together
with the change. Numbers and type ids that are removed stay in the file, so that nobody uses them again.

A breaking change that is made on purpose, because no peer minds any more, is accepted by the name it is reported with.

Exit codes: 0 when nothing breaks and the lock files are up to date, 1 when not, 2 when the command line is wrong.`

const checkExamples = `  go tool zebusgen check ./...                                # in continuous integration
  go tool zebusgen check --update ./...                       # after a safe change, and the first time
  go tool zebusgen check --accept PlaceOrder.Note ./orders    # the field is not read any more
  go tool zebusgen check --accept all ./orders                # before any peer has run`

// checkFlags are what the command line of check says beside the packages.
type checkFlags struct {
	output  string
	tags    string
	update  bool
	accept  []string
	verbose bool
}

func newCheckCommand(ctx context.Context, stdout io.Writer) *cobra.Command {
	var f checkFlags
	command := &cobra.Command{
		Use:     "check [flags] [packages]",
		Short:   "Fail on changes that break running peers",
		Long:    checkLong,
		Example: checkExamples,
		RunE: func(_ *cobra.Command, patterns []string) error {
			return check(ctx, f, patterns, stdout)
		},
	}
	command.Flags().BoolVar(&f.update, "update", false, "write the lock files, unless something breaks")
	command.Flags().StringSliceVar(&f.accept, "accept", nil, "accept breaking changes, by name, and write the lock files; \"all\" accepts every one")
	command.Flags().StringVarP(&f.output, "output", "o", codegen.DefaultOutput, "name of the generated file in each package")
	command.Flags().StringVar(&f.tags, "tags", "", "build tags, separated by commas")
	command.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "say what was found in each package")
	return command
}

func check(ctx context.Context, f checkFlags, patterns []string, stdout io.Writer) error {
	options, err := optionsOf(f.output, f.tags, patterns)
	if err != nil {
		return err
	}
	results, err := codegen.Check(ctx, codegen.CheckOptions{Options: options, Update: f.update, Accept: f.accept})
	if f.verbose || !errors.Is(err, codegen.ErrBreaking) {
		if err := tellChecked(f, results, err != nil, stdout); err != nil {
			return err
		}
	}
	if errors.Is(err, codegen.ErrNotBreaking) {
		return usageError{err}
	}
	return err
}

// tellChecked says what the lock files lack or what was written into them, and more where that is wanted.
func tellChecked(f checkFlags, results []codegen.CheckResult, failed bool, stdout io.Writer) error {
	for _, r := range results {
		changed := r.Change != codegen.Unchanged
		if !changed && !f.verbose {
			continue
		}
		if _, err := fmt.Fprintf(stdout, "%s: %s\n", relative(r.File), describe(r.Change, failed)); err != nil {
			return err
		}
		for _, note := range r.Notes {
			if _, err := fmt.Fprintf(stdout, "  %s\n", note); err != nil {
				return err
			}
		}
	}
	return nil
}
