//go:build cgo && unix

package programs_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
)

// A network is a directory on this machine, and the settings of peers that look for it.
type network struct {
	t         *testing.T
	directory *process
	endpoint  string
	settings  []string // of peers, as variables
	flags     []string // of the directory
}

// newNetwork starts a directory on a free port.
func newNetwork(t *testing.T, flags ...string) *network {
	t.Helper()
	n := &network{t: t, endpoint: fmt.Sprintf("tcp://127.0.0.1:%d", freePort(t)), flags: flags}
	n.open()
	n.settings = []string{
		"ZEBUS_ENVIRONMENT=Test", "ZEBUS_DIRECTORY_ENDPOINTS=" + n.endpoint, "ZEBUS_INBOUND_ENDPOINT=tcp://127.0.0.1:*",
		"ZEBUS_WAIT_FOR_END_OF_STREAM_ACK_TIMEOUT=500ms", "ZEBUS_RECV_TIMEOUT=50ms",
	}
	return n
}

// open starts the directory, again if it has ended.
func (n *network) open() {
	n.t.Helper()
	n.directory = start(n.t, call{
		program: "zebus-directory", args: slices.Concat([]string{"--endpoint", n.endpoint, "--environment", "Test"}, n.flags),
		env: []string{
			"ZEBUS_PING_PEERS_INTERVAL=100ms", "ZEBUS_WAIT_FOR_END_OF_STREAM_ACK_TIMEOUT=500ms", "ZEBUS_RECV_TIMEOUT=50ms",
		},
	})
	n.directory.await("directory ready")
}

// start starts a peer.
func (n *network) start(c call) *process {
	n.t.Helper()
	c.env = n.with(c.env)
	return start(n.t, c)
}

// with returns the variables of a peer of the network, and some more that come after them.
func (n *network) with(env []string) []string { return slices.Concat(n.settings, env) }

// service starts an echo service and waits until it is ready.
func (n *network) service(env ...string) *process {
	n.t.Helper()
	p := n.start(call{program: "service", env: env})
	p.await("peer ready")
	return p
}

// echo sends a text through a client, and wants it back.
func (n *network) echo(text string) {
	n.t.Helper()
	p := n.start(call{program: "client", args: []string{text}})
	if code := p.wait(); code != 0 || p.stdout.text() != text+"\n" {
		n.t.Errorf("client %q exited with %d and wrote %q\n%s", text, code, p.stdout.text(), p.stderr.text())
	}
}

// freePort returns a port that is free, and that nobody gets who asks the system for a free one: what ends may be
// started again where it was.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 20000 + rand.IntN(10000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		_ = l.Close() // nothing was accepted
		return port
	}
	t.Fatal("no port is free")
	return 0
}

// quiet wants nothing in a log that asks for attention.
func quiet(t *testing.T, processes ...*process) {
	t.Helper()
	for _, p := range processes {
		for line := range strings.Lines(p.stderr.text()) {
			if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
				t.Errorf("%s: %s", p.name, line)
			}
		}
	}
}
