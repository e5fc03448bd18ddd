package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/zebus-go/zebus/host"
)

const long = `zebus-directory knows the peers of a Zebus network: who is there, where, and what each wants to receive.

Peers find it by its endpoint, and by its index among the directory_endpoints of their bus.toml: directory 0 is
Abc.Zebus.DirectoryService.0. Settings come from the file, then from ZEBUS_… variables, then from flags. It runs until
it is interrupted; a second interrupt ends it at once.`

const examples = `  zebus-directory                                            # tcp://*:7465
  zebus-directory --endpoint tcp://*:7466 --environment Prod --index 1
  zebus-directory --config configs/directory.toml
  ZEBUS_ENVIRONMENT=Prod zebus-directory --log-format json`

// flags are what the command line says. Those that were not given leave the settings alone.
type flags struct {
	config      string
	endpoint    string
	environment string
	index       int
	log         host.LogFlags
}

// usageError is a mistake in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, signals <-chan os.Signal, stdout, stderr io.Writer) int {
	command := newCommand(signals, stderr)
	command.SetArgs(args)
	command.SetOut(stdout)
	command.SetErr(stderr)
	err := command.ExecuteContext(ctx)
	if err == nil {
		return host.ExitOK
	}
	_, _ = fmt.Fprintln(stderr, "zebus-directory:", err)
	if usage := (usageError{}); errors.As(err, &usage) {
		_, _ = fmt.Fprintln(stderr, "Try 'zebus-directory --help'.")
		return host.ExitUsage
	}
	return host.ExitCode(err)
}

func newCommand(signals <-chan os.Signal, stderr io.Writer) *cobra.Command {
	var f flags
	command := &cobra.Command{
		Use:           "zebus-directory [flags]",
		Short:         "Run a directory server of a Zebus network",
		Long:          long,
		Example:       examples,
		Version:       version(),
		Args:          noArguments,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(command *cobra.Command, _ []string) error {
			return f.serve(command, signals, stderr)
		},
	}
	f.register(command)
	command.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	command.CompletionOptions.DisableDefaultCmd = true
	return command
}

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("unexpected argument %q", args[0])}
	}
	return nil
}

func (f *flags) register(command *cobra.Command) {
	defaults := host.DefaultDirectoryConfig()
	set := command.Flags()
	set.StringVar(&f.config, "config", "", "`FILE` with the settings, like configs/directory.toml")
	set.StringVar(&f.endpoint, "endpoint", defaults.Endpoint, "where to listen, `tcp://HOST:PORT`; the port * is a free one")
	set.StringVar(&f.environment, "environment", defaults.Environment, "`NAME` of the network")
	set.IntVar(&f.index, "index", defaults.Index, "position `N` among the directory_endpoints of the peers, from 0")
	set.StringVar(&f.log.Format, "log-format", "text", "`FORMAT` of the log: text or json")
	set.StringVar(&f.log.Level, "log-level", "warn", "`LEVEL` of the log: debug, info, warn or error")
}

// settings reads file and environment, and lets the flags that were given override them.
func (f *flags) settings(command *cobra.Command) (host.DirectoryConfig, error) {
	config, err := host.LoadDirectory(f.config)
	if err != nil {
		return host.DirectoryConfig{}, err
	}
	given := command.Flags().Changed
	if given("endpoint") {
		config.Endpoint = f.endpoint
	}
	if given("environment") {
		config.Environment = f.environment
	}
	if given("index") {
		config.Index = f.index
	}
	if err := config.Validate(); err != nil {
		if given("endpoint") || given("environment") || given("index") {
			err = usageError{err} // the rest was good when it was loaded
		}
		return host.DirectoryConfig{}, err
	}
	return config, nil
}

func (f *flags) serve(command *cobra.Command, signals <-chan os.Signal, stderr io.Writer) error {
	logger, err := f.log.Logger(stderr)
	notices, noticesErr := f.log.Notices(stderr)
	if err := cmp.Or(err, noticesErr); err != nil {
		return usageError{err}
	}
	config, err := f.settings(command)
	if err != nil {
		return err
	}
	bus, err := newDirectory(config, logger)
	if err != nil {
		return err
	}
	ready := func() {
		notices.Info("directory ready", "endpoint", bus.Endpoint(), "environment", config.Environment, "store", config.Store,
			"peer", bus.ID())
	}
	stopping := func() { notices.Info("directory stopping; a second interrupt ends it at once") }
	return host.Serve(command.Context(), bus, host.ServeOptions{Signals: signals, Ready: ready, Stopping: stopping})
}

// version is that of the module the program was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
