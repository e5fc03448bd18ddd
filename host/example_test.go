package host_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
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

// The usual main function: it serves until SIGINT or SIGTERM, and what it returns decides about the exit code.
func ExampleRun() {
	config, err := host.Load("bus.toml", "zmq.toml")
	if err != nil {
		log.Fatal(err)
	}
	handler := zebus.HandleCommand(func(context.Context, *interop.Knock) error { return nil })
	if err := host.Run(context.Background(), config, handler); err != nil { // nil after a graceful stop
		log.Fatal(err) // exits with 1
	}
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
	if err := host.Serve(context.Background(), bus, host.ServeOptions{Ready: func() { slog.Info("ready") }}); err != nil {
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
