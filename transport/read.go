package transport

import (
	"encoding/binary"

	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// ReadMessage reads a frame. The content of the message is a part of the frame, which belongs to the message from now
// on. The error wraps [ErrFrame]; a message may still be one that nobody should handle: see [Check].
func ReadMessage(frame []byte) (zebus.TransportMessage, error) {
	var r Reader
	var m zebus.TransportMessage
	err := r.Read(&m, frame)
	return m, err
}

// A Reader reads frames and remembers the words in them, up to a bound, so that a message made of known words is read
// without allocating. The zero Reader is ready. It is used by one goroutine at a time.
type Reader struct {
	words       words
	originators originators
	patterns    patterns
}

// Two values for all messages; nobody writes through a message's pointers.
var persistedNo, persistedYes = false, true

// Read reads a frame into m, whatever was there before. The content of the message is a part of the frame, which
// belongs to the message from now on; texts behind pointers are shared with other messages and not to be changed. The
// error wraps [ErrFrame], and then m is half read.
func (r *Reader) Read(m *zebus.TransportMessage, frame []byte) error {
	if end, ok := r.patterns.read(m, frame); ok {
		if end == len(frame) {
			return nil
		}
		return r.readFields(m, &fields{buf: frame, pos: end})
	}
	*m = zebus.TransportMessage{}
	err := r.readFields(m, &fields{buf: frame})
	if err == nil {
		r.patterns.learn(m, frame)
	}
	return err
}

// readFields reads the fields that are left.
func (r *Reader) readFields(m *zebus.TransportMessage, f *fields) error {
	for f.next() {
		switch f.field {
		case fieldID:
			m.ID = readID(f)
		case fieldType:
			m.Type = zebus.MessageTypeID(r.word(f))
		case fieldContent:
			m.Content = f.bytes()
		case fieldOriginator:
			m.Originator = r.originator(f)
		case fieldEnvironment:
			m.Environment = r.words.of(f.bytes())
		case fieldWasPersisted:
			m.WasPersisted = readFlag(f)
		case fieldPersistentID:
			m.PersistentPeerIDs = r.appendPersistentID(m.PersistentPeerIDs, f)
		default:
			readExtension(m, f)
		}
	}
	return f.err()
}

// readID reads a MessageId: nothing, or a Guid of exactly 18 bytes, whose two inner tags .NET does not look at.
func readID(f *fields) (id zebus.MessageID) {
	in := f.inner()
	for in.next() {
		if in.field != 1 {
			in.skip()
			continue
		}
		guid := in.bytes()
		if len(guid) != wire.GUIDLength {
			in.fail("id is not a guid")
			break
		}
		id = idFromContent(guid)
	}
	f.adopt(&in)
	return id
}

// idFromContent returns the id in the two fixed64 fields of a bcl.Guid.
func idFromContent(guid []byte) zebus.MessageID {
	return zebus.MessageID(wire.GUIDFromHalves(binary.LittleEndian.Uint64(guid[1:9]), binary.LittleEndian.Uint64(guid[10:18])))
}

// readFlag reads a bool: any number but zero is true.
func readFlag(f *fields) *bool {
	if f.number() != 0 {
		return &persistedYes
	}
	return &persistedNo
}

// word reads a text that is a message of its own. An empty message is an absent word, which is the empty text here.
func (r *Reader) word(f *fields) string {
	in := f.inner()
	var word []byte
	for in.next() {
		if in.field == 1 {
			word = in.bytes()
		} else {
			in.skip()
		}
	}
	f.adopt(&in)
	if len(word) == 0 {
		return ""
	}
	return *r.words.of(word)
}

// appendPersistentID reads one more peer of a persist request. A nameless one makes the message a persist request too;
// more of them say nothing more, and would cost eight times their bytes.
func (r *Reader) appendPersistentID(ids []zebus.PeerID, f *fields) []zebus.PeerID {
	id := zebus.PeerID(r.word(f))
	if id == "" && len(ids) > 0 {
		return ids
	}
	return append(ids, id)
}
