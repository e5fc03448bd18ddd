package host_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"sync/atomic"
	"time"

	"github.com/zebus-go/zebus/host"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// shop is a service that sends, too.
type shop struct{ bus zebus.PeerSender }

func (s *shop) onKnock(ctx context.Context, _ *interop.Knock) error {
	return s.bus.Publish(ctx, &interop.Note{Text: "somebody is at the door"})
}

// A service that says to a probe when it is there: it serves until SIGINT or SIGTERM.
func ExampleRun() {
	var ready atomic.Bool // what the probe is answered
	run := func(ctx context.Context) error {
		config, err := host.Load("bus.toml", "zmq.toml")
		if err != nil {
			return err
		}
		config.Ready = func(*zebus.Bus) { ready.Store(true) }
		config.Stopping = func(*zebus.Bus) { ready.Store(false) }
		return host.Run(ctx, config, zebus.HandleCommand(func(context.Context, *interop.Knock) error { return nil }))
	}
	os.Exit(host.Main(run))
}

// The usual main function, and what becomes of it when the configuration is wrong. Run would have returned nil after a
// graceful stop.
func ExampleMain() {
	run := func(ctx context.Context) error {
		config := host.DefaultConfig() // nobody named the peer
		return host.Run(ctx, config)
	}
	code := host.Main(run) // in a program: os.Exit(host.Main(run))
	fmt.Println("exit code", code)
	// Output: exit code 2
}

// A program that only calls others starts a bus and stops it.
func ExampleStart() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	config := host.DefaultConfig()
	config.Bus.PeerID = "Acme.Client.*"
	bus, err := host.Start(ctx, config)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer func() { _ = bus.Stop(ctx) }()
	fmt.Println(bus.Send(ctx, &interop.Knock{}))
}

// A service whose handlers send gets its bus before the bus starts.
func ExampleNewBuilder() {
	builder, err := host.NewBuilder(host.DefaultConfig())
	if err != nil {
		log.Fatal(err)
	}
	service := &shop{}
	bus, err := builder.WithHandlers(zebus.HandleCommand(service.onKnock)).WithSelector(zebus.RoundRobin).Build()
	if err != nil {
		log.Fatal(err)
	}
	service.bus = bus
	if err := host.Serve(context.Background(), bus, host.ServeOptions{Ready: func() { fmt.Println("ready") }}); err != nil {
		log.Fatal(err)
	}
}

// What the files and the environment leave open has its default, and code has the last word.
func ExampleLoad() {
	config, err := host.Load("../configs/bus.toml", "../configs/zmq.toml")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	config.Bus.PeerID = "Acme.Echo.0"
	fmt.Println(config.Bus.RegistrationTimeout, config.Zmq.MaxMessageSize, config.Validate())
	// Output: 30s 64MiB <nil>
}

func ExampleParseDuration() {
	timeout, err := host.ParseDuration("1h 30m")
	fmt.Println(timeout, err)
	_, err = host.ParseDuration("90")
	fmt.Println(err)
	// Output:
	// 1h30m0s <nil>
	// "90" has no time unit, want for example "90s" or "90ms"
}
