package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// What the programs of a network exit with.
const (
	ExitOK     = 0 // all is well: among others, it was asked to end and has stopped
	ExitFailed = 1 // it could not start, go on or stop; another time it may
	ExitUsage  = 2 // the command line or the configuration is wrong, and has to be changed first
)

// ExitCode returns what a program exits with when err is how it ended: [ExitOK] for nil, [ExitUsage] where a [*Problem] of the
// configuration is to blame, or a flag ([LogFlags]), and [ExitFailed] for everything else.
func ExitCode(err error) int {
	_, misconfigured := errors.AsType[*Problem](err)
	switch {
	case err == nil:
		return ExitOK
	case misconfigured, errors.Is(err, ErrInvalidValue):
		return ExitUsage
	default:
		return ExitFailed
	}
}

// Main is what is left of a main function: it calls run, writes its error to standard error behind the name of the program, and
// returns the code to exit with, that of [ExitCode]. run usually ends with [Run] or [Serve], which take care of signals.
//
//	func main() { os.Exit(host.Main(run)) }
func Main(run func(ctx context.Context) error) (code int) {
	return report(os.Stderr, filepath.Base(os.Args[0]), run(context.Background()))
}

func report(w io.Writer, program string, err error) int {
	if err != nil {
		_, _ = fmt.Fprintf(w, "%s: %v\n", program, err) // there is nobody else to tell
	}
	return ExitCode(err)
}
