// Client sends a text to the echo service and prints what comes back.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/zebus-go/zebus/examples/echo"
	"github.com/zebus-go/zebus/host"
	"github.com/zebus-go/zebus/zebus"
)

const usage = `Usage: client [--bus FILE] [--zmq FILE] [TEXT]

Sends the text to the echo service and prints its reply. Without a text it reads a line from standard input.

  --bus FILE   settings of the bus, like configs/bus.toml
  --zmq FILE   settings of the transport, like configs/zmq.toml

ZEBUS_... variables override the files. Without any settings the client is in the network Demo, whose directory is at
tcp://localhost:7465.
`

// patience bounds the wait for the reply. A command without a deadline waits for as long as its peer lives.
const patience = 10 * time.Second

func main() {
	busFile := flag.String("bus", "", "")
	zmqFile := flag.String("zmq", "", "")
	flag.Usage = func() { _, _ = fmt.Fprint(flag.CommandLine.Output(), usage) }
	flag.Parse()
	os.Exit(host.Main(func(ctx context.Context) error { return run(ctx, *busFile, *zmqFile, flag.Args()) }))
}

func run(ctx context.Context, busFile, zmqFile string, args []string) error {
	config, err := host.Load(busFile, zmqFile)
	if err != nil {
		return err
	}
	if config.Bus.PeerID == "" {
		config.Bus.PeerID = "Abc.Echo.Client.*" // unique: any number of clients may run
	}
	config.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	text, err := textFrom(args, os.Stdin)
	if err != nil {
		return err
	}

	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	err = talk(ctx, config, text)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx) // names the signal; what it interrupted is of no interest
	}
	return err
}

// textFrom returns the text of the command line, or else the first line of in.
func textFrom(args []string, in io.Reader) (string, error) {
	if len(args) > 0 {
		return strings.Join(args, " "), nil
	}
	fmt.Fprintln(os.Stderr, "Text to echo:")
	line, err := bufio.NewReader(in).ReadString('\n')
	if errors.Is(err, io.EOF) && line == "" {
		return "", errors.New(`no text: write a line to standard input, or try client "some text"`)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the text: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// talk is the life of the peer: start, say the text, stop.
func talk(ctx context.Context, config host.Config, text string) (err error) {
	bus, err := host.Start(ctx, config)
	if err != nil {
		return err
	}
	defer func() {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), config.StopTimeout)
		defer cancel()
		err = errors.Join(err, bus.Stop(limited))
	}()
	return say(ctx, bus, text)
}

// say prints the reply on standard output, and how long it took on standard error.
func say(ctx context.Context, bus *zebus.Bus, text string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	begin := time.Now()
	reply, err := zebus.Request(ctx, bus, &echo.EchoCommand{Msg: text})
	if errors.Is(err, zebus.ErrNoPeer) {
		return fmt.Errorf("%w; is the echo service running?", err)
	}
	if err != nil {
		return err
	}
	fmt.Println(reply.Msg)
	fmt.Fprintln(os.Stderr, "round trip:", time.Since(begin).Round(time.Microsecond))
	return nil
}
