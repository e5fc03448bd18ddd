package zebustest

import (
	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

var ids = zebus.NewMessageIDSource(nil)

// Envelope returns m as it travels when the peer of the given name sends it, for a test to change: another environment, a
// content that is broken, an ID that was there before. The peer need not exist.
func Envelope(from zebus.PeerID, m zebus.Message) zebus.TransportMessage {
	environment := Environment
	return zebus.TransportMessage{
		ID:          ids.Next(),
		Type:        m.ZebusType().ID(),
		Content:     encode(m),
		Originator:  zebus.Originator{SenderID: from, SenderEndpoint: endpointOf(from)},
		Environment: &environment,
	}
}

// Deliver puts a message on the wire to a peer, as if its originator had sent it. It ends the test when the peer does
// not run.
func (n *Network) Deliver(to zebus.PeerID, m zebus.TransportMessage) {
	n.t.Helper()
	w := transport.NewWriter(zebus.Self{ID: m.Originator.SenderID}, m.Originator.SenderEndpoint)
	n.DeliverFrame(to, w.Append(nil, &m))
}

// DeliverFrame puts any bytes on the wire to a peer; they belong to it from then on.
func (n *Network) DeliverFrame(to zebus.PeerID, frame []byte) {
	n.t.Helper()
	if err := n.wire.Inject(endpointOf(to), frame); err != nil {
		n.t.Fatalf("deliver to %s: %v", to, err)
	}
}

func encode(m zebus.Message) []byte {
	return m.ZebusAppend(make([]byte, 0, m.ZebusSize()))
}
