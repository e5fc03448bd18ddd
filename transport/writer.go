package transport

import (
	"slices"
	"sync/atomic"

	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// A Writer writes the frames that a peer sends. Who the peer is and its environment are encoded once, and so is everything
// else that stands between the content and the end of most of its frames: per message only id, type and content remain. It
// is safe for concurrent use.
//
// A frame of a Writer always ends with the field that says whether the message was stored: see [SetWasPersisted].
type Writer struct {
	sender      zebus.Originator      // only the fields of appendSender
	encoded     []byte                // appendSender of sender
	environment []byte                // the whole field; nil for a peer without environment
	usual       atomic.Pointer[usual] // nil before the first message
}

// usual is the originator of the peer's own messages, as that of the first one was: on behalf of the user whose process this
// is. It does not change.
type usual struct {
	originator    zebus.Originator
	machine, user string
	encoded       []byte // what appendSource appends
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
	if u := w.usual.Load(); u != nil && u.is(&m.Originator) {
		b = append(b, u.encoded...)
	} else {
		b = w.appendSource(b, &m.Originator)
	}
	if w.environment == nil {
		b = appendOptional(b, fieldEnvironment, m.Environment)
	}
	b = appendPersistentIDs(b, m.PersistentPeerIDs)
	if m.Extensions != nil {
		b = appendExtensions(b, m.Extensions)
	}
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

// is compares texts, not pointers: nothing keeps a sender from changing what they point to.
func (u *usual) is(o *zebus.Originator) bool {
	return o.MachineName != nil && o.InitiatorUserName != nil && *o.MachineName == u.machine && *o.InitiatorUserName == u.user &&
		o.SenderEndpoint == u.originator.SenderEndpoint && o.SenderID == u.originator.SenderID
}

// appendSource appends the originator and the peer's environment, if it has one.
func (w *Writer) appendSource(b []byte, o *zebus.Originator) []byte {
	if o.SenderID != w.sender.SenderID || o.SenderEndpoint != w.sender.SenderEndpoint {
		return append(appendOriginator(b, o), w.environment...) // a message of somebody else that passes through here
	}
	size := len(w.encoded) + sizeOptional(fieldMachine, o.MachineName) + sizeOptional(fieldUser, o.InitiatorUserName)
	begin := len(b)
	b = wire.AppendVarint(wire.AppendTag(b, fieldOriginator, wire.Bytes), uint64(size))
	b = append(b, w.encoded...)
	b = appendOptional(b, fieldMachine, o.MachineName)
	b = appendOptional(b, fieldUser, o.InitiatorUserName)
	b = append(b, w.environment...)
	if w.usual.Load() == nil && o.MachineName != nil && o.InitiatorUserName != nil {
		w.remember(o, b[begin:])
	}
	return b
}

// remember makes an originator the usual one, unless there is one.
func (w *Writer) remember(o *zebus.Originator, encoded []byte) {
	u := &usual{originator: w.sender, machine: *o.MachineName, user: *o.InitiatorUserName, encoded: slices.Clone(encoded)}
	w.usual.CompareAndSwap(nil, u)
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
