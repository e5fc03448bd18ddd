package persistence_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zebus-go/zebus/persistence"
	"github.com/zebus-go/zebus/zebus"
)

func TestPersistRequest(t *testing.T) {
	environment, persisted := "Demo", true
	kept := zebus.TransportMessage{
		ID: zebus.MessageID{1}, Type: "Shop.PlaceOrder", Content: []byte{8, 42},
		Originator:  zebus.Originator{SenderID: "Go.Peer.0", SenderEndpoint: "tcp://gohost:41000"},
		Environment: &environment, WasPersisted: &persisted,
	}
	command := &persistence.PersistMessageCommand{TransportMessage: kept, Targets: []zebus.PeerID{"Shop.Orders.0", "Shop.Orders.1"}}
	request := kept
	request.PersistentPeerIDs = command.Targets

	t.Run("A13 the command travels as the message it keeps, with its targets", func(t *testing.T) {
		if diff := cmp.Diff(request, command.Request()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("A14 such a message is read as the command, without the targets in what it keeps", func(t *testing.T) {
		got, ok := persistence.RequestIn(request)
		if diff := cmp.Diff(command, got); !ok || diff != "" {
			t.Errorf("ok %t (-want +got):\n%s", ok, diff)
		}
	})
	t.Run("a message without targets is no request", func(t *testing.T) {
		if got, ok := persistence.RequestIn(kept); ok {
			t.Errorf("read %+v", got)
		}
	})
}
