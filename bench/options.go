package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/zebus-go/zebus/bench/contender"
	"github.com/zebus-go/zebus/bench/scenario"
)

// errUsage means that the command line is wrong.
var errUsage = errors.New("see bench -help")

// options are what the command line says.
type options struct {
	plan      scenario.Plan
	scenarios []string
	folder    string
	document  string
	keep      bool
	strict    bool
}

const help = `Bench measures Zebus for Go beside other ways to move the same messages: every part in a process of its own, over
loopback TCP, all taking turns. It prints medians, ranges and the ratio to raw pebbe/zmq4 in the same round, then which
targets are met.

It exits with 1 when messages were lost, when the idle round trip takes more than 1.5 times the raw ping-pong, or with
-strict when any target is missed; with 2 when it is called wrongly.

  bench                                      everything, in some ten minutes
  bench -quick                               does everything work? takes seconds, says nothing about speed
  bench -scenarios "one to one" -sizes 100   one scenario, for tuning
  bench -out results                         also write JSON, Markdown and plots
  bench -out results -document page.md       measure nothing; draw what is there anew, and put it into a page

`

func parse(args []string, usage io.Writer) (options, error) {
	var o options
	var sizes, windows, scenarios, contenders string
	var repetitions int
	set := flag.NewFlagSet("bench", flag.ContinueOnError)
	set.SetOutput(usage)
	set.Usage = func() { printHelp(usage, set) }
	quick := set.Bool("quick", false, "show that everything works")
	set.StringVar(&scenarios, "scenarios", "", "only scenarios whose name contains one of these `texts`, separated by semicolons")
	set.StringVar(&contenders, "contenders", "", "only these `names`, separated by commas")
	set.StringVar(&sizes, "sizes", "", "sizes of bodies in `bytes`, separated by commas")
	set.StringVar(&windows, "windows", "", "`numbers` of commands in flight, separated by commas")
	set.IntVar(&repetitions, "repeat", 0, "how often each contender has its turn (9, and 16 pairs)")
	duration := set.Duration("duration", 0, "about how long a turn takes (400ms)")
	set.StringVar(&o.folder, "out", "", "`folder` for JSON, Markdown and plots")
	set.StringVar(&o.document, "document", "", "`page` to put results into")
	set.BoolVar(&o.keep, "keep", false, "keep what is in the folder of scenarios that are not measured now")
	set.BoolVar(&o.strict, "strict", false, "exit with 1 when any target is missed")
	if err := set.Parse(args); errors.Is(err, flag.ErrHelp) {
		return o, err
	} else if err != nil {
		return o, fmt.Errorf("%w; %w", err, errUsage)
	}
	o.plan = scenario.Full()
	if *quick {
		o.plan = scenario.Quick()
	}
	if repetitions > 0 {
		o.plan.Repetitions, o.plan.Pairs = repetitions, repetitions
	}
	if *duration > 0 {
		o.plan.Duration = *duration
	}
	o.scenarios, o.plan.Contenders = split(scenarios, ";"), split(contenders, ",")
	return o, o.check(set.Args(), sizes, windows)
}

// check reads what is left to read and says everything that is wrong.
func (o *options) check(rest []string, sizes, windows string) error {
	errs := []error{numbers(sizes, &o.plan.Sizes), numbers(windows, &o.plan.Windows)}
	if len(rest) > 0 {
		errs = append(errs, fmt.Errorf("unexpected argument %q", rest[0]))
	}
	for _, name := range o.plan.Contenders {
		if _, ok := contender.Find(name); !ok {
			errs = append(errs, fmt.Errorf("no contender is called %q", name))
		}
	}
	if !slices.ContainsFunc(scenario.All(), func(s scenario.Scenario) bool { return o.wants(s.Name) }) {
		errs = append(errs, fmt.Errorf("no scenario is called like any of %q", o.scenarios))
	}
	if o.document != "" && o.folder == "" {
		errs = append(errs, errors.New("-document needs -out, where the results are"))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%w; %w", err, errUsage)
	}
	return nil
}

// wants says whether a scenario was asked for.
func (o *options) wants(name string) bool {
	return len(o.scenarios) == 0 || slices.ContainsFunc(o.scenarios, func(part string) bool { return strings.Contains(name, part) })
}

// numbers reads a list of numbers into a field; without one it stays as it is.
func numbers(text string, field *[]int) error {
	var list []int
	for _, word := range split(text, ",") {
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

func split(text, separator string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, separator)
}

func printHelp(out io.Writer, set *flag.FlagSet) {
	var b strings.Builder
	b.WriteString(help + "Flags:\n")
	set.SetOutput(&b)
	set.PrintDefaults()
	b.WriteString("\nScenarios:\n")
	for _, s := range scenario.All() {
		fmt.Fprintf(&b, "  %s\n    \t%s\n", s.Name, s.About)
	}
	b.WriteString("\nContenders:\n")
	for _, c := range contender.All() {
		fmt.Fprintf(&b, "  %s\n    \t%s\n", c.Name, c.About)
	}
	_, _ = io.WriteString(out, b.String())
}
