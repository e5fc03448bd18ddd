// Service answers EchoCommand: it logs the text and replies with it, until it is interrupted.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"

	"github.com/zebus-go/zebus/examples/echo"
	"github.com/zebus-go/zebus/host"
)

const usage = `Usage: service [--bus FILE] [--zmq FILE]

Answers EchoCommand until it is interrupted: it logs the text and replies with it.

  --bus FILE   settings of the bus, like configs/bus.toml
  --zmq FILE   settings of the transport, like configs/zmq.toml

ZEBUS_... variables override the files. Without any settings this is Abc.Echo.0 of the network Demo, whose directory is
at tcp://localhost:7465.
`

func main() {
	busFile := flag.String("bus", "", "")
	zmqFile := flag.String("zmq", "", "")
	flag.Usage = func() { _, _ = fmt.Fprint(flag.CommandLine.Output(), usage) }
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "service: unexpected argument %q\nTry 'service --help'.\n", flag.Arg(0))
		os.Exit(host.ExitUsage)
	}
	os.Exit(host.Main(func(ctx context.Context) error { return run(ctx, *busFile, *zmqFile) }))
}

// run serves until SIGINT or SIGTERM; a second one ends it at once.
func run(ctx context.Context, busFile, zmqFile string) error {
	config, err := host.Load(busFile, zmqFile)
	if err != nil {
		return err
	}
	if config.Bus.PeerID == "" {
		config.Bus.PeerID = "Abc.Echo.0"
	}
	// What the bus says is left to host: warnings, and that it is ready. What the service says is its work.
	service := &echo.Service{Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	return host.Run(ctx, config, service.Handlers()...)
}
