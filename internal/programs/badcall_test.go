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

// quick is the configuration of a peer in the network, with short times.
func (n *network) quick(id zebus.PeerID) host.Config {
	c := host.DefaultConfig()
	c.Bus.PeerID, c.Bus.Environment, c.Bus.DirectoryEndpoints = id, "Test", []string{n.endpoint}
	c.Bus.RegistrationTimeout = registrationTimeout
	c.Bus.PickRandomDirectory = false
	c.Zmq.InboundEndpoint = "tcp://127.0.0.1:*"
	c.Zmq.WaitForEndOfStreamAckTimeout = 500 * time.Millisecond
	c.Zmq.RecvTimeout = 50 * time.Millisecond
	c.Logger = slog.New(slog.DiscardHandler)
	return c
}

// registrationTimeout is long enough for a directory that answers, on a machine that does much else.
const registrationTimeout = 2 * time.Second

// A badCall is a start that cannot work, as code sees it.
type badCall struct {
	config func(t *testing.T, n *network, c *host.Config)
	is     []error // all of them
	says   string
	within time.Duration // beyond promptly
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
			is:     []error{directory.ErrNoDirectory, context.DeadlineExceeded},
			says:   "either no directory runs there",
			within: registrationTimeout,
		},
		"every directory is down or hangs": {
			config: func(t *testing.T, _ *network, c *host.Config) {
				c.Bus.DirectoryEndpoints = []string{"tcp://127.0.0.1:1", newSilent(t).endpoint}
			},
			is:     []error{directory.ErrNoDirectory, zebus.ErrPeerUnreachable, context.DeadlineExceeded},
			says:   "DirectoryService.1",
			within: registrationTimeout,
		},
		"another environment": {
			config: func(_ *testing.T, _ *network, c *host.Config) { c.Bus.Environment = "Other" },
			is:     []error{directory.ErrNoDirectory, context.DeadlineExceeded},
			says:   "or it serves another environment than this peer's",
			within: registrationTimeout,
		},
		"nobody reaches the advertised host": {
			config: func(_ *testing.T, _ *network, c *host.Config) { c.Zmq.AdvertisedEndpoint = "127.0.0.1:1" },
			is:     []error{directory.ErrNoDirectory, context.DeadlineExceeded},
			says:   "or it cannot reach this peer at tcp://127.0.0.1:1",
			within: registrationTimeout,
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

// A start that fails returns in time and leaves nothing behind: no goroutine, which is checked at the end, and no port.
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
	c := n.quick("Acme.Bad.*")
	c.Zmq.InboundEndpoint = fmt.Sprintf("tcp://127.0.0.1:%d", port)
	b.config(t, n, &c)
	begin := time.Now()
	bus, err := host.Start(t.Context(), c)
	if took := time.Since(begin); took > b.within+promptly {
		t.Errorf("took %v", took)
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
	n := newNetwork(t)
	t.Run("the next directory is tried when one is down", func(t *testing.T) {
		c := n.quick("Acme.Next.0")
		c.Bus.DirectoryEndpoints = []string{"tcp://127.0.0.1:1", n.endpoint}
		stop(t, begin(t, c))
	})
	t.Run("the next directory is tried when one hangs, after its time", func(t *testing.T) {
		c := n.quick("Acme.Next.0")
		c.Bus.DirectoryEndpoints = []string{newSilent(t).endpoint, n.endpoint}
		started := time.Now()
		bus := begin(t, c)
		if took := time.Since(started); took < registrationTimeout || took > registrationTimeout+promptly {
			t.Errorf("the start took %v", took)
		}
		stop(t, bus)
	})
	t.Run("a second start is refused, and changes nothing", func(t *testing.T) {
		bus := begin(t, n.quick("Acme.Twice.0"))
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
		c := n.quick("Acme.Undone.0")
		c.Bus.DirectoryEndpoints, c.Bus.RegistrationTimeout = []string{hung.endpoint, n.endpoint}, time.Minute
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
	if err := bus.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return bus
}

// stop wants the bus to stop promptly.
func stop(t *testing.T, bus *zebus.Bus) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	begin := time.Now()
	if err := bus.Stop(ctx); err != nil {
		t.Errorf("Stop of %s: %v", bus.ID(), err)
	}
	if took := time.Since(begin); took > promptly {
		t.Errorf("Stop of %s took %v", bus.ID(), took)
	}
}

// A message of 10 MB and its answer of 10 MB, over TCP.
func TestTenMegabytesAndBack(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	service := begin(t, n.quick("Acme.Echo.0"), zebus.HandleRequest(func(_ context.Context, c *echo.EchoCommand) (*echo.EchoReply, error) {
		return &echo.EchoReply{Msg: c.Msg}, nil
	}))
	client := begin(t, n.quick("Acme.Client.0"))
	text := string(bytes.Repeat([]byte("0123456789"), 1_000_000))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	reply, err := zebus.Request(ctx, client, &echo.EchoCommand{Msg: text})
	if err != nil || reply.Msg != text {
		t.Errorf("Request = %d bytes, %v", len(reply.Msg), err)
	}
	t.Run("and one that is too large is refused, and changes nothing", func(t *testing.T) {
		_, err := zebus.Request(ctx, client, &echo.EchoCommand{Msg: strings.Repeat(text, 7)})
		if !errors.Is(err, zebus.ErrTooLarge) {
			t.Errorf("Request = %v, want ErrTooLarge", err)
		}
		if _, err := zebus.Request(ctx, client, &echo.EchoCommand{Msg: "small"}); err != nil {
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
	begun := time.Now()
	bus := begin(t, n.quick("Acme.Newcomer.0"))
	if took := time.Since(begun); took > promptly {
		t.Errorf("the start took %v", took)
	}
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
	transport, err := zmq.New(zmq.Config{InboundEndpoint: "tcp://127.0.0.1:*", EndOfStreamAckTimeout: time.Second})
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
