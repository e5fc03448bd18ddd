// Service answers EchoCommand: it logs the text and replies with it, until it is interrupted.
package main

import (
	"context"
	"flag"
	"log/slog"
	"os"

	"github.com/zebus-go/zebus/examples/echo"
	"github.com/zebus-go/zebus/host"
)

func main() {
	busFile := flag.String("bus", "", "`file` with the settings of the bus, like configs/bus.toml")
	zmqFile := flag.String("zmq", "", "`file` with the settings of the transport, like configs/zmq.toml")
	flag.Parse()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(context.Background(), *busFile, *zmqFile, log); err != nil {
		log.Error("echo service", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, busFile, zmqFile string, log *slog.Logger) error {
	config, err := host.Load(busFile, zmqFile)
	if err != nil {
		return err
	}
	if config.Bus.PeerID == "" {
		config.Bus.PeerID = "Abc.Echo.0"
	}
	config.Logger = log
	service := &echo.Service{Log: log}
	return host.Run(ctx, config, service.Handlers()...)
}
