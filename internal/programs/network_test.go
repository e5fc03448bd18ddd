//go:build cgo && unix

package programs_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// A network is a directory on this machine, and the settings of peers that look for it.
type network struct {
	t         *testing.T
	directory *process
	endpoint  string
	settings  []string // of peers, as variables
	flags     []string // of the directory
	patient   string   // how long the directory waits for those that it leaves, as a variable
}

// newNetwork starts a directory on a free port. It and its peers wait forever for each other when they leave.
func newNetwork(t *testing.T, flags ...string) *network {
	t.Helper()
	return newNetworkWhere(t, forever, flags...)
}

// newNetworkWhere is newNetwork with a directory that waits so long when it leaves.
func newNetworkWhere(t *testing.T, waits time.Duration, flags ...string) *network {
	t.Helper()
	n := &network{
		t: t, endpoint: fmt.Sprintf("tcp://127.0.0.1:%d", freePort(t)), flags: flags, patient: lasts(acknowledgement, waits),
	}
	n.open()
	n.settings = []string{
		"ZEBUS_ENVIRONMENT=Test", "ZEBUS_DIRECTORY_ENDPOINTS=" + n.endpoint, "ZEBUS_INBOUND_ENDPOINT=tcp://127.0.0.1:*",
		lasts(acknowledgement, forever), "ZEBUS_RECV_TIMEOUT=50ms",
	}
	return n
}

// open starts the directory, again if it has ended.
func (n *network) open() {
	n.t.Helper()
	n.directory = start(n.t, call{
		program: "zebus-directory", args: slices.Concat([]string{"--endpoint", n.endpoint, "--environment", "Test"}, n.flags),
		env: []string{"ZEBUS_PING_PEERS_INTERVAL=100ms", n.patient, "ZEBUS_RECV_TIMEOUT=50ms"},
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
	n.wantEchoed(n.client(text), text)
}

// echoInTheEnd is echo with a service that may register again at any time, which fails the commands under way to it.
func (n *network) echoInTheEnd(text string) {
	n.t.Helper()
	p := n.client(text)
	for begin := time.Now(); strings.Contains(p.stderr.text(), zebus.ErrPeerRestarted.Error()) && time.Since(begin) < patience; {
		p = n.client(text)
	}
	n.wantEchoed(p, text)
}

// client returns a client that has ended.
func (n *network) client(text string) *process {
	n.t.Helper()
	p := n.start(call{program: "client", args: []string{text}})
	p.wait()
	return p
}

func (n *network) wantEchoed(p *process, text string) {
	n.t.Helper()
	if p.code != 0 || p.stdout.text() != text+"\n" {
		n.t.Errorf("client %q exited with %d and wrote %q\n%s", text, p.code, p.stdout.text(), p.stderr.text())
	}
}

const firstPort, ports = 20000, 10000 // below those that systems give away

var (
	firstTried = rand.Uint32N(ports) // by freePort
	tried      atomic.Uint32         // how many it has tried
)

// freePort returns a port that is free, and that nobody gets who asks for one, here or the system: what ends may be
// started again where it was.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := firstPort + int((firstTried+tried.Add(1))%ports)
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
