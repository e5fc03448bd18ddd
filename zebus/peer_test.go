package zebus_test

import (
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

func TestPeersOfTheDirectory(t *testing.T) {
	inTown(t, "F11 F12 a peer is found by its name for messages to it alone, and one that is not known is not there", func(t *testing.T, town *town) {
		note := zebus.HandleEvent(heard)
		svc := town.peer("Svc.0", note)
		client := town.peer("Client.0")
		to, known := client.Peer("Svc.0")
		if !known || to.Endpoint != svc.Endpoint() {
			t.Errorf("Peer() = %+v, %t", to, known)
		}
		if err := client.PublishTo(t.Context(), &interop.Note{}, to); err != nil {
			t.Error(err)
		}
		if to, known := client.Peer("Nobody.0"); known {
			t.Errorf("Peer() = %+v", to)
		}
	})
}
