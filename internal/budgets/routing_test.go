//go:build budgets && !race

package budgets_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// routing is to find who gets a message, among a hundred peers with a hundred bindings each.
func routing() []path {
	return []path{
		{"look up a routed event among 10000 bindings", func(t *testing.T) func() {
			client, dst := acquainted(t), make([]zebus.Peer, 0, 16)
			content := zebus.RoutingContent{zebus.RoutingText("Market7"), zebus.RoutingText("8")}
			id := (*interop.PriceChanged)(nil).ZebusType().ID()
			return func() {
				if dst = client.AppendPeers(dst[:0], id, content); len(dst) != 1 {
					panic(fmt.Sprint("found ", dst))
				}
			}
		}},
	}
}

// acquainted returns a directory client that has registered beside a hundred peers.
func acquainted(t *testing.T) *directory.Client {
	t.Helper()
	network, store := memory.NewNetwork(), directory.NewMemoryStore()
	for i := range 100 {
		d := zebus.PeerDescriptor{Peer: zebus.Peer{ID: zebus.PeerID(fmt.Sprint("Budget.Peer.", i)), Endpoint: "tcp://localhost:3", Up: true, Responding: true}}
		for j := range 100 {
			sub := zebus.Subscription{Type: (*interop.PriceChanged)(nil).ZebusType().ID(), Key: zebus.Key(fmt.Sprint("Market", i), strconv.Itoa(j))}
			d.Subscriptions = append(d.Subscriptions, sub)
		}
		must(store.Update(t.Context(), d.Peer.ID, func(*directory.Record) *directory.Record { return &directory.Record{Static: d} }))
	}
	server, err := directory.NewServer(directory.ServerConfig{Store: store, PingInterval: -1})
	must(err)
	endpoint := startOn(t, network, directory.PeerID(0), server)
	client, err := directory.NewClient(directory.ClientConfig{Endpoints: []string{endpoint}})
	must(err)
	startOn(t, network, selfID, client)
	return client
}

// startOn starts a peer until the test ends, and returns its endpoint.
func startOn(t *testing.T, network *memory.Network, id zebus.PeerID, d zebus.Directory) string {
	t.Helper()
	carrier, err := network.NewTransport(memory.Config{})
	must(err)
	bus, err := zebus.NewBuilder(id).WithEnvironment("Budget").WithTransport(carrier).WithDirectory(d).Build()
	must(err)
	must(bus.Start(t.Context()))
	t.Cleanup(func() { must(bus.Stop(context.Background())) })
	return bus.Endpoint()
}
