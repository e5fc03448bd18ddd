//go:build cgo && unix

package programs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/examples/echo"
	"github.com/zebus-go/zebus/host"
	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

// config is the configuration of a peer in the network. It waits forever, also for the others when it leaves.
func (n *network) config(id zebus.PeerID) host.Config {
	c := host.DefaultConfig()
	c.Bus.PeerID, c.Bus.Environment, c.Bus.DirectoryEndpoints = id, "Test", []string{n.endpoint}
	c.Bus.RegistrationTimeout = forever
	c.Bus.PickRandomDirectory = false
	c.Zmq.InboundEndpoint = "tcp://127.0.0.1:*"
	c.Zmq.WaitForEndOfStreamAckTimeout = forever
	c.Zmq.RecvTimeout = 50 * time.Millisecond
	c.Logger = slog.New(slog.DiscardHandler)
	return c
}

// A badCall is a start that cannot work, as code sees it.
type badCall struct {
	config     func(t *testing.T, n *network, c *host.Config)
	unanswered bool    // by a directory, which is then waited for a little
	is         []error // all of them
	says       string
}

func badCalls() map[string]badCall {
	return map[string]badCall{
		"the directory is down": {
			config: func(_ *testing.T, _ *network, c *host.Config) {
				c.Bus.DirectoryEndpoints = []string{"tcp://127.0.0.1:1"}
			},
			is:   []error{directory.ErrNoDirectory, zebus.ErrPeerUnreachable},
			says: "start a directory there",
		},
		"the directory hangs": {
			config: func(t *testing.T, _ *network, c *host.Config) {
				c.Bus.DirectoryEndpoints = []string{newSilent(t).endpoint}
			},
			unanswered: true,
			is:         []error{directory.ErrNoDirectory, context.DeadlineExceeded},
			says:       "either no directory runs there",
		},
		"every directory is down or hangs": {
			config: func(t *testing.T, _ *network, c *host.Config) {
				c.Bus.DirectoryEndpoints = []string{"tcp://127.0.0.1:1", newSilent(t).endpoint}
			},
			unanswered: true,
			is:         []error{directory.ErrNoDirectory, zebus.ErrPeerUnreachable, context.DeadlineExceeded},
			says:       "DirectoryService.1",
		},
		"another environment": {
			config:     func(_ *testing.T, _ *network, c *host.Config) { c.Bus.Environment = "Other" },
			unanswered: true,
			is:         []error{directory.ErrNoDirectory, context.DeadlineExceeded},
			says:       "or it serves another environment than this peer's",
		},
		"nobody reaches the advertised host": {
			config:     func(_ *testing.T, _ *network, c *host.Config) { c.Zmq.AdvertisedEndpoint = "127.0.0.1:1" },
			unanswered: true,
			is:         []error{directory.ErrNoDirectory, context.DeadlineExceeded},
			says:       "or it cannot reach this peer at tcp://127.0.0.1:1",
		},
		"the peer id is taken on another host": {
			config: func(_ *testing.T, _ *network, c *host.Config) {
				c.Bus.PeerID, c.Zmq.AdvertisedEndpoint = "Abc.Echo.0", "localhost:*"
			},
			is:   []error{directory.ErrAlreadyExists},
			says: "code 1001",
		},
		"the port is in use": {
			config: func(_ *testing.T, n *network, c *host.Config) { c.Zmq.InboundEndpoint = n.endpoint },
			says:   "address already in use; stop what listens there",
		},
		"there is no name": {
			config: func(_ *testing.T, _ *network, c *host.Config) { c.Bus.PeerID = "" },
			is:     []error{host.ErrMissing},
			says:   "peer_id: is empty: set it in bus.toml, as ZEBUS_PEER_ID, or in code",
		},
		"values that cannot be, all of them": {
			config: func(_ *testing.T, _ *network, c *host.Config) {
				c.Bus.RegistrationTimeout, c.Zmq.InboundEndpoint, c.StopTimeout = -1, "foo", -1
			},
			is:   []error{host.ErrInvalidValue},
			says: "StopTimeout: -1ns is negative",
		},
	}
}

// A start that fails waits for nobody but a directory that does not answer, no longer than it was told to, and leaves
// nothing behind: no goroutine, which is checked at the end, and no port.
func TestBadStarts(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.service()
	t.Run("table", func(t *testing.T) {
		for name, tc := range badCalls() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				tc.run(t, n)
			})
		}
	})
	n.echo("still there")
}

func (b badCall) run(t *testing.T, n *network) {
	t.Helper()
	port := freePort(t)
	c := n.config("Acme.Bad.*")
	c.Zmq.InboundEndpoint = fmt.Sprintf("tcp://127.0.0.1:%d", port)
	if b.unanswered {
		c.Bus.RegistrationTimeout = little
	}
	b.config(t, n, &c)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	bus, err := host.Start(ctx, c)
	if ctx.Err() != nil {
		t.Errorf("Start took more than %v", patience)
	}
	if bus != nil || err == nil || !strings.Contains(err.Error(), b.says) {
		t.Errorf("Start = %v, %v, want an error that says %q", bus, err, b.says)
	}
	for _, is := range b.is {
		if !errors.Is(err, is) {
			t.Errorf("Start = %v, want %v", err, is)
		}
	}
	wantFree(t, port)
}

// wantFree wants nobody to listen on a port of this machine.
func wantFree(t *testing.T, port int) {
	t.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Errorf("the port is still held: %v", err)
		return
	}
	_ = l.Close() // nothing was accepted
}

func TestStartsAndStops(t *testing.T) {
	t.Parallel()
	n, second := newNetwork(t), newNetwork(t, "--index", "1")
	t.Run("the next directory is tried when one is down", func(t *testing.T) {
		c := n.config("Acme.Next.0")
		c.Bus.DirectoryEndpoints = []string{"tcp://127.0.0.1:1", second.endpoint}
		stop(t, begin(t, c))
	})
	t.Run("the next directory is tried when one hangs, after its time", func(t *testing.T) {
		c := n.config("Acme.Next.0")
		c.Bus.DirectoryEndpoints = []string{newSilent(t).endpoint, second.endpoint}
		c.Bus.RegistrationTimeout = 2 * time.Second // long enough for a directory that answers, on a machine that does much else
		c.Zmq.WaitForEndOfStreamAckTimeout = little // it hangs on
		started := time.Now()
		bus := begin(t, c)
		if took := time.Since(started); took < c.Bus.RegistrationTimeout {
			t.Errorf("the start took %v, less than the time of the first directory", took)
		}
		stop(t, bus)
	})
	t.Run("a second start is refused, and changes nothing", func(t *testing.T) {
		bus := begin(t, n.config("Acme.Twice.0"))
		if err := bus.Start(t.Context()); !errors.Is(err, zebus.ErrAlreadyRunning) || !bus.IsRunning() {
			t.Errorf("Start = %v, running %t, want ErrAlreadyRunning and a bus that runs", err, bus.IsRunning())
		}
		stop(t, bus)
		if err := bus.Stop(t.Context()); !errors.Is(err, zebus.ErrNotRunning) {
			t.Errorf("second Stop = %v, want ErrNotRunning", err)
		}
	})
	t.Run("a stop during a start undoes it; the bus can start again", func(t *testing.T) {
		hung := newSilent(t)
		c := n.config("Acme.Undone.0")
		c.Bus.DirectoryEndpoints = []string{hung.endpoint, second.endpoint}
		bus := build(t, c)
		started := make(chan error, 1)
		go func() { started <- bus.Start(context.Background()) }()
		<-hung.accepted
		stop(t, bus)
		if err := <-started; !errors.Is(err, context.Canceled) || bus.IsRunning() {
			t.Errorf("Start = %v, running %t, want context.Canceled and a bus that is stopped", err, bus.IsRunning())
		}
		hung.close()
		if err := bus.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		stop(t, bus)
	})
}

func build(t *testing.T, c host.Config, handlers ...zebus.Handler) *zebus.Bus {
	t.Helper()
	builder, err := host.NewBuilder(c)
	if err != nil {
		t.Fatal(err)
	}
	bus, err := builder.WithHandlers(handlers...).Build()
	if err != nil {
		t.Fatal(err)
	}
	return bus
}

func begin(t *testing.T, c host.Config, handlers ...zebus.Handler) *zebus.Bus {
	t.Helper()
	bus := build(t, c, handlers...)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := bus.Start(ctx); err != nil {
		t.Fatal(err)
	}
	return bus
}

// stop wants the bus to stop.
func stop(t *testing.T, bus *zebus.Bus) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := bus.Stop(ctx); err != nil {
		t.Errorf("Stop of %s: %v", bus.ID(), err)
	}
}

// A message of 10 MB and its answer of 10 MB, over TCP.
func TestTenMegabytesAndBack(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	service := begin(t, n.config("Acme.Echo.0"), zebus.HandleRequest(func(_ context.Context, c *echo.EchoCommand) (*echo.EchoReply, error) {
		return &echo.EchoReply{Msg: c.Msg}, nil
	}))
	client := begin(t, n.config("Acme.Client.0"))
	text := string(bytes.Repeat([]byte("0123456789"), 1_000_000))
	ask := func(text string) (string, error) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		reply, err := zebus.Request(ctx, client, &echo.EchoCommand{Msg: text})
		if err != nil {
			return "", err
		}
		return reply.Msg, nil
	}
	if got, err := ask(text); err != nil || got != text {
		t.Errorf("Request = %d bytes, %v", len(got), err)
	}
	t.Run("and one that is too large is refused, and changes nothing", func(t *testing.T) {
		if _, err := ask(strings.Repeat(text, 7)); !errors.Is(err, zebus.ErrTooLarge) {
			t.Errorf("Request = %v, want ErrTooLarge", err)
		}
		if _, err := ask("small"); err != nil {
			t.Error(err)
		}
	})
	stop(t, client)
	stop(t, service)
}

// A directory that knows 5,000 peers answers a registration with all of them.
func TestFiveThousandPeers(t *testing.T) {
	t.Parallel()
	const crowd = 5000
	n := &network{t: t}
	office := n.office(crowd)
	bus := begin(t, n.config("Acme.Newcomer.0"))
	err := bus.Send(t.Context(), &echo.EchoCommand{Msg: "who is there?"})
	if !errors.Is(err, zebus.ErrManyPeers) || strings.Count(err.Error(), "Acme.Crowd.") != crowd {
		t.Errorf("Send to the crowd names %d peers, want %d in an ErrManyPeers", strings.Count(err.Error(), "Acme.Crowd."), crowd)
	}
	stop(t, bus)
	stop(t, office)
}

// office starts a directory inside this process that knows so many peers.
func (n *network) office(crowd int) *zebus.Bus {
	n.t.Helper()
	store := directory.NewMemoryStore()
	for i := range crowd {
		if err := enter(store, zebus.PeerID(fmt.Sprintf("Acme.Crowd.%d", i))); err != nil {
			n.t.Fatal(err)
		}
	}
	server, err := directory.NewServer(directory.ServerConfig{Store: store, PingInterval: -1})
	if err != nil {
		n.t.Fatal(err)
	}
	transport, err := zmq.New(zmq.Config{InboundEndpoint: "tcp://127.0.0.1:*", EndOfStreamAckTimeout: forever})
	if err != nil {
		n.t.Fatal(err)
	}
	bus, err := zebus.NewBuilder(directory.PeerID(0)).WithEnvironment("Test").WithTransport(transport).WithDirectory(server).Build()
	if err != nil {
		n.t.Fatal(err)
	}
	if err := bus.Start(n.t.Context()); err != nil {
		n.t.Fatal(err)
	}
	n.endpoint = bus.Endpoint()
	return bus
}

// enter puts a peer into the books of a directory. It subscribes to nothing but echoes, so it costs no connection.
func enter(store directory.Store, id zebus.PeerID) error {
	at := time.Now().Add(-time.Minute)
	peer := zebus.PeerDescriptor{
		Peer:          zebus.Peer{ID: id, Endpoint: "tcp://127.0.0.1:1", Up: true, Responding: true},
		Subscriptions: []zebus.Subscription{{Type: (*echo.EchoCommand)(nil).ZebusType().ID()}},
		Timestamp:     &at,
	}
	return store.Update(context.Background(), id, func(r *directory.Record) *directory.Record { return r.Put(peer) })
}
