//go:build cgo

package programs_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A directory with more peers than its limit of open files has room for says so, works on for those it has, and takes others as
// soon as some leave.
func TestDirectoryWithoutDescriptors(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.service()
	const left = 20 // of which a connection takes two, and a peer that registers about seven
	n.directory.mayOpen(left)
	crowd := make([]*raw, 0, left)
	for range left {
		crowd = append(crowd, dial(t, n.endpoint))
	}
	n.directory.await("no file descriptor left: nobody can connect before others leave")
	for _, c := range crowd {
		_ = c.Close() // nothing was written
	}
	n.echo("room again")
	if lines := strings.Count(n.directory.stderr.text(), "\n"); lines > 5*left {
		t.Errorf("the directory wrote %d lines", lines)
	}
	n.directory.stop()
}

// mayOpen lets the process open so many more files.
func (p *process) mayOpen(more int) {
	p.t.Helper()
	pid := p.command.Process.Pid
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		p.t.Fatal(err)
	}
	limit := uint64(len(open) + more)
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: limit, Max: limit}, nil); err != nil {
		p.t.Fatal(err)
	}
}
