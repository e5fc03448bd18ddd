package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/zebus-go/zebus/codegen"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

const long = `zebusgen turns annotated structs into Zebus messages, and annotated functions into handlers.

It reads the packages given as arguments, or the one in the current folder, and writes one file into each. A file that
would not change is not touched.

    //go:generate go tool zebusgen

    //zebus:command namespace=Shop reply=OrderPlaced
    type PlaceOrder struct {
        Customer string ` + "`zebus:\"1,required\"`" + `
    }

    //zebus:handler queue=orders
    func (s *Shop) PlaceOrder(ctx context.Context, cmd *PlaceOrder) (*OrderPlaced, error)`

const examples = `  go get -tool github.com/zebus-go/zebus/cmd/zebusgen   # once per module
  go tool zebusgen                                      # the package in this folder
  go tool zebusgen ./orders ./billing                   # two packages
  go tool zebusgen -v ./...                             # every package, saying what was done
  go tool zebusgen --check ./...                        # in continuous integration
  go tool zebusgen --tags integration ./orders          # with a build tag`

// flags are what the command line says beside the packages.
type flags struct {
	output  string
	tags    string
	check   bool
	verbose bool
}

// errStale means that --check found something to do.
var errStale = errors.New("generated code is not up to date: run zebusgen")

// usageError is a mistake in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	command := newCommand(ctx, stdout)
	command.SetArgs(args)
	command.SetOut(stdout)
	command.SetErr(stderr)
	err := command.Execute()
	if err == nil {
		return exitOK
	}
	report(stderr, err)
	if usage := (usageError{}); errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

func newCommand(ctx context.Context, stdout io.Writer) *cobra.Command {
	var f flags
	command := &cobra.Command{
		Use:           "zebusgen [flags] [packages]",
		Short:         "Generate the code of Zebus messages and handlers",
		Long:          long,
		Example:       examples,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs, // packages, not commands that are mistyped
		RunE: func(_ *cobra.Command, patterns []string) error {
			return generate(ctx, f, patterns, stdout)
		},
	}
	command.Flags().StringVarP(&f.output, "output", "o", codegen.DefaultOutput, "name of the generated file in each package")
	command.Flags().StringVar(&f.tags, "tags", "", "build tags, separated by commas")
	command.Flags().BoolVar(&f.check, "check", false, "write nothing, and fail when a file is not up to date")
	command.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "say what was done to each file")
	command.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	command.CompletionOptions.DisableDefaultCmd = true
	command.AddCommand(newCheckCommand(ctx, stdout), newProtoCommand(ctx, stdout))
	return command
}

func generate(ctx context.Context, f flags, patterns []string, stdout io.Writer) error {
	options, err := optionsOf(f.output, f.tags, patterns)
	if err != nil {
		return err
	}
	options.DryRun = f.check
	results, err := codegen.Generate(ctx, options)
	if err != nil {
		return err
	}
	return tell(f, results, stdout)
}

// optionsOf are the options of the generator that every command has.
func optionsOf(output, tags string, patterns []string) (codegen.Options, error) {
	options := codegen.Options{Patterns: patterns, Output: output}
	if output != filepath.Base(output) || !strings.HasSuffix(output, ".go") {
		return options, usageError{fmt.Errorf("--output %s: give the name of a Go file, without a folder", output)}
	}
	if strings.HasSuffix(output, "_test.go") || strings.IndexAny(output, "._") == 0 {
		return options, usageError{fmt.Errorf("--output %s: the package is built without such a file, choose another name", output)}
	}
	for _, pattern := range patterns {
		if strings.HasSuffix(pattern, ".go") {
			return options, usageError{fmt.Errorf("%s: code is generated for whole packages, name the folder", pattern)}
		}
	}
	if tags != "" {
		options.BuildFlags = []string{"-tags=" + tags}
	}
	return options, nil
}

// tell says what was done, where that is wanted, and what is left to do.
func tell(f flags, results []codegen.Result, stdout io.Writer) error {
	var stale error
	for _, r := range results {
		changed := r.Change != codegen.Unchanged
		if f.check && changed {
			stale = errStale
		}
		if !f.verbose && (!f.check || !changed) {
			continue
		}
		if _, err := fmt.Fprintf(stdout, "%s: %s\n", relative(r.File), describe(r.Change, f.check)); err != nil {
			return err
		}
	}
	return stale
}

func describe(change codegen.Change, check bool) string {
	if check && change != codegen.Unchanged {
		return "not up to date"
	}
	return change.String()
}

// report writes every problem on a line of its own, in the form that editors understand.
func report(stderr io.Writer, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			report(stderr, e)
		}
		return
	}
	if problem := (*codegen.SourceError)(nil); errors.As(err, &problem) {
		problem.Pos.Filename = relative(problem.Pos.Filename)
		_, _ = fmt.Fprintln(stderr, err)
		return
	}
	_, _ = fmt.Fprintln(stderr, "zebusgen:", err)
}

// relative shortens a path for people.
func relative(path string) string {
	folder, err := os.Getwd()
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(folder, path); err == nil && !strings.HasPrefix(short, "..") {
		return short
	}
	return path
}

// version is that of the module the program was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
