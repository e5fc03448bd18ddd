//go:build cgo && unix

package zmq_test

import (
	"encoding/binary"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// A ledger holds what a node sent to one peer.
type ledger struct {
	accepted map[uint64]struct{}        // by number
	numbers  map[zebus.MessageID]uint64 // of those accepted
	handled  map[uint64]int             // how often each arrived
	refused  int
}

func newLedger() *ledger {
	return &ledger{accepted: map[uint64]struct{}{}, numbers: map[zebus.MessageID]uint64{}, handled: map[uint64]int{}}
}

// send sends one numbered message.
func (l *ledger) send(n *node, to zebus.Peer) {
	number := uint64(len(l.accepted) + l.refused)
	m := n.message("")
	m.Content = binary.BigEndian.AppendUint64(make([]byte, 0, 100), number)[:100]
	if err := n.Send(zebus.Delivery{Message: m, To: []zebus.Peer{to}}); err != nil {
		l.refused++
		return
	}
	l.accepted[number] = struct{}{}
	l.numbers[m.ID] = number
}

// collect adds what a child says it received.
func (l *ledger) collect(c *child) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, number := range c.handled {
		l.handled[number]++
	}
}

// settle compares the ledger with what the stopped node was told about the peer.
func (l *ledger) settle(t *testing.T, n *node, id zebus.PeerID) {
	t.Helper()
	failed, uncertain := 0, 0
	for _, f := range n.failures {
		number, ours := l.numbers[f.id]
		if f.to != id {
			continue
		}
		failed++
		if !ours || l.handled[number] > 0 {
			t.Errorf("%s: message %d was reported as failed (%v), and accepted %t, handled %d times", id, number, f.err, ours, l.handled[number])
		}
	}
	for _, u := range n.uncertain {
		if u.to == id {
			uncertain += u.n
		}
	}
	for number, times := range l.handled {
		if times > 1 {
			t.Errorf("%s: message %d arrived %d times", id, number, times)
		}
	}
	t.Logf("%s: %d accepted, %d handled, %d failed, up to %d uncertain, %d refused", id, len(l.accepted), len(l.handled), failed, uncertain, l.refused)
	if missing := len(l.accepted) - len(l.handled) - failed; missing > uncertain {
		t.Errorf("%s: %d messages are missing, and only %d were reported as uncertain", id, missing, uncertain)
	}
}

// TestKilledAndHungPeers sends to a peer that is killed or stopped again and again, and to one that lives. Every message
// is handled or reported, within what was said to be uncertain; and the one that lives misses none.
func TestKilledAndHungPeers(t *testing.T) {
	cfg := quick()
	cfg.SendTimeout = 20 * time.Millisecond
	cfg.ClosedAfterSendFailure = 50 * time.Millisecond
	cfg.ClosedAfterConnectFailure = 50 * time.Millisecond
	n := startNode(t, "Test.Sender.0", cfg)
	alive := startChild(t, "Test.Alive.0", loopback)
	victim := startChild(t, "Test.Victim.0", loopback)
	toAlive, toVictim := newLedger(), newLedger()

	for range killRounds {
		hang := rand.N(2) == 0
		load(n, toAlive, toVictim, alive, victim, rand.N(200*time.Millisecond))
		if hang {
			signal(t, victim, syscall.SIGSTOP)
		} else {
			victim.kill(t)
		}
		load(n, toAlive, toVictim, alive, victim, rand.N(300*time.Millisecond))
		if hang && rand.N(2) == 0 {
			signal(t, victim, syscall.SIGCONT)
			continue
		}
		if hang {
			victim.kill(t)
		}
		toVictim.collect(victim)
		victim = startChild(t, victim.peer.ID, victim.peer.Endpoint)
		if rand.N(2) == 0 { // the directory may be faster than the next message, or not
			n.PeerChanged(zebus.PeerChange{Kind: zebus.PeerStartedChange, Peer: victim.peer})
		}
	}
	load(n, toAlive, toVictim, alive, victim, 100*time.Millisecond)
	n.stop(t)
	for _, c := range []*child{alive, victim} {
		c.end(t)
	}
	toAlive.collect(alive)
	toVictim.collect(victim)
	toAlive.settle(t, n, alive.peer.ID)
	toVictim.settle(t, n, victim.peer.ID)
	if len(toAlive.handled) != len(toAlive.accepted) {
		t.Errorf("the peer that lives handled %d of %d", len(toAlive.handled), len(toAlive.accepted))
	}
}

// load sends to both peers for a while. It leaves the one that lives time to read: its own limits are not the subject.
func load(n *node, toAlive, toVictim *ledger, alive, victim *child, d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		for range 100 {
			toVictim.send(n, victim.peer)
		}
		toAlive.send(n, alive.peer)
	}
}

func signal(t *testing.T, c *child, s syscall.Signal) {
	t.Helper()
	if err := c.process.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}
