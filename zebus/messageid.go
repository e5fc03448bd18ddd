package zebus

import (
	"crypto/rand"
	"encoding/binary"
	"sync/atomic"
	"time"

	"github.com/zebus-go/zebus/wire"
)

// GUID is a 128-bit identifier in the byte order of RFC 9562; it converts to uuid.UUID.
type GUID = wire.GUID

// MessageID identifies a message, and by it the reply, the acknowledgement and the replay of the message. It is a
// GUID that holds the time of its making, because the persistence orders messages by it.
type MessageID GUID

// halfID is half of an ID: its time, or the source, which is all the rest and the same in all IDs of a [MessageIDSource].
type halfID [8]byte

func timeOfID(id *MessageID) halfID   { return halfID(id[:8]) }
func sourceOfID(id *MessageID) halfID { return halfID(id[8:]) }

func joinedID(time, source halfID) (id MessageID) {
	copy(id[:8], time[:])
	copy(id[8:], source[:])
	return id
}

// String returns the dashed lower-case text.
func (id MessageID) String() string { return GUID(id).String() }

// IsZero says whether the ID is the zero GUID, which no message has.
func (id MessageID) IsZero() bool { return id == MessageID{} }

// Time returns the time inside the ID, exact to 100 ns. It is meaningless for an ID that is not time-based, such as
// the random ones of zebus-rs.
func (id MessageID) Time() time.Time {
	low := uint64(binary.BigEndian.Uint32(id[0:4]))
	mid := uint64(binary.BigEndian.Uint16(id[4:6]))
	high := uint64(binary.BigEndian.Uint16(id[6:8]) & 0x0fff)
	ticks := int64(high<<48|mid<<32|low) - gregorianToUnix
	return time.Unix(floorDiv(ticks, ticksPerSecond)).UTC()
}

// MarshalText returns the dashed text, which is how JSON shows an ID.
func (id MessageID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the text that [MessageID.MarshalText] returns.
func (id *MessageID) UnmarshalText(text []byte) error { return (*GUID)(id).UnmarshalText(text) }

// ZebusSize implements [wire.Message].
func (id MessageID) ZebusSize() int { return wire.SizeGUID(1, GUID(id)) }

// ZebusAppend implements [wire.Message].
func (id MessageID) ZebusAppend(b []byte) []byte { return wire.AppendGUID(b, 1, GUID(id)) }

// ZebusRead implements [wire.Message].
func (id *MessageID) ZebusRead(r *wire.Reader) {
	for r.Next() {
		if r.Field() == 1 {
			*id = MessageID(r.GUID())
		} else {
			r.Skip()
		}
	}
}

const (
	ticksPerSecond = 10_000_000
	// gregorianToUnix is the number of 100 ns ticks from 1582-10-15, the origin of time-based GUIDs, to 1970-01-01.
	gregorianToUnix = 122_192_928_000_000_000
)

// floorDiv splits ticks into whole seconds and the nanoseconds left, also before 1970.
func floorDiv(ticks, perSecond int64) (seconds, nanos int64) {
	seconds, rest := ticks/perSecond, ticks%perSecond
	if rest < 0 {
		seconds, rest = seconds-1, rest+perSecond
	}
	return seconds, rest * 100
}

// A MessageIDSource makes message IDs: strictly increasing, unique in the process by their time and among processes
// by eight random bytes. It is safe for concurrent use; a bus has one of its own.
type MessageIDSource struct {
	ticks  func() int64 // since 1582
	last   atomic.Int64 // ticks of the newest ID; never goes back
	source halfID       // clock sequence and node
}

// NewMessageIDSource returns a source that reads the time from now; nil means the clock of the machine.
func NewMessageIDSource(now func() time.Time) *MessageIDSource {
	s := &MessageIDSource{ticks: new(cheapClock).ticks}
	if now != nil {
		s.ticks = func() int64 { return ticksOf(now()) }
	}
	_, _ = rand.Read(s.source[:]) // never fails: crypto/rand ends the program when there is no randomness
	s.source[0] = s.source[0]&0x3f | 0x80
	return s
}

// Next returns a new ID. Its time is that of the clock, or one tick after the last ID where the clock has not moved.
func (s *MessageIDSource) Next() MessageID {
	ticks := s.ticks()
	for {
		last := s.last.Load()
		next := max(ticks, last+1)
		if s.last.CompareAndSwap(last, next) {
			return s.at(next)
		}
	}
}

// ticksOf returns the ticks of 100 ns from 1582 to a time.
func ticksOf(t time.Time) int64 {
	return t.Unix()*ticksPerSecond + int64(t.Nanosecond())/100 + gregorianToUnix
}

// A cheapClock reads the time of day once a second, and in between only what has passed since, which costs half.
type cheapClock struct {
	read atomic.Pointer[reading]
}

// reading is what the clock said, and when.
type reading struct {
	ticks int64
	at    time.Time
}

func (c *cheapClock) ticks() int64 {
	r := c.read.Load()
	if r != nil {
		if passed := time.Since(r.at); passed >= 0 && passed < time.Second {
			return r.ticks + int64(passed/100)
		}
	}
	now := time.Now()
	r = &reading{ticks: ticksOf(now), at: now}
	c.read.Store(r)
	return r.ticks
}

// at lays out the ID of a time: version 1, big-endian groups of the time from its low end.
func (s *MessageIDSource) at(ticks int64) (id MessageID) {
	binary.BigEndian.PutUint32(id[0:4], uint32(ticks))
	binary.BigEndian.PutUint16(id[4:6], uint16(ticks>>32))
	binary.BigEndian.PutUint16(id[6:8], uint16(ticks>>48)&0x0fff|0x1000)
	copy(id[8:], s.source[:])
	return id
}
