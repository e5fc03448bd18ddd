//go:build cgo && unix

package programs_test

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// silent is a place that takes connections and says nothing: a directory that hangs.
type silent struct {
	endpoint string
	accepted chan struct{} // one: that there was a connection
	listener net.Listener
	ended    chan struct{}
}

func newSilent(t *testing.T) *silent {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &silent{
		endpoint: "tcp://" + l.Addr().String(), accepted: make(chan struct{}, 1),
		listener: l, ended: make(chan struct{}),
	}
	go s.accept()
	t.Cleanup(s.close)
	return s
}

// close makes it a place where nobody listens.
func (s *silent) close() {
	_ = s.listener.Close() // ends accept, when it is the first one
	<-s.ended
}

func (s *silent) accept() {
	defer close(s.ended)
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		defer c.Close() //nolint:errcheck // nothing was written; and the connections last as long as the listener
		select {
		case s.accepted <- struct{}{}:
		default:
		}
	}
}

func TestInterrupts(t *testing.T) {
	t.Parallel()
	t.Run("a service during its start", func(t *testing.T) {
		t.Parallel()
		hung := newSilent(t)
		p := start(t, call{program: "service", env: []string{
			"ZEBUS_DIRECTORY_ENDPOINTS=" + hung.endpoint, lasts(acknowledgement, forever), lasts(registration, forever),
		}})
		<-hung.accepted
		wantEnd(t, p, syscall.SIGINT, 1, `^service: host: interrupted before the start was complete\n$`)
	})
	t.Run("a client during its start", func(t *testing.T) {
		t.Parallel()
		hung := newSilent(t)
		p := start(t, call{program: "client", args: []string{"hello"}, env: []string{
			"ZEBUS_DIRECTORY_ENDPOINTS=" + hung.endpoint, lasts(acknowledgement, forever), lasts(registration, forever),
		}})
		<-hung.accepted
		wantEnd(t, p, syscall.SIGINT, 1, `^client: interrupt signal received\n$`)
	})
	t.Run("a service that runs", func(t *testing.T) {
		t.Parallel()
		n := newNetwork(t)
		p := n.service()
		wantEnd(t, p, syscall.SIGINT, 0, `peer stopping`)
		quiet(t, p, n.directory)
	})
	t.Run("a service, twice, while the directory hangs", func(t *testing.T) {
		t.Parallel()
		n := newNetwork(t)
		p := n.service()
		n.directory.suspend()
		p.signal(syscall.SIGINT)
		p.await("peer stopping; a second interrupt ends it at once")
		wantEnd(t, p, syscall.SIGINT, 1, `service: host: killed by a second signal\n$`)
	})
	t.Run("a directory, twice, while a peer hangs", func(t *testing.T) {
		t.Parallel()
		n := newNetwork(t)
		peer := n.service()
		peer.suspend()
		n.directory.signal(syscall.SIGINT)
		n.directory.await("directory stopping; a second interrupt ends it at once")
		wantEnd(t, n.directory, syscall.SIGINT, 1, `zebus-directory: host: killed by a second signal\n$`)
	})
	t.Run("a directory, once, while a peer hangs: it waits no longer than it was told to", func(t *testing.T) {
		t.Parallel()
		n := newNetworkWhere(t, little)
		peer := n.service()
		peer.suspend()
		wantEnd(t, n.directory, syscall.SIGINT, 0, `not waiting any longer .* peers=\[Abc\.Echo\.0\]`)
	})
}

// wantEnd sends a signal and wants the process to end of it.
func wantEnd(t *testing.T, p *process, s syscall.Signal, code int, stderr string) {
	t.Helper()
	p.signal(s)
	wantExit(t, p, code)
	wantText(t, "standard error", p.stderr.text(), stderr)
}

// A directory without a durable store comes back and knows nobody. Its peers come back by themselves, whichever way it
// went.
func TestDirectoryComesBack(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*process){
		"after a stop":    func(p *process) { p.stop() },
		"after its death": (*process).kill,
	}
	for name, end := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t)
			service := n.service("ZEBUS_DIRECTORY_SILENCE_TIMEOUT=1s", "ZEBUS_REGISTRATION_TIMEOUT=1s")
			end(n.directory)
			service.await(`"registering again" peer=Abc\.Echo\.0 reason="no ping"`)
			service.await(`"registering again did not work" peer=Abc\.Echo\.0 again_in=\S+ error="\S+: no directory took the command .*refused`)
			said := len(service.stderr.text()) // a ping that is late has the same effect, also while all is well
			n.open()
			service.awaitAfter(said, `"registered again" peer=Abc\.Echo\.0`)
			n.echoInTheEnd("back again")
			service.stop()
		})
	}
}

// Peers that know each other need no directory.
func TestServiceStopsWithoutItsDirectory(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	service := n.service()
	n.directory.kill()
	service.await(`"connection lost" peer=Abc\.Zebus\.DirectoryService\.0`) // what is sent before may be lost, and is waited for
	service.stop()
	service.await(`msg=unregister peer=Abc\.Echo\.0 error="directory: no directory took the command UnregisterPeerCommand; ` +
		`Abc\.Zebus\.DirectoryService\.0 at \S+: refused`)
}

// A service that stops together with its directory is not answered any more, whatever had become of its last command.
func TestServiceStopsWithItsDirectory(t *testing.T) {
	t.Parallel()
	t.Run("which is killed before it has read that the service leaves", func(t *testing.T) {
		t.Parallel()
		n := newNetwork(t)
		service := n.service()
		n.directory.suspend()
		service.signal(syscall.SIGTERM)
		service.await("peer stopping")
		n.directory.kill()
		wantEnd(t, service, syscall.SIGCONT, 0, `msg=unregister peer=Abc\.Echo\.0 error="directory: no directory took the command`)
	})
	for range 5 { // who is first decides how
		t.Run("which is interrupted by the same key", func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t)
			service := n.service()
			n.directory.signal(syscall.SIGINT)
			wantEnd(t, service, syscall.SIGINT, 0, "peer stopping")
			wantEnd(t, n.directory, syscall.SIGCONT, 0, "directory stopping")
		})
	}
}

// A directory that says it is where nobody finds it is told at the place where it was found that a service leaves.
func TestServiceLeavesADirectoryThatIsNotWhereItSays(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "directory.toml")
	if err := os.WriteFile(file, []byte("[zmq]\nadvertised_endpoint = \"nowhere.invalid:*\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	n := newNetwork(t, "--config", file)
	service := n.service()
	service.await(`"peer is unreachable" peer=Abc\.Zebus\.DirectoryService\.0 .*nowhere\.invalid`) // when it answers the first ping
	service.stop()
	p := n.client("anybody there?")
	wantExit(t, p, 1)
	wantText(t, "standard error", p.stderr.text(), `client: Abc\.Echo\.EchoCommand: zebus: no peer handles the command; is the echo service running\?\n$`)
}

// On one host a new process takes the place of the old one of the same name.
func TestSecondStartTakesOver(t *testing.T) {
	t.Parallel()
	for kind, persistent := range map[string]string{"a transient one": "false", "a persistent one": "true"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t)
			first := n.service("ZEBUS_IS_PERSISTENT=" + persistent)
			second := n.service("ZEBUS_IS_PERSISTENT=" + persistent)
			n.echo("whose turn?")
			second.await(`msg=echo msg="whose turn\?"`)
			first.stop()
			second.await(`"registered again" peer=Abc\.Echo\.0`) // the first has taken the name along
			n.echo("still mine")
			second.stop()
		})
	}
}
