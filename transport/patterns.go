package transport

import (
	"bytes"

	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// A pattern is what frames of one sender and one type have in common: everything but the id and the content. A frame that
// equals it says the same, so that a look replaces the reading. Zebus and this package write frames like this:
//
//	idHeader  guid  |  type, tag of the content  |  length  content  |  originator, environment, persisted  |  extensions
//
// where between the bars stands what a pattern knows.
type pattern struct {
	before  []byte // from the guid to the length of the content
	after   []byte // from the content to the extensions
	message zebus.TransportMessage
}

// idHeader is how a frame begins whose first field is an id of the usual length.
const idHeader = "\x0a\x14\x0a\x12"

const guidAt, guidEnd = len(idHeader), len(idHeader) + wire.GUIDLength

// read reads a frame into m as far as the pattern goes, and returns what is behind that; false when the frame does not
// follow it.
func (p *pattern) read(m *zebus.TransportMessage, frame []byte) (end int, ok bool) {
	contentAt := guidEnd + len(p.before)
	if len(frame) < contentAt || string(frame[guidEnd:contentAt]) != string(p.before) {
		return 0, false
	}
	f := fields{buf: frame, pos: contentAt}
	content := f.take(int(f.varint()))
	if f.fault != "" || !bytes.HasPrefix(frame[f.pos:], p.after) {
		return 0, false
	}
	p.copyTo(m)
	m.ID, m.Content = idFromContent(frame[guidAt:guidEnd]), content
	return f.pos + len(p.after), true
}

// copyTo makes m what the pattern knows. Mostly m is memory that was the message before, and says so already.
func (p *pattern) copyTo(m *zebus.TransportMessage) {
	own := &p.message
	if m.Type != own.Type || m.Originator != own.Originator || m.Environment != own.Environment ||
		m.WasPersisted != own.WasPersisted || m.PersistentPeerIDs != nil || m.Extensions != nil {
		*m = *own
	}
}

const (
	maxPatterns      = 16
	maxPatternLength = 2048 // bytes; longer ones are rare
	missesToReplace  = 8    // so that many who take turns do not cost more than to read what they send
)

// patterns are those of the newest frames that followed none.
type patterns struct {
	all    []pattern
	hit    int // that the frame before followed
	next   int // to be replaced, when there are many
	misses int
}

// read is [pattern.read] with whichever fits. Senders that take turns do so in an order, so that the one behind the
// pattern of the frame before is the next to be tried.
func (ps *patterns) read(m *zebus.TransportMessage, frame []byte) (end int, ok bool) {
	if !hasUsualID(frame) {
		return 0, false
	}
	for range ps.all {
		if end, ok = ps.all[ps.hit].read(m, frame); ok {
			return end, true
		}
		if ps.hit++; ps.hit == len(ps.all) {
			ps.hit = 0
		}
	}
	return 0, false
}

func hasUsualID(frame []byte) bool {
	return len(frame) >= guidEnd && string(frame[:guidAt]) == idHeader
}

// learn makes a pattern of a frame that was read as m, if its layout is that of one.
func (ps *patterns) learn(m *zebus.TransportMessage, frame []byte) {
	ps.misses++
	if !hasUsualID(frame) || len(ps.all) == maxPatterns && ps.misses%missesToReplace != 0 {
		return
	}
	l, ok := layoutOf(frame)
	if !ok || l.length() > maxPatternLength {
		return
	}
	p := ps.place()
	p.before = append(p.before[:0], frame[guidEnd:l.contentAt]...)
	p.after = append(p.after[:0], frame[l.contentEnd:l.end]...)
	p.message = *m
	p.message.Content, p.message.Extensions = nil, nil
}

// place returns where a new pattern goes.
func (ps *patterns) place() *pattern {
	if len(ps.all) < maxPatterns {
		ps.all = append(ps.all, pattern{})
		return &ps.all[len(ps.all)-1]
	}
	ps.next = (ps.next + 1) % maxPatterns
	return &ps.all[ps.next]
}

// layout is where the parts are in a frame with a usual id.
type layout struct {
	contentAt  int // the length of the last content
	contentEnd int
	end        int // of the last field that is no extension
}

func (l *layout) length() int { return l.contentAt - guidEnd + l.end - l.contentEnd }

// layoutOf returns the layout of a frame that can be read. It has none when another id follows the first, when what is
// no extension follows one, when there is no content, and for requests to the persistence.
func layoutOf(frame []byte) (l layout, ok bool) {
	extended := false
	f := fields{buf: frame, pos: guidEnd}
	for f.next() {
		at := f.pos
		switch f.field {
		case fieldID, fieldPersistentID:
			return l, false
		case fieldType, fieldContent, fieldOriginator, fieldEnvironment:
			f.bytes()
		case fieldWasPersisted:
			f.number()
		default:
			extended = true
			f.skip()
			continue
		}
		if extended {
			return l, false
		}
		if l.end = f.pos; f.field == fieldContent {
			l.contentAt, l.contentEnd = at, f.pos
		}
	}
	return l, l.contentAt > 0 && f.fault == ""
}
