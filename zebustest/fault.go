package zebustest

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/transport/memory"
	"github.com/zebus-go/zebus/zebus"
)

// Traffic chooses messages on their way between peers. The zero Traffic is all of them. What a peer sends to itself is
// not on the way to anywhere.
type Traffic struct {
	From, To zebus.PeerID        // "" means everybody
	Type     zebus.MessageTypeID // "" means every type, answers included; see [TypeID]
	First    int                 // only so many, counted from now; 0 means all
}

// TypeID returns the name of a type of message: TypeID[*PlaceOrder](). Answers to commands are
// [*zebus.MessageExecutionCompleted].
func TypeID[M zebus.Message]() zebus.MessageTypeID {
	var m M
	return m.ZebusType().ID()
}

// Drop makes messages vanish until stop is called, and nobody hears of it: not even their sender. It is how a network
// behaves in which a machine died just now. A command that is dropped ends with its context.
func (n *Network) Drop(t Traffic) (stop func()) { return n.fault(t, memory.Fate{Lost: true}) }

// Cut makes messages reach nobody until stop is called; their senders are told: [zebus.ErrPeerUnreachable].
func (n *Network) Cut(t Traffic) (stop func()) { return n.fault(t, memory.Fate{Cut: true}) }

// Delay makes messages arrive later by d until stop is called. What their sender sends to the same peer afterwards
// stays behind them.
func (n *Network) Delay(t Traffic, d time.Duration) (stop func()) {
	return n.fault(t, memory.Fate{Delay: d})
}

// Duplicate makes messages arrive twice until stop is called. The bus itself never sends a message twice, but a
// persistence may replay one that had arrived.
func (n *Network) Duplicate(t Traffic) (stop func()) { return n.fault(t, memory.Fate{Copies: 1}) }

// Partition cuts the way between two peers, in both directions, until heal is called.
func (n *Network) Partition(one, other zebus.PeerID) (heal func()) {
	there := n.Cut(Traffic{From: one, To: other})
	back := n.Cut(Traffic{From: other, To: one})
	return func() { there(); back() }
}

// Hang makes a peer take no messages until resume is called: they wait, up to the limits of their senders, and are
// under way meanwhile. It also works ahead of the peer's start.
func (n *Network) Hang(id zebus.PeerID) (resume func()) {
	n.wire.Hang(endpointOf(id))
	return n.undo(func() { n.wire.Resume(endpointOf(id)) })
}

// Heal undoes every fault.
func (n *Network) Heal() {
	n.mu.Lock()
	faults := n.mu.faults
	n.mu.faults = nil
	n.mu.Unlock()
	for _, undo := range faults {
		undo()
	}
}

func (n *Network) fault(t Traffic, fate memory.Fate) (stop func()) {
	var seen atomic.Int64
	return n.undo(n.wire.Interfere(func(f memory.Frame) memory.Fate {
		if !t.matches(f) || t.First > 0 && seen.Add(1) > int64(t.First) {
			return memory.Fate{}
		}
		return fate
	}))
}

// undo remembers how to undo a fault, which is done once.
func (n *Network) undo(f func()) func() {
	f = sync.OnceFunc(f)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.mu.faults = append(n.mu.faults, f)
	return f
}

func (t Traffic) matches(f memory.Frame) bool {
	return isAt(t.From, f.From) && isAt(t.To, f.To) && t.matchesType(f.Bytes)
}

func isAt(id zebus.PeerID, endpoint string) bool {
	return id == "" || strings.EqualFold(endpointOf(id), endpoint)
}

func (t Traffic) matchesType(frame []byte) bool {
	if t.Type == "" {
		return true
	}
	m, err := transport.ReadMessage(frame)
	return err == nil && m.Type == t.Type
}
