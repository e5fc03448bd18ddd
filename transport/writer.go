package transport

import (
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// A Writer writes the frames that a peer sends. Who the peer is and its environment are encoded once; per message
// only id, type, content, machine and user remain. It does not change and is safe for concurrent use.
//
// A frame of a Writer always ends with the field that says whether the message was stored: see [SetWasPersisted].
type Writer struct {
	sender      zebus.Originator // only the fields of appendSender
	encoded     []byte           // appendSender of sender
	environment []byte           // the whole field; nil for a peer without environment
}

// NewWriter returns the writer of a peer that can be reached at endpoint. A peer without environment leaves messages
// the one that they name.
func NewWriter(self zebus.Self, endpoint string) *Writer {
	w := &Writer{sender: zebus.Originator{SenderID: self.ID, SenderEndpoint: endpoint}}
	w.encoded = appendSender(nil, &w.sender)
	if self.Environment != "" {
		w.environment = wire.AppendString(nil, fieldEnvironment, self.Environment)
	}
	return w
}

// Append appends the frame of m to b and returns the longer buffer. The frame says that the message was not stored;
// what m says of it is ignored, because that is known per target. It allocates only where b is too short.
func (w *Writer) Append(b []byte, m *zebus.TransportMessage) []byte {
	b = appendHead(b, m)
	b = w.appendOriginator(b, &m.Originator)
	b = w.appendEnvironment(b, m)
	b = appendPersistentIDs(b, m.PersistentPeerIDs)
	b = appendExtensions(b, m.Extensions)
	return append(b, wasPersistedTag, 0)
}

// Size returns the length of what [Writer.Append] appends.
func (w *Writer) Size(m *zebus.TransportMessage) int {
	environment := len(w.environment)
	if environment == 0 {
		environment = sizeOptional(fieldEnvironment, m.Environment)
	}
	return sizeHead(m) + wire.SizeBytes(fieldOriginator, sizeOriginator(&m.Originator)) + environment +
		sizePersistentIDs(m.PersistentPeerIDs) + sizeExtensions(m.Extensions) + sizeWasPersisted
}

func (w *Writer) appendOriginator(b []byte, o *zebus.Originator) []byte {
	if o.SenderID != w.sender.SenderID || o.SenderEndpoint != w.sender.SenderEndpoint {
		return appendOriginator(b, o) // a message of somebody else that passes through here
	}
	size := len(w.encoded) + sizeOptional(fieldMachine, o.MachineName) + sizeOptional(fieldUser, o.InitiatorUserName)
	b = wire.AppendVarint(wire.AppendTag(b, fieldOriginator, wire.Bytes), uint64(size))
	b = append(b, w.encoded...)
	b = appendOptional(b, fieldMachine, o.MachineName)
	return appendOptional(b, fieldUser, o.InitiatorUserName)
}

func (w *Writer) appendEnvironment(b []byte, m *zebus.TransportMessage) []byte {
	if w.environment == nil {
		return appendOptional(b, fieldEnvironment, m.Environment)
	}
	return append(b, w.environment...)
}

// The last field of a frame of a Writer: its tag, and a byte that is 0 or 1.
const (
	wasPersistedTag  = fieldWasPersisted << 3
	sizeWasPersisted = 2
)

// SetWasPersisted makes a frame of a [Writer] say whether the message has been stored for the peer to whom it goes
// next.
func SetWasPersisted(frame []byte, persisted bool) {
	frame[len(frame)-1] = 0
	if persisted {
		frame[len(frame)-1] = 1
	}
}

// AsPersistRequest turns a frame of a [Writer] into the request to the persistence to keep the message for targets,
// and returns the longer frame. live says that the frame went to peers before; what it said to the last of them stays
// in it, as with .NET, and otherwise it says nothing about being stored.
func AsPersistRequest(frame []byte, targets []zebus.PeerID, live bool) []byte {
	if !live {
		frame = frame[:len(frame)-sizeWasPersisted]
	}
	return appendPersistentIDs(frame, targets)
}
