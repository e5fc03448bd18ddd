package zebustest

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/zebus-go/zebus/zebus"
)

// A Record is one thing that a peer said.
type Record struct {
	Peer    zebus.PeerID // who said it; "" for a [Recorder]
	Action  Action
	Message zebus.Message       // as it was then; nil for an answer without a reply
	To      []zebus.PeerID      // whom it was for; nobody may have subscribed to an event
	Command zebus.MessageTypeID // of an answer: what it answers
	Err     error               // of an answer: what the handler returned
}

// Action is what a peer did with a message.
type Action uint8

// The actions of a [Record].
const (
	ActionSent      Action = iota + 1 // a command
	ActionPublished                   // an event
	ActionReplied                     // the answer to a command, with a reply, an error, or neither
)

// String returns the action as a verb.
func (a Action) String() string {
	switch a {
	case ActionSent:
		return "sent"
	case ActionPublished:
		return "published"
	case ActionReplied:
		return "replied"
	default:
		return "unknown"
	}
}

// String returns the record as failures show it.
func (r Record) String() string {
	var b strings.Builder
	if r.Peer != "" {
		fmt.Fprintf(&b, "%s ", r.Peer)
	}
	fmt.Fprintf(&b, "%v %s", r.Action, describe(r.Message))
	if r.Command != "" {
		fmt.Fprintf(&b, " to %s", r.Command.Name())
	}
	if r.Err != nil {
		fmt.Fprintf(&b, " with error %q", r.Err.Error())
	}
	if r.Action != ActionReplied && r.Peer != "" {
		fmt.Fprintf(&b, " to %s", names(r.To))
	}
	return b.String()
}

func names(ids []zebus.PeerID) string {
	if len(ids) == 0 {
		return "nobody"
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return strings.Join(texts, ", ")
}

// A Source is where expectations look: a [Network], what one of its peers did ([Network.From]), or a [Recorder].
type Source interface {
	// Records returns everything in the order in which it was said.
	Records() []Record
}

var (
	_ Source = (*Network)(nil)
	_ Source = (*Recorder)(nil)
)

// log keeps records.
type log struct {
	mu      sync.Mutex
	records []Record
}

func (l *log) add(r Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, r)
}

func (l *log) all() []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.records)
}

func (l *log) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = nil
}

// sending notes a command or an event.
func (l *log) sending(from zebus.PeerID, m zebus.Message, to []zebus.Peer) {
	if isPlumbing(m.ZebusType()) {
		return
	}
	r := Record{Peer: from, Action: ActionSent, Message: copyOf(m)}
	if _, event := m.(zebus.Event); event {
		r.Action = ActionPublished
	}
	for _, p := range to {
		r.To = append(r.To, p.ID)
	}
	l.add(r)
}

// handled notes the answer to a message, if that is a command.
func (l *log) handled(answer Record, to *zebus.MessageType) {
	if to.Kind() != zebus.KindCommand || isPlumbing(to) {
		return
	}
	answer.Action = ActionReplied
	if answer.Message != nil {
		answer.Message = copyOf(answer.Message)
	}
	l.add(answer)
}

// isPlumbing says whether messages of the type keep the bus itself going. Tests are about those of the service.
func isPlumbing(t *zebus.MessageType) bool {
	return t.Infrastructure() || strings.HasPrefix(string(t.ID()), "Abc.Zebus.Directory.")
}

// copyOf returns what a receiver of m would see. Whoever said m may change it afterwards.
func copyOf(m zebus.Message) zebus.Message {
	c := m.ZebusType().New()
	if err := c.ZebusUnmarshal(encode(m)); err != nil {
		return m // it cannot be read by anybody
	}
	return c
}

// Records implements [Source]: what all peers said.
func (n *Network) Records() []Record { return n.log.all() }

// Forget forgets all records, so that expectations look at what follows.
func (n *Network) Forget() { n.log.clear() }

// From returns the source of what one peer says.
func (n *Network) From(id zebus.PeerID) Source { return view{n, id} }

// view is one peer's part of a network's records.
type view struct {
	network *Network
	peer    zebus.PeerID
}

func (v view) Records() []Record {
	return slices.DeleteFunc(v.network.Records(), func(r Record) bool { return r.Peer != v.peer })
}
