//go:build cgo && unix

package programs_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A machine is what scripts/native.sh finds: a PATH of its own, on which nothing real is installed.
type machine struct {
	system  string // of uname; "" means Linux
	user    string // of id; "" means root
	tools   string // those that are there
	broken  string // those of the tools that fail
	fresh   bool   // whether apt has no lists yet
	check   bool   // whether the script may install nothing
	environ []string

	exit  int
	calls []string // of tools that install, in order
	says  string   // a pattern; "" is silence
}

const (
	compiled  = "go gcc pkg-config libzmq"
	aptCall   = "apt-get -o DPkg::Lock::Timeout=120 install -y -q --no-install-recommends libzmq3-dev gcc libc6-dev pkg-config"
	aptLists  = "apt-get update -q"
	brewCall  = "brew install zeromq pkg-config"
	everybody = "a C compiler, pkg-config, libzmq"
)

func machines() map[string]machine {
	return map[string]machine{
		"everything is there: nothing is done": {tools: compiled + " apt-get brew"},
		"root on Debian needs no sudo": {
			tools: "go apt-get sudo", calls: []string{aptCall}, says: "^zebus: installing with apt: " + everybody + "\n$",
		},
		"anybody else does": {
			user: "1000", tools: "go apt-get sudo", calls: []string{"sudo", aptCall}, says: "installing with apt",
		},
		"a fresh machine has no lists of packages": {
			tools: "go apt-get", fresh: true, calls: []string{aptLists, aptCall}, says: "installing with apt",
		},
		"libzmq alone is missing": {
			tools: "go gcc pkg-config apt-get", calls: []string{aptCall}, says: "^zebus: installing with apt: libzmq\n$",
		},
		"neither root nor sudo": {
			user: "1000", tools: "go apt-get", exit: 1,
			says: "^zebus: " + everybody + " could not be installed; install it yourself: apt-get install libzmq3-dev gcc",
		},
		"apt that fails is tried again with new lists": {
			tools: "go apt-get", broken: "apt-get", exit: 1, calls: []string{aptCall, aptLists, aptCall},
			says: "could not be installed; install it yourself: apt-get install",
		},
		"sudo that fails": {
			user: "1000", tools: "go apt-get sudo", broken: "sudo", exit: 1, calls: []string{"sudo", "sudo"},
			says: "could not be installed; install it yourself: apt-get install",
		},
		"macOS": {
			system: "Darwin", user: "501", tools: "go gcc brew", calls: []string{brewCall}, says: "^zebus: installing with brew: pkg-config, libzmq\n$",
		},
		"macOS without a compiler": {
			system: "Darwin", user: "501", tools: "go brew", calls: []string{brewCall}, exit: 1,
			says: `a C compiler could not be installed; install it yourself: brew install zeromq pkg-config \(and xcode-select --install`,
		},
		"macOS without brew": {
			system: "Darwin", user: "501", tools: "go gcc", exit: 1,
			says: "^zebus: pkg-config, libzmq could not be installed; install it yourself: brew install zeromq",
		},
		"another system": {
			tools: "go", exit: 1, says: "install it yourself: .*Fedora: zeromq-devel .*Alpine: zeromq-dev",
		},
		"no Go":                      {tools: "apt-get", exit: 1, says: "^zebus: Go is not on the PATH: install Go 1.26"},
		"a check installs nothing":   {tools: "go gcc pkg-config apt-get", check: true, exit: 1, says: "^zebus: the zmq transport needs libzmq: run make test, which"},
		"a check where all is there": {tools: compiled, check: true},
		"a check of a machine without cgo": {
			tools: compiled, check: true, environ: []string{"CGO_ENABLED=0"}, exit: 1, says: "^zebus: cgo is switched off, and the zmq transport needs it: unset",
		},
	}
}

// The script that make runs before it builds says what is missing, or installs it, on machines of all sorts.
func TestNativeCode(t *testing.T) {
	t.Parallel()
	for name, m := range machines() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.run(t)
		})
	}
}

func (m machine) run(t *testing.T) {
	t.Helper()
	path := m.build(t)
	script := filepath.Join("..", "..", "scripts", "native.sh")
	command := exec.Command(filepath.Join(path, "bash"), script)
	if m.check {
		command.Args = append(command.Args, "--check")
	}
	command.Env = append([]string{"PATH=" + path, "ROOM=" + path}, m.environ...)
	said, err := command.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if code := command.ProcessState.ExitCode(); code != m.exit {
		t.Errorf("exit code %d, want %d", code, m.exit)
	}
	wantText(t, "output", string(said), or(m.says, "^$"))
	m.wantCalls(t, path)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func (m machine) wantCalls(t *testing.T, path string) {
	t.Helper()
	logged, err := os.ReadFile(filepath.Join(path, "calls"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if got := strings.Split(strings.TrimSpace(string(logged)), "\n"); strings.Join(got, "\n") != strings.Join(m.calls, "\n") {
		t.Errorf("calls %q, want %q", got, m.calls)
	}
}

// build makes the folder that is the whole PATH.
func (m machine) build(t *testing.T) string {
	t.Helper()
	path := t.TempDir()
	for _, tool := range []string{"bash", "env", "paste", "sed", "chmod"} {
		installed, err := exec.LookPath(tool)
		if err != nil {
			t.Skipf("%s is not there", tool)
		}
		if err := os.Symlink(installed, filepath.Join(path, tool)); err != nil {
			t.Fatal(err)
		}
	}
	m.fake(t, path, "uname", "echo "+or(m.system, "Linux"))
	m.fake(t, path, "ls", fmt.Sprintf("[ %t = false ]", m.fresh)) // of the lists of packages
	m.fake(t, path, "id", "echo "+or(m.user, "0"))
	for tool := range strings.FieldsSeq(m.tools) {
		m.fake(t, path, tool, m.behaviour(tool))
	}
	return path
}

// behaviour is what a tool does: those that install do so by making the others appear.
func (m machine) behaviour(tool string) string {
	fails := strings.Contains(m.broken, tool)
	switch {
	case tool == "go":
		return `case "$*" in "env CC") echo "gcc -m64" ;; "env CGO_ENABLED") echo "${CGO_ENABLED:-1}" ;; esac`
	case tool == "pkg-config":
		return `[ -e "$ROOM/libzmq" ]`
	case tool == "sudo" && fails:
		return `echo sudo >>"$ROOM/calls"; exit 1`
	case tool == "sudo":
		return `echo sudo >>"$ROOM/calls"; exec "$@"`
	case tool == "apt-get" && fails:
		return `echo "apt-get $*" >>"$ROOM/calls"; case "$*" in *install*) exit 100 ;; esac`
	case tool == "apt-get":
		return `echo "apt-get $*" >>"$ROOM/calls"; case "$*" in *install*) ` + appear("gcc", "pkg-config", "libzmq") + ` ;; esac`
	case tool == "brew":
		return `echo "brew $*" >>"$ROOM/calls"; ` + appear("pkg-config", "libzmq")
	default:
		return "exit 0"
	}
}

func appear(tools ...string) string {
	var b strings.Builder
	for _, tool := range tools {
		fmt.Fprintf(&b, `[ -e "$ROOM/%[1]s" ] || { printf '#!%%s\n[ -e "$ROOM/libzmq" ]\n' "$ROOM/bash" >"$ROOM/%[1]s"; chmod +x "$ROOM/%[1]s"; }; `, tool)
	}
	return b.String()
}

// fake writes a program. Other tests start processes meanwhile: a child that has just been forked holds the file open, and
// what is open for writing cannot be executed.
func (machine) fake(t *testing.T, path, tool, script string) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	text := "#!" + filepath.Join(path, "bash") + "\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(path, tool), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}
