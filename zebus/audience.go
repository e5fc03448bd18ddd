package zebus

import (
	"slices"
	"sync"
	"sync/atomic"
)

// A VersionedDirectory is a [Directory] that tells whether what it knows has changed. A bus asks it once for those who want
// the messages of a type without routing members, and again only after a change.
type VersionedDirectory interface {
	Directory

	// Version returns a number that is another one after every change that AppendPeers may show. It changes after lookups
	// show the change and before Watch tells of it. It is called for every message, by many goroutines. A directory that
	// embeds another one and changes what that finds needs a Version of its own.
	Version() uint64
}

// audiences remember who wants the messages of which type. They are read without a lock.
type audiences struct {
	directory VersionedDirectory // nil where the directory is none, and then nothing is remembered

	growing sync.Mutex
	byType  atomic.Pointer[[]*atomic.Pointer[audience]] // by the number of the type in the program; never shrinks
}

// An audience is everybody who wanted the messages of one type at one version of the directory. It does not change.
type audience struct {
	version uint64
	peers   []Peer
}

// mostRemembered bounds what is remembered for a type: above it the peers themselves cost more than to look them up.
const mostRemembered = 64

// peersOf finds the recipients of m. They must not be changed, and are good as long as s is.
func (a *audiences) peersOf(s *scratch, d Directory, m Message) []Peer {
	t := m.ZebusType()
	if a.directory == nil || len(t.config.Routing) > 0 {
		return s.peersOf(d, m)
	}
	version := a.directory.Version() // before the look: what changes meanwhile makes what was found outdated
	slot := a.slotOf(t)
	if known := slot.Load(); known != nil && known.version == version {
		return known.peers
	}
	peers := s.peersOf(d, m)
	if len(peers) <= mostRemembered {
		slot.Store(&audience{version, slices.Clip(slices.Clone(peers))})
	}
	return peers
}

func (a *audiences) slotOf(t *MessageType) *atomic.Pointer[audience] {
	if slots := a.byType.Load(); slots != nil && t.number < len(*slots) {
		return (*slots)[t.number]
	}
	return a.grow(t.number)
}

func (a *audiences) grow(number int) *atomic.Pointer[audience] {
	a.growing.Lock()
	defer a.growing.Unlock()
	var slots []*atomic.Pointer[audience]
	if known := a.byType.Load(); known != nil {
		slots = slices.Clone(*known)
	}
	for len(slots) <= number {
		slots = append(slots, new(atomic.Pointer[audience]))
	}
	a.byType.Store(&slots)
	return slots[number]
}
