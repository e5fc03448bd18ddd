package zebustest

import (
	"cmp"
	"errors"
	"fmt"
	"sync"

	"github.com/zebus-go/zebus/zebus"
)

// A Problem is something that went wrong and had no caller to be returned to: a handler failed, other than by an answer
// made with [zebus.Fail]; a message did not reach a peer; a message or a frame that was received could not be handled.
type Problem struct {
	Peer zebus.PeerID // where it was noticed
	What string       // "handler Shop.PlaceOrder failed"
	Err  error
}

// String returns all of it on one line.
func (p Problem) String() string { return fmt.Sprintf("%s: %s: %v", p.Peer, p.What, p.Err) }

// troubles collects problems until somebody looks at them.
type troubles struct {
	mu       sync.Mutex
	problems []Problem
	fatal    bool // those nobody looked at fail the test
}

// Problems returns what has gone wrong since the last call.
func (n *Network) Problems() []Problem { return n.troubles.take() }

// FailOnProblems makes the end of the test fail for problems that nobody looked at with [Network.Problems].
func (n *Network) FailOnProblems() {
	n.troubles.mu.Lock()
	defer n.troubles.mu.Unlock()
	n.troubles.fatal = true
}

func (t *troubles) take() []Problem {
	t.mu.Lock()
	defer t.mu.Unlock()
	taken := t.problems
	t.problems = nil
	return taken
}

// strict returns what fails the test at its end.
func (t *troubles) strict() []Problem {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.fatal {
		return nil
	}
	return t.problems
}

func (t *troubles) add(peer zebus.PeerID, err error, what string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.problems = append(t.problems, Problem{Peer: peer, What: fmt.Sprintf(what, args...), Err: err})
}

// observer collects the problems of one peer.
func (t *troubles) observer(self zebus.PeerID) zebus.Observer {
	return zebus.Observer{
		SendFailed: func(to zebus.PeerID, _ zebus.MessageID, err error) {
			t.add(self, err, "a message did not reach %s", to)
		},
		SendUncertain: func(to zebus.PeerID, n int, err error) {
			t.add(self, err, "up to %d messages did not reach %s", n, to)
		},
		Dropped: func(m *zebus.TransportMessage, err error) { t.add(self, err, "%s was dropped", m.Type) },
		FrameRejected: func(f zebus.RejectedFrame) {
			t.add(self, f.Err, "a frame of %s was rejected", cmp.Or(f.Sender, "nobody"))
		},
		HandlerFailed: func(handler string, m *zebus.TransportMessage, err error) {
			if _, answer := errors.AsType[*zebus.CommandError](err); !answer {
				t.add(self, err, "handler %s failed on %s", handler, m.Type)
			}
		},
	}
}
