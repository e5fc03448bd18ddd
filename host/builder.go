package host

import (
	"crypto/rand"
	"strings"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

// NewBuilder returns a builder with the usual parts, the libzmq transport and the directory
// client, for a program that has something to add or to replace before it calls Build. A "*" in
// the peer ID has been replaced by a unique text. The error is that of [Config.Validate], or
// says that the program was built without libzmq.
func NewBuilder(c Config) (*zebus.Builder, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c.Logger = loggerOf(c.Logger)
	transport, err := zmq.New(c.Zmq.transport(c.Logger))
	if err != nil {
		return nil, err
	}
	client, err := directory.NewClient(c.Bus.client(c.Logger))
	if err != nil {
		return nil, err
	}
	return zebus.NewBuilder(uniqueID(c.Bus.PeerID)).
		WithEnvironment(c.Bus.Environment).
		WithPersistent(c.Bus.IsPersistent).
		WithTransport(transport).
		WithDirectory(client).
		WithLogger(c.Logger).
		WithErrorPublication(c.Bus.EnableErrorPublication).
		WithDefaultCommandTimeout(c.Bus.DefaultCommandTimeout).
		WithDispatch(c.Bus.dispatch()), nil
}

// uniqueID replaces every star by a random GUID.
func uniqueID(id zebus.PeerID) zebus.PeerID {
	return zebus.PeerID(strings.ReplaceAll(string(id), "*", randomGUID().String()))
}

// randomGUID returns a GUID of version 4.
func randomGUID() zebus.GUID {
	var g zebus.GUID
	_, _ = rand.Read(g[:]) // never fails
	g[6] = g[6]&0x0f | 0x40
	g[8] = g[8]&0x3f | 0x80
	return g
}
