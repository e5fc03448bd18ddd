package transport

import (
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// Overrides are what the sender of a message knows better than the message: fields that are not nil take the place
// of its own.
type Overrides struct {
	Environment  *string
	WasPersisted *bool
}

// The field numbers of Abc.Zebus.Transport.TransportMessage.
const (
	fieldID           = 1
	fieldType         = 2
	fieldContent      = 3
	fieldOriginator   = 4
	fieldEnvironment  = 5
	fieldWasPersisted = 6
	fieldPersistentID = 7
)

// The field numbers of Abc.Zebus.OriginatorInfo. Number 4 is not used again: zebus-rs has the user there.
const (
	fieldSender   = 1
	fieldEndpoint = 2
	fieldMachine  = 3
	fieldUser     = 5
)

// AppendMessage appends the frame of m to b and returns the longer buffer. It keeps no reference to m or b. A frame
// longer than [MaxFieldLength] is one that nobody can read: see [CheckSize].
func AppendMessage(b []byte, m *zebus.TransportMessage, o Overrides) []byte {
	b = appendHead(b, m)
	b = appendOriginator(b, &m.Originator)
	b = appendOptional(b, fieldEnvironment, choose(o.Environment, m.Environment))
	if persisted := choose(o.WasPersisted, m.WasPersisted); persisted != nil {
		b = wire.AppendBool(b, fieldWasPersisted, *persisted)
	}
	b = appendPersistentIDs(b, m.PersistentPeerIDs)
	return appendExtensions(b, m.Extensions)
}

// choose returns the override when there is one.
func choose[T any](override, own *T) *T {
	if override != nil {
		return override
	}
	return own
}

// idHead stands before the 18 bytes of every id, the zero one too: tag and length of the MessageId, tag and length of
// the Guid in it. The reader of .NET takes no shorter form.
const idHead = "\x0a\x14\x0a\x12"

// sizeID is the length of the whole id field.
const sizeID = len(idHead) + wire.GUIDLength

// appendHead appends what differs from message to message: id, type and content.
func appendHead(b []byte, m *zebus.TransportMessage) []byte {
	b = wire.AppendGUIDContent(append(b, idHead...), zebus.GUID(m.ID))
	b = appendWord(b, fieldType, string(m.Type))
	return wire.AppendBytes(b, fieldContent, m.Content)
}

func sizeHead(m *zebus.TransportMessage) int {
	return sizeID + wire.SizeBytes(fieldType, sizeWord(string(m.Type))) + wire.SizeBytes(fieldContent, len(m.Content))
}

// appendWord appends a text that is a message of its own: a peer id or a type id. An empty one is an empty message.
func appendWord(b []byte, field int, word string) []byte {
	if n := len(word); n > 0 && n <= shortWord {
		b = append(b, byte(field<<3|int(wire.Bytes)), byte(n+2), 1<<3|byte(wire.Bytes), byte(n))
		return append(b, word...)
	}
	b = wire.AppendVarint(wire.AppendTag(b, field, wire.Bytes), uint64(sizeWord(word)))
	if word == "" {
		return b
	}
	return wire.AppendString(b, 1, word)
}

// shortWord is how long a word may be for every tag and length around it to take one byte, as mostly they do.
const shortWord = 0x7f - 2

// sizeWord returns the length of the message that holds a word.
func sizeWord(word string) int {
	if word == "" {
		return 0
	}
	return wire.SizeBytes(1, len(word))
}

func appendOriginator(b []byte, o *zebus.Originator) []byte {
	b = wire.AppendVarint(wire.AppendTag(b, fieldOriginator, wire.Bytes), uint64(sizeOriginator(o)))
	b = appendSender(b, o)
	b = appendOptional(b, fieldMachine, o.MachineName)
	return appendOptional(b, fieldUser, o.InitiatorUserName)
}

func sizeOriginator(o *zebus.Originator) int {
	return sizeSender(o) + sizeOptional(fieldMachine, o.MachineName) + sizeOptional(fieldUser, o.InitiatorUserName)
}

// appendSender appends who sent a message and where answers go. Somebody who is nobody has no endpoint either: that
// is how an originator without any value looks on the wire.
func appendSender(b []byte, o *zebus.Originator) []byte {
	b = appendWord(b, fieldSender, string(o.SenderID))
	if o.SenderID == "" && o.SenderEndpoint == "" {
		return b
	}
	return wire.AppendString(b, fieldEndpoint, o.SenderEndpoint)
}

func sizeSender(o *zebus.Originator) int {
	n := wire.SizeBytes(fieldSender, sizeWord(string(o.SenderID)))
	if o.SenderID == "" && o.SenderEndpoint == "" {
		return n
	}
	return n + wire.SizeBytes(fieldEndpoint, len(o.SenderEndpoint))
}

func appendOptional(b []byte, field int, text *string) []byte {
	if text == nil {
		return b
	}
	return wire.AppendString(b, field, *text)
}

func sizeOptional(field int, text *string) int {
	if text == nil {
		return 0
	}
	return wire.SizeBytes(field, len(*text))
}

// appendPersistentIDs appends the peers for whom the persistence shall keep the message. Empty ones are nobody.
func appendPersistentIDs(b []byte, ids []zebus.PeerID) []byte {
	for _, id := range ids {
		if id != "" {
			b = appendWord(b, fieldPersistentID, string(id))
		}
	}
	return b
}

func sizePersistentIDs(ids []zebus.PeerID) int {
	n := 0
	for _, id := range ids {
		if id != "" {
			n += wire.SizeBytes(fieldPersistentID, sizeWord(string(id)))
		}
	}
	return n
}
