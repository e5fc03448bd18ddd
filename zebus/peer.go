package zebus

import (
	"strings"
	"time"

	"github.com/zebus-go/zebus/wire"
)

// PeerID names a peer on the bus: a service and an instance of it, "Acme.Echo.0".
//
// On the wire it is a message of its own with the text as field 1; the empty PeerID is an empty one.
type PeerID string

// Service returns what stands before the last dot, which peers of one service have in common; the whole text when
// there is no dot.
func (id PeerID) Service() string {
	if dot := strings.LastIndexByte(string(id), '.'); dot >= 0 {
		return string(id[:dot])
	}
	return string(id)
}

// IsInstanceOf says whether the peer belongs to a service; case does not matter.
func (id PeerID) IsInstanceOf(service string) bool {
	return strings.EqualFold(id.Service(), service)
}

// String returns the ID as text.
func (id PeerID) String() string { return string(id) }

// ZebusSize implements [wire.Message].
func (id PeerID) ZebusSize() int { return sizeText(string(id)) }

// ZebusAppend implements [wire.Message].
func (id PeerID) ZebusAppend(b []byte) []byte { return appendText(b, string(id)) }

// ZebusRead implements [wire.Message].
func (id *PeerID) ZebusRead(r *wire.Reader) { readText(r, (*string)(id)) }

// Peer is a process on the bus, as the others see it.
//
//zebus:message namespace=Abc.Zebus
type Peer struct {
	ID       PeerID `zebus:"1"`
	Endpoint string `zebus:"2,required"` // where it receives: tcp://host:port
	Up       bool   `zebus:"3,required"` // registered, and not stopped since
	// Responding is false while the peer does not answer the pings of the directory, and when it is down.
	Responding bool `zebus:"4"`

	// Persistent says that the bus keeps messages for the peer while it is down. It is known from the descriptor and
	// does not travel here.
	Persistent bool
}

// PeerDescriptor is all that the directory knows of a peer.
//
//zebus:message namespace=Abc.Zebus.Directory
type PeerDescriptor struct {
	Peer          Peer           `zebus:"1"`
	Subscriptions []Subscription `zebus:"2"`
	Persistent    bool           `zebus:"3,required"`
	// Timestamp is the logical clock of the peer: chosen by itself when it registers, compared wherever an event could be
	// older than what is known. Its resolution is 100 ns; nil means that the sender gave none.
	Timestamp        *time.Time `zebus:"4"`
	DebuggerAttached bool       `zebus:"5"`
}

// sizeText, appendText and readText are the wire form of the words that are text in a message of their own.

func sizeText(s string) int {
	if s == "" {
		return 0
	}
	return wire.SizeBytes(1, len(s))
}

func appendText(b []byte, s string) []byte {
	if s == "" {
		return b
	}
	return wire.AppendString(b, 1, s)
}

func readText(r *wire.Reader, s *string) {
	for r.Next() {
		if r.Field() == 1 {
			*s = r.String()
		} else {
			r.Skip()
		}
	}
}
