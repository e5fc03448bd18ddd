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

func main() {
	busFile := flag.String("bus", "", "`file` with the settings of the bus, like configs/bus.toml")
	zmqFile := flag.String("zmq", "", "`file` with the settings of the transport, like configs/zmq.toml")
	flag.Usage = usage
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *busFile, *zmqFile, strings.Join(flag.Args(), " "))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprint(flag.CommandLine.Output(), `client [--bus FILE] [--zmq FILE] [text]

Sends the text to the echo service and prints its reply. Without a text it asks for one.

`)
	flag.PrintDefaults()
}

func run(ctx context.Context, busFile, zmqFile, text string) (err error) {
	config, err := host.Load(busFile, zmqFile)
	if err != nil {
		return err
	}
	if config.Bus.PeerID == "" {
		config.Bus.PeerID = "Abc.Echo.Client.*" // unique: any number of clients may run
	}
	config.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if text == "" {
		if text, err = ask(os.Stdin); err != nil {
			return err
		}
	}
	bus, err := host.Start(ctx, config)
	if err != nil {
		return err
	}
	defer func() {
		stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), config.StopTimeout)
		defer cancel()
		err = errors.Join(err, bus.Stop(stopCtx))
	}()
	return send(ctx, bus, text)
}

func ask(in io.Reader) (string, error) {
	fmt.Fprint(os.Stderr, "Text to echo: ")
	line, err := bufio.NewReader(in).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" && err != nil {
		return "", fmt.Errorf("no text was given: %w", err)
	}
	return line, nil
}

func send(ctx context.Context, bus *zebus.Bus, text string) error {
	begin := time.Now()
	reply, err := zebus.Request(ctx, bus, &echo.EchoCommand{Msg: text})
	if err != nil {
		return err
	}
	fmt.Println(reply.Msg)
	fmt.Fprintf(os.Stderr, "round trip: %v\n", time.Since(begin).Round(time.Microsecond))
	return nil
}
