//go:build cgo && unix

package programs_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait of these tests. It is never reached by one that passes.
const patience = 20 * time.Second

// Nothing here is timed: how long a thing takes says more of what else the machine does. What must not be waited for takes
// forever instead, which is more than the patience of these tests, and what must be waited for takes little.
const (
	forever = time.Hour
	little  = 300 * time.Millisecond
)

// Settings of programs, as variables.
const acknowledgement, registration = "ZEBUS_WAIT_FOR_END_OF_STREAM_ACK_TIMEOUT", "ZEBUS_REGISTRATION_TIMEOUT"

// lasts makes a setting of a time.
func lasts(variable string, d time.Duration) string { return variable + "=" + d.String() }

// A process is a program that runs, or has run. It ends with its test at the latest.
type process struct {
	t              *testing.T
	name           string
	command        *exec.Cmd
	stdout, stderr *output
	ended          chan struct{}
	code           int // once it has ended; -1 when a signal ended it
}

// A call is a command line and what goes with it.
type call struct {
	program string
	args    []string
	env     []string
	stdin   string
	dir     string // where it runs; "" is wherever
}

// start starts a program. The environment of the tests goes along, but for what configures Zebus.
func start(t *testing.T, c call) *process {
	t.Helper()
	p := &process{t: t, name: c.program, stdout: newOutput(), stderr: newOutput(), ended: make(chan struct{})}
	p.command = exec.Command(filepath.Join(bin, c.program), c.args...)
	p.command.Stdin, p.command.Stdout, p.command.Stderr = strings.NewReader(c.stdin), p.stdout, p.stderr
	p.command.Env = append(plainEnvironment(), c.env...)
	p.command.Dir = c.dir
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go p.watch()
	t.Cleanup(p.end)
	return p
}

// plainEnvironment is that of the tests without ours. Under the race detector a program would sleep before it exits.
func plainEnvironment() []string {
	plain := []string{"GORACE=atexit_sleep_ms=0"}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "ZEBUS_") {
			plain = append(plain, variable)
		}
	}
	return plain
}

func (p *process) watch() {
	defer close(p.ended)
	err := p.command.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		p.t.Errorf("%s: %v", p.name, err)
	}
	p.code = p.command.ProcessState.ExitCode()
}

// end makes sure that the process has ended: gracefully, else it is an error.
func (p *process) end() {
	select {
	case <-p.ended:
	default:
		p.signal(syscall.SIGCONT)
		p.stop()
	}
	if p.t.Failed() {
		p.t.Logf("%s exited with %d\n%s%s", p.name, p.code, p.stdout.text(), p.stderr.text())
	}
}

// stop asks the process to end, and wants it to do so well.
func (p *process) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	if code := p.wait(); code != 0 {
		p.t.Errorf("%s exited with %d after SIGTERM", p.name, code)
	}
}

// kill ends the process at once, as the end of a machine would.
func (p *process) kill() {
	p.t.Helper()
	p.signal(syscall.SIGKILL)
	p.wait()
}

// suspend makes the process hang until it gets SIGCONT. Its threads halt one after another when the signal arrives, and what
// one of them answers meanwhile is answered: the kernel says when the last one has.
func (p *process) suspend() {
	p.t.Helper()
	p.signal(syscall.SIGSTOP)
	for {
		var status syscall.WaitStatus
		_, err := syscall.Wait4(p.command.Process.Pid, &status, syscall.WUNTRACED, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil || !status.Stopped():
			p.t.Fatalf("%s does not hang: %v, status %#x", p.name, err, status)
		default:
			return
		}
	}
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.command.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Errorf("%v to %s: %v", s, p.name, err)
	}
}

// wait returns the exit code.
func (p *process) wait() int {
	p.t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case <-p.ended:
	case <-timeout.C:
		p.t.Errorf("%s does not end", p.name)
		_ = p.command.Process.Kill() // it may just have ended
		<-p.ended
	}
	return p.code
}

// await waits until the process has said something on standard error.
func (p *process) await(pattern string) {
	p.t.Helper()
	p.awaitAfter(0, pattern)
}

// awaitAfter is await for what comes after so many bytes.
func (p *process) awaitAfter(said int, pattern string) {
	p.t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for form := regexp.MustCompile(pattern); !form.MatchString(p.stderr.text()[said:]); {
		select {
		case <-p.stderr.changed:
		case <-p.ended:
			if form.MatchString(p.stderr.text()[said:]) {
				return
			}
			p.t.Fatalf("%s ended without saying %q", p.name, pattern)
		case <-timeout.C:
			p.t.Fatalf("%s does not say %q", p.name, pattern)
		}
	}
}

// output is what a process writes.
type output struct {
	changed chan struct{} // one: whoever looks sees everything

	mu     sync.Mutex
	buffer bytes.Buffer
}

func newOutput() *output { return &output{changed: make(chan struct{}, 1)} }

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := o.buffer.Write(b)
	select {
	case o.changed <- struct{}{}:
	default:
	}
	return n, err
}

func (o *output) text() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.String()
}
