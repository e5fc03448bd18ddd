//go:build unix

package docs_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/docs"
)

func TestCommandsRun(t *testing.T) {
	if os.Getenv("ZEBUS_DOCS") != "" {
		t.Skip("a command of a page runs these tests")
	}
	if testing.Short() {
		t.Skip("commands of pages build and start programs")
	}
	for page, text := range pages(t) {
		blocks := docs.Blocks(page, text)
		for i, b := range blocks {
			if b.Lang != "sh" || !b.Has("run") {
				continue
			}
			t.Run(b.At(), func(t *testing.T) {
				out := run(t, b.Text)
				if i+1 < len(blocks) && blocks[i+1].Has("output") {
					compare(t, out, blocks[i+1].Text)
				}
			})
		}
	}
}

// run runs a script as a reader would, and ends what it left in the background.
func run(t *testing.T, script string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "ZEBUS_DOCS=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a group of its own, so that all of it can be ended
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // a child in the background holds the output open
	out, err := cmd.CombinedOutput()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // usually nobody is left
	}
	if err != nil {
		t.Fatalf("the command failed: %v\n%s%s", err, script, out)
	}
	return string(out)
}

// compare wants every line of want in got, in that order.
func compare(t *testing.T, got, want string) {
	t.Helper()
	rest := got
	for line := range strings.Lines(want) {
		for part := range strings.SplitSeq(strings.TrimSpace(line), "…") {
			_, after, found := strings.Cut(rest, part)
			if !found {
				t.Fatalf("the output lacks %q\noutput:\n%s", line, got)
			}
			rest = after
		}
	}
}
