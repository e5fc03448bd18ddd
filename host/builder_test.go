//go:build cgo

package host_test

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/host"
	"github.com/zebus-go/zebus/zebus"
)

// local returns the configuration of a peer that stays on this machine and gives up soon.
func local(peerID zebus.PeerID, endpoint string) host.Config {
	c := host.DefaultConfig()
	c.Bus.PeerID, c.Bus.Environment = peerID, "Test"
	c.Bus.DirectoryEndpoints = []string{endpoint}
	c.Bus.RegistrationTimeout = 10 * time.Second
	c.Zmq.InboundEndpoint = "tcp://127.0.0.1:*"
	c.Zmq.WaitForEndOfStreamAckTimeout = 100 * time.Millisecond
	c.Logger = slog.New(slog.DiscardHandler)
	return c
}

func TestNewBuilderReportsWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := host.NewBuilder(host.DefaultConfig())
	if !errors.Is(err, host.ErrMissing) || strings.Contains(err.Error(), "\n") {
		t.Errorf("NewBuilder of the default = %v, want one missing setting", err)
	}
}

func TestAStarInThePeerIDIsUnique(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^Acme\.Client\.[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 3 {
		builder, err := host.NewBuilder(local("Acme.Client.*", "tcp://127.0.0.1:1"))
		if err != nil {
			t.Fatal(err)
		}
		bus, err := builder.Build()
		if err != nil {
			t.Fatal(err)
		}
		id := string(bus.ID())
		if !form.MatchString(id) || seen[id] {
			t.Errorf("the peer ID is %q after %v, want a new GUID for the star", id, seen)
		}
		seen[id] = true
	}
}

// A start that fails waits for nobody, says why, and leaves nothing behind, not even its port.
func TestStartWithoutADirectory(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	c := local("Acme.Echo.0", "tcp://127.0.0.1:1")
	c.Zmq.InboundEndpoint = "tcp://127.0.0.1:" + port
	_, err := host.Start(t.Context(), c)
	if !errors.Is(err, directory.ErrNoDirectory) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Start = %v, want ErrNoDirectory, and nothing of a time that is over", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatalf("the port is still taken: %v", err)
	}
	if err := listener.Close(); err != nil {
		t.Error(err)
	}
}

func TestStartOnAPortInUse(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // nothing was accepted
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	c := local("Acme.Echo.0", "tcp://127.0.0.1:1")
	c.Zmq.InboundEndpoint = "tcp://127.0.0.1:" + port
	_, err = host.Start(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), "address already in use") || !strings.Contains(err.Error(), port) {
		t.Errorf("Start = %v, want the port and that it is in use", err)
	}
}

// freePort returns a port that is free, and below those that the system gives to others meanwhile.
func freePort(t *testing.T) string {
	t.Helper()
	const first, ports = 30000, 2000
	for range 100 {
		port := strconv.Itoa(first + rand.IntN(ports))
		if listener, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			_ = listener.Close() // nothing was accepted
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}
