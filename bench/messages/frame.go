package messages

import (
	"os"
	"os/user"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// Environment is the network of the peers of a benchmark, and SourceID one of them.
const (
	Environment = "Bench"
	SourceID    = zebus.PeerID("Bench.Source.0")
)

// endpoint is as long as those that peers of a benchmark listen on.
const endpoint = "tcp://127.0.0.1:12345"

// FrameBytes returns how long the frame is in which a bus puts m: what a reference that knows no envelope must send to
// move as many bytes.
func FrameBytes(m zebus.Message) int {
	self := zebus.Self{ID: SourceID, Environment: Environment}
	return transport.NewWriter(self, endpoint).Size(&zebus.TransportMessage{
		ID:      zebus.NewMessageIDSource(nil).Next(),
		Type:    m.ZebusType().ID(),
		Content: m.ZebusAppend(nil),
		Originator: zebus.Originator{
			SenderID: SourceID, SenderEndpoint: endpoint, MachineName: machineName(), InitiatorUserName: userName(),
		},
	})
}

func machineName() *string {
	name, err := os.Hostname()
	if err != nil {
		return nil
	}
	return &name
}

func userName() *string {
	u, err := user.Current()
	if err != nil {
		return nil
	}
	return &u.Username
}
