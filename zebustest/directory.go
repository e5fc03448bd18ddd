package zebustest

import (
	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/zebus"
)

// StartDirectory starts a directory server, with which the peers that start from now on register as they do in
// production: over the wire, with a [directory.Client]. Call it before anybody else starts. Several servers
// share what they know. Peers hear of each other by messages, so [Network.WaitQuiet] comes between the start of a peer
// and what others send to it.
func (n *Network) StartDirectory() *zebus.Bus {
	n.t.Helper()
	server, err := directory.NewServer(directory.ServerConfig{Store: n.store})
	if err != nil {
		n.t.Fatalf("directory server: %v", err)
	}
	n.mu.Lock()
	id := directory.PeerID(len(n.mu.directories))
	n.mu.directories = append(n.mu.directories, endpointOf(id))
	n.mu.Unlock()
	return n.Join(n.Builder(id).WithDirectory(server))
}

// directoryOf returns what a peer knows the others by.
func (n *Network) directoryOf(id zebus.PeerID) zebus.Directory {
	n.t.Helper()
	n.mu.Lock()
	endpoints := n.mu.directories
	n.mu.Unlock()
	if len(endpoints) == 0 {
		return &entry{book: &n.book, id: id}
	}
	client, err := directory.NewClient(directory.ClientConfig{Endpoints: endpoints})
	if err != nil {
		n.t.Fatalf("directory of %s: %v", id, err)
	}
	return client
}
