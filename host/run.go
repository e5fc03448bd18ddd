package host

import (
	"context"
	"strings"

	"github.com/zebus-go/zebus/zebus"
)

// Start builds the usual peer with these handlers and starts it. ctx bounds the start alone; the
// bus runs until the caller stops it, for which [Config.StopTimeout] is a good bound. When the
// start fails, nothing is left running.
func Start(ctx context.Context, c Config, handlers ...zebus.Handler) (*zebus.Bus, error) {
	bus, err := build(c, handlers)
	if err != nil {
		return nil, err
	}
	if err := bus.Start(ctx); err != nil {
		return nil, err
	}
	c.logReady(bus)
	return bus, nil
}

// Run is the whole life of a service: it builds the usual peer with these handlers and serves it
// as [Serve] does, until ctx ends or the process is asked to end. One line is logged when the
// peer is ready, and one when it begins to stop; [Config.Ready] and [Config.Stopping] are called
// after them. [Main] makes an exit code of the error.
func Run(ctx context.Context, c Config, handlers ...zebus.Handler) error {
	bus, err := build(c, handlers)
	if err != nil {
		return err
	}
	return Serve(ctx, bus, ServeOptions{
		StopTimeout: c.StopTimeout,
		Ready:       func() { c.ready(bus) },
		Stopping:    func() { c.stopping(bus) },
	})
}

func (c Config) ready(bus *zebus.Bus) {
	c.logReady(bus)
	if c.Ready != nil {
		c.Ready(bus)
	}
}

func (c Config) stopping(bus *zebus.Bus) {
	noticesOf(c.Logger).Info("peer stopping; a second interrupt ends it at once", "peer", bus.ID())
	if c.Stopping != nil {
		c.Stopping(bus)
	}
}

func build(c Config, handlers []zebus.Handler) (*zebus.Bus, error) {
	builder, err := NewBuilder(c)
	if err != nil {
		return nil, err
	}
	return builder.WithHandlers(handlers...).Build()
}

func (c Config) logReady(bus *zebus.Bus) {
	noticesOf(c.Logger).Info("peer ready", "peer", bus.ID(), "endpoint", bus.Endpoint(), "environment", bus.Environment(),
		"directory", strings.Join(c.Bus.DirectoryEndpoints, " "))
}
