package zebus_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// deliveries is a transport that notes what it is given to send.
type deliveries struct {
	zebus.Transport
	mu   sync.Mutex
	sent []zebus.Delivery
	ids  []zebus.Originator
}

func (d *deliveries) Send(one zebus.Delivery) error {
	d.mu.Lock()
	d.sent = append(d.sent, zebus.Delivery{To: slices.Clone(one.To)})
	d.ids = append(d.ids, one.Message.Originator)
	d.mu.Unlock()
	return d.Transport.Send(one)
}

func TestWhatATransportIsGiven(t *testing.T) {
	inTown(t, "F10 F13 F14 an event is one send to all its peers but this one", func(t *testing.T, town *town) {
		note := zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil })
		for n, want := range [][]zebus.PeerID{nil, {"A.0"}, {"A.0", "B.0"}, {"A.0", "B.0", "C.0"}} {
			if n > 0 {
				town.peer(want[n-1], note)
			}
			d := &deliveries{Transport: town.transport()}
			self := town.start(town.builder("Self.0", note).WithTransport(d))
			if err := self.Publish(t.Context(), &interop.Note{}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			switch {
			case n == 0 && len(d.sent) != 0:
				t.Errorf("nobody subscribed: sent %v", d.sent)
			case n > 0 && (len(d.sent) != 1 || !slices.Equal(names(d.sent[0].To), want)):
				t.Errorf("sent %v, want one delivery to %v", d.sent, want)
			}
			if err := self.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})
	inTown(t, "F01 a command is one send to one peer, with this one as originator", func(t *testing.T, town *town) {
		town.peer("Svc.0", zebus.HandleRequest(echo))
		d := &deliveries{Transport: town.transport()}
		self := town.start(town.builder("Self.0").WithTransport(d))
		if err := self.Send(t.Context(), &interop.Echo{}); err != nil {
			t.Fatal(err)
		}
		if len(d.sent) != 1 || !slices.Equal(names(d.sent[0].To), []zebus.PeerID{"Svc.0"}) || d.ids[0].SenderID != "Self.0" || d.ids[0].SenderEndpoint != self.Endpoint() {
			t.Errorf("sent %v by %v", d.sent, d.ids)
		}
	})
	inTown(t, "F09 a ping goes to a peer that does not respond", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleCommand(func(context.Context, *directory.PingPeerCommand) error { return nil }))
		silent := zebus.Peer{ID: "Svc.0", Endpoint: svc.Endpoint(), Up: true}
		if err := town.peer("Client.0").SendTo(t.Context(), &directory.PingPeerCommand{}, silent); err != nil {
			t.Errorf("SendTo() = %v", err)
		}
	})
	inTown(t, "G01 G02 a command is answered once, with its ID and code 0; an event is not", func(t *testing.T, town *town) {
		svc := town.peer("Svc.0", zebus.HandleCommand(fail), zebus.HandleEvent(func(context.Context, *interop.Note) error { return nil }))
		client := town.peer("Client.0")
		var answers []zebus.MessageExecutionCompleted
		var command zebus.MessageID
		town.network.Tap(func(f memory.Frame) {
			m, err := transport.ReadMessage(f.Bytes)
			if err != nil {
				t.Error(err)
			}
			if f.From != svc.Endpoint() {
				command = m.ID
				return
			}
			var answer zebus.MessageExecutionCompleted
			if err := answer.ZebusUnmarshal(m.Content); err != nil || m.Type != answer.ZebusType().ID() || f.To != client.Endpoint() {
				t.Errorf("the service sent %s to %s: %v", m.Type, f.To, err)
			}
			answers = append(answers, answer)
		})
		if err := client.Publish(t.Context(), &interop.Note{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := client.Send(t.Context(), &interop.Fail{}); err != nil {
			t.Fatal(err)
		}
		if len(answers) != 1 || answers[0].SourceCommandID != command || answers[0].ErrorCode != 0 {
			t.Errorf("answers %+v to the command %s", answers, command)
		}
	})
}
