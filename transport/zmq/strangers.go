package zmq

import "github.com/zebus-go/zebus/zebus"

// Strangers are senders of other environments of whom the log knows.
type strangers map[zebus.PeerID]struct{}

// maxStrangers bounds how many are remembered. Beyond it all are new again: the log hears of them twice, and memory
// stays small whatever names arrive.
const maxStrangers = 1000

// meet says whether the sender is new.
func (s *strangers) meet(id zebus.PeerID) bool {
	if _, known := (*s)[id]; known {
		return false
	}
	if *s == nil || len(*s) >= maxStrangers {
		*s = strangers{}
	}
	(*s)[id] = struct{}{}
	return true
}
