package main

import (
	"log/slog"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/host"
	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

// newDirectory puts the parts of a directory server together: the server, its store, and the transport over libzmq.
func newDirectory(config host.DirectoryConfig, logger *slog.Logger) (*zebus.Bus, error) {
	transport, err := zmq.New(config.Transport(logger))
	if err != nil {
		return nil, err
	}
	settings := config.Server(logger)
	settings.Store = directory.NewMemoryStore()
	server, err := directory.NewServer(settings)
	if err != nil {
		return nil, err
	}
	return zebus.NewBuilder(directory.PeerID(config.Index)).
		WithEnvironment(config.Environment).
		WithTransport(transport).
		WithDirectory(server).
		WithLogger(logger).
		Build()
}
