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

// A ledger holds what a node sent to one peer. There are millions of messages in a long test, so each costs few bytes.
type ledger struct {
	ids     []zebus.MessageID // by number; that of a refused message is zero
	handled []uint8           // by number: how often each arrived
	refused int
}

// send sends one numbered message.
func (l *ledger) send(n *node, to zebus.Peer) {
	m := n.message("")
	m.Content = binary.BigEndian.AppendUint64(make([]byte, 0, 100), uint64(len(l.ids)))[:100]
	l.ids = append(l.ids, m.ID)
	l.handled = append(l.handled, 0)
	if err := n.Send(zebus.Delivery{Message: m, To: []zebus.Peer{to}, MayWait: len(l.ids)%16 > 0}); err != nil {
		l.refused++
		l.ids[len(l.ids)-1] = zebus.MessageID{}
	}
}

// collect adds what a child says it received.
func (l *ledger) collect(c *child) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, number := range c.handled {
		l.handled[number]++
	}
	c.handled = nil
}

func (l *ledger) accepted() int { return len(l.ids) - l.refused }

// arrived returns how many messages did, once or more often.
func (l *ledger) arrived() (n int) {
	for _, times := range l.handled {
		if times > 0 {
			n++
		}
	}
	return n
}

// settle compares the ledger with what the stopped node was told about the peer.
func (l *ledger) settle(t *testing.T, n *node, id zebus.PeerID) {
	t.Helper()
	reported, uncertain := map[zebus.MessageID]error{}, 0
	for _, f := range n.failures {
		if f.to != id {
			continue
		}
		if _, twice := reported[f.id]; twice {
			t.Errorf("%s: message %v was reported twice", id, f.id)
		}
		reported[f.id] = f.err
	}
	for _, u := range n.uncertain {
		if u.to == id {
			uncertain += u.n
		}
	}
	failed := l.settleEach(t, id, reported)
	if failed != len(reported) {
		t.Errorf("%s: %d messages were reported as failed, and %d of them accepted", id, len(reported), failed)
	}
	t.Logf("%s: %d accepted, %d handled, %d failed, up to %d uncertain, %d refused", id, l.accepted(), l.arrived(), failed, uncertain, l.refused)
	if missing := l.accepted() - l.arrived() - failed; missing > uncertain {
		t.Errorf("%s: %d messages are missing, and only %d were reported as uncertain", id, missing, uncertain)
	}
}

// settleEach looks at what became of each message, and returns how many of those accepted were reported as failed.
func (l *ledger) settleEach(t *testing.T, id zebus.PeerID, reported map[zebus.MessageID]error) (failed int) {
	t.Helper()
	for number, times := range l.handled {
		if times > 1 || times > 0 && l.ids[number].IsZero() {
			t.Errorf("%s: message %d arrived %d times, refused %t", id, number, times, l.ids[number].IsZero())
		}
		err, ok := reported[l.ids[number]]
		if !ok {
			continue
		}
		failed++
		if times > 0 {
			t.Errorf("%s: message %d was reported as failed (%v), and arrived", id, number, err)
		}
	}
	return failed
}

// TestKilledAndHungPeers sends to a peer that is killed or stopped again and again, and to one that lives. Every message
// is handled or reported, within what was said to be uncertain; and the one that lives misses none. Most of them may wait for
// each other.
func TestKilledAndHungPeers(t *testing.T) {
	cfg := quick()
	cfg.SendTimeout = 20 * time.Millisecond
	cfg.ClosedAfterSendFailure = 50 * time.Millisecond
	cfg.ClosedAfterConnectFailure = 50 * time.Millisecond
	cfg.EndOfStreamAckTimeout = patience // in the end both live, and read everything
	n := startInConvoys(t, "Test.Sender.0", cfg)
	alive := startChild(t, "Test.Alive.0", loopback)
	victim := startChild(t, "Test.Victim.0", reserved(t))
	toAlive, toVictim := &ledger{}, &ledger{}

	for range killRounds() {
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
	if toAlive.arrived() != toAlive.accepted() {
		t.Errorf("the peer that lives handled %d of %d", toAlive.arrived(), toAlive.accepted())
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
