//go:build cgo

package host_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/examples/echo"
	"github.com/zebus-go/zebus/host"
	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

// A directory, a service that runs and a client that is started find each other over libzmq.
func TestAServiceAnswersAClient(t *testing.T) {
	t.Parallel()
	endpoint := startDirectory(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()

	config := local("Abc.Echo.0", endpoint)
	log := &readyLog{ready: make(chan string, 1)}
	config.Logger = slog.New(log)
	turns := make(chan string, 2) // two: that it is ready, and that it stops
	config.Ready = func(bus *zebus.Bus) { turns <- "ready " + string(bus.ID()) }
	config.Stopping = func(bus *zebus.Bus) { turns <- "stopping " + string(bus.ID()) }
	service := &echo.Service{Log: slog.New(slog.DiscardHandler)}
	runs, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- host.Run(runs, config, service.Handlers()...) }()
	line := receive(ctx, t, log.ready)
	for _, want := range []string{"peer=Abc.Echo.0", "endpoint=tcp://127.0.0.1:", "environment=Test", "directory=" + endpoint} {
		if !strings.Contains(line, want) {
			t.Errorf("the service logs %q when it is ready, want %s in it", line, want)
		}
	}

	if turn := receive(ctx, t, turns); turn != "ready Abc.Echo.0" {
		t.Errorf("the service is %s, want ready", turn)
	}

	client, err := host.Start(ctx, local("Abc.Echo.Client.*", endpoint))
	if err != nil {
		t.Fatal(err)
	}
	reply, err := zebus.Request(ctx, client, &echo.EchoCommand{Msg: "hello"})
	if err != nil || reply.Msg != "hello" {
		t.Errorf("the service replies %v, %v, want hello", reply, err)
	}
	if err := client.Stop(ctx); err != nil {
		t.Errorf("Stop of the client: %v", err)
	}
	stop()
	if turn := receive(ctx, t, turns); turn != "stopping Abc.Echo.0" {
		t.Errorf("the service is %s, want stopping", turn)
	}
	if err := receive(ctx, t, served); err != nil {
		t.Errorf("Run of the service: %v", err)
	}
}

// startDirectory returns the endpoint of a directory that stops with the test.
func startDirectory(t *testing.T) string {
	t.Helper()
	config := host.DefaultDirectoryConfig()
	config.Endpoint, config.Environment = "tcp://127.0.0.1:*", "Test"
	config.Zmq.WaitForEndOfStreamAckTimeout = 100 * time.Millisecond
	logger := slog.New(slog.DiscardHandler)
	transport, err := zmq.New(config.Transport(logger))
	if err != nil {
		t.Fatal(err)
	}
	server, err := directory.NewServer(config.Server(logger))
	if err != nil {
		t.Fatal(err)
	}
	bus, err := zebus.NewBuilder(directory.PeerID(config.Index)).
		WithEnvironment(config.Environment).WithTransport(transport).WithDirectory(server).Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := bus.Stop(context.Background()); err != nil {
			t.Errorf("Stop of the directory: %v", err)
		}
	})
	return bus.Endpoint()
}

// readyLog is a handler that hands on the line that says ready.
type readyLog struct {
	slog.Handler

	ready chan string
}

func (*readyLog) Enabled(context.Context, slog.Level) bool { return true }

func (l *readyLog) WithAttrs([]slog.Attr) slog.Handler { return l }

func (l *readyLog) Handle(_ context.Context, r slog.Record) error {
	if r.Message != "peer ready" {
		return nil
	}
	var line []string
	r.Attrs(func(a slog.Attr) bool {
		line = append(line, a.String())
		return true
	})
	l.ready <- strings.Join(line, " ")
	return nil
}

// receive returns what arrives before ctx ends.
func receive[T any](ctx context.Context, t *testing.T, from <-chan T) T {
	t.Helper()
	var v T
	select {
	case v = <-from:
	case <-ctx.Done():
		t.Fatal("nothing arrived in time")
	}
	return v
}
