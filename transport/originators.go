package transport

import (
	"bytes"

	"github.com/zebus-go/zebus/zebus"
)

// maxOriginatorLength is the number of bytes above which an originator is read each time instead of remembered.
const maxOriginatorLength = 1024

// originators remembers whole originators by their bytes: everything a peer sends starts with the same, so that four
// texts cost one lookup, and none while one peer sends several messages in a row.
//
// Invariant: at most maxWords entries; a table that is full is emptied, as with [words].
type originators struct {
	known map[string]zebus.Originator
	last  []byte // the bytes behind newest
	// newest is the originator read last.
	newest zebus.Originator
}

// find returns the originator whose bytes are raw.
func (o *originators) find(raw []byte) (zebus.Originator, bool) {
	if len(raw) > 0 && bytes.Equal(raw, o.last) {
		return o.newest, true
	}
	found, ok := o.known[string(raw)]
	if ok {
		o.remember(raw, found)
	}
	return found, ok
}

// remember makes an originator the newest.
func (o *originators) remember(raw []byte, originator zebus.Originator) {
	o.last = append(o.last[:0], raw...)
	o.newest = originator
}

func (o *originators) learn(raw []byte, originator zebus.Originator) {
	if len(raw) > maxOriginatorLength {
		return
	}
	if o.known == nil {
		o.known = map[string]zebus.Originator{}
	}
	if len(o.known) >= maxWords {
		clear(o.known)
	}
	o.known[string(raw)] = originator
	o.remember(raw, originator)
}

// originator reads the current field.
func (r *Reader) originator(f *fields) zebus.Originator {
	raw := f.bytes()
	if known, ok := r.originators.find(raw); ok {
		return known
	}
	in := fields{buf: raw}
	originator := r.readOriginator(&in)
	f.adopt(&in)
	if in.fault == "" {
		r.originators.learn(raw, originator)
	}
	return originator
}

func (r *Reader) readOriginator(f *fields) (o zebus.Originator) {
	for f.next() {
		switch f.field {
		case fieldSender:
			o.SenderID = zebus.PeerID(r.word(f))
		case fieldEndpoint:
			o.SenderEndpoint = *r.words.of(f.bytes())
		case fieldMachine:
			o.MachineName = r.words.of(f.bytes())
		case fieldUser:
			o.InitiatorUserName = r.words.of(f.bytes())
		default:
			f.skip()
		}
	}
	return o
}
