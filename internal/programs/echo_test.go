//go:build cgo && unix

package programs_test

import (
	"regexp"
	"strings"
	"testing"
)

// The main job, as three processes: nobody has anything to complain of, and everybody stops at once.
func TestEcho(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	service := n.service()
	t.Run("a text on the command line", func(t *testing.T) {
		p := n.start(call{program: "client", args: []string{"hello, zebus"}})
		wantExit(t, p, 0)
		wantText(t, "standard output", p.stdout.text(), `^hello, zebus\n$`)
		wantText(t, "standard error", p.stderr.text(), `^round trip: [0-9.]+[mµ]?s\n$`)
		service.await(`msg=echo msg="hello, zebus"`)
	})
	t.Run("several words are one text", func(t *testing.T) {
		p := n.start(call{program: "client", args: []string{"hello,", "zebus"}})
		wantExit(t, p, 0)
		wantText(t, "standard output", p.stdout.text(), `^hello, zebus\n$`)
	})
	t.Run("a line on standard input", func(t *testing.T) {
		p := n.start(call{program: "client", stdin: "from a pipe\nand more\n"})
		wantExit(t, p, 0)
		wantText(t, "standard output", p.stdout.text(), `^from a pipe\n$`)
		wantText(t, "standard error", p.stderr.text(), `^Text to echo:\nround trip: .*\n$`)
	})
	t.Run("files", func(t *testing.T) {
		p := n.start(call{program: "client", args: []string{"--bus", "../../configs/bus.toml", "--zmq", "../../configs/zmq.toml", "by files"}})
		wantExit(t, p, 0)
		wantText(t, "standard output", p.stdout.text(), `^by files\n$`)
	})
	t.Run("many clients at once", func(t *testing.T) {
		clients := make([]*process, 5)
		for i := range clients {
			clients[i] = n.start(call{program: "client", args: []string{"all together"}})
		}
		for _, p := range clients {
			wantExit(t, p, 0)
		}
	})
	t.Run("everybody stops without waiting for a time to be over", func(*testing.T) {
		service.stop()
		n.directory.stop()
	})
	quiet(t, service, n.directory)
	if s := service.stdout.text() + n.directory.stdout.text(); s != "" {
		t.Errorf("servers wrote %q to standard output", s)
	}
}

// Without any settings the three find each other, and their help says how. To run them so would take a fixed port.
func TestDefaultsFitTogether(t *testing.T) {
	t.Parallel()
	for program, want := range map[string]string{
		"zebus-directory": `--endpoint tcp://HOST:PORT .*\(default "tcp://\*:7465"\)\n.*--environment NAME .*\(default "Demo"\)`,
		"service":         `network Demo, whose directory is\s+at\s+tcp://localhost:7465`,
		"client":          `network Demo, whose directory is\s+at\s+tcp://localhost:7465`,
	} {
		p := start(t, call{program: program, args: []string{"--help"}})
		wantExit(t, p, 0)
		wantText(t, program+" --help", p.stdout.text()+p.stderr.text(), want)
	}
}

func wantExit(t *testing.T, p *process, code int) {
	t.Helper()
	if got := p.wait(); got != code {
		t.Errorf("%s exited with %d, want %d\n%s", p.name, got, code, p.stderr.text())
	}
}

func wantText(t *testing.T, what, got, pattern string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(got) {
		t.Errorf("%s is\n%s\nwant %s", what, strings.TrimSpace(got), pattern)
	}
}
