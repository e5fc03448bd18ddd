//go:build cgo && unix

package programs_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

// bin is the folder of the programs.
var bin string

func TestMain(m *testing.M) {
	cleanUp, err := buildPrograms()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	flag.Parse()
	if err := flag.Set("test.parallel", "4"); err != nil { // these tests wait for time more than they work
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		cleanUp()
		os.Exit(code)
	}))
}

// buildPrograms builds the programs as this test was built: under the race detector or not.
func buildPrograms() (cleanUp func(), err error) {
	if bin, err = os.MkdirTemp("", "zebus-programs-"); err != nil {
		return nil, err
	}
	cleanUp = func() { _ = os.RemoveAll(bin) } // only litter is left behind
	args := []string{"build", "-o", bin + string(filepath.Separator)}
	if underRace {
		args = append(args, "-race")
	}
	args = append(args, "./cmd/zebus-directory", "./cmd/zebusgen", "./examples/echo/service", "./examples/echo/client")
	command := exec.Command("go", args...)
	command.Dir = filepath.Join("..", "..")
	if out, err := command.CombinedOutput(); err != nil {
		cleanUp()
		return nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return cleanUp, nil
}
