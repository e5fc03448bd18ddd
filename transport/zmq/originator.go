package zmq

import (
	"os"
	"os/user"

	"github.com/zebus-go/zebus/zebus"
)

// originator returns who a transport's own messages come from: the peer, its machine, and the user of the process.
func originator(self zebus.Self, endpoint string) zebus.Originator {
	o := zebus.Originator{SenderID: self.ID, SenderEndpoint: endpoint}
	if machine, err := os.Hostname(); err == nil {
		o.MachineName = &machine
	}
	if u, err := user.Current(); err == nil {
		o.InitiatorUserName = &u.Username
	}
	return o
}
