package zebus

import (
	"cmp"
	"slices"
	"sync"
)

// A Selector chooses which of several peers handles a command: it returns an index into candidates, which are ordered by
// their IDs, at least two, and not to be kept for later. An index that none of them has, such as -1, chooses nobody: the command
// ends with [ErrManyPeers]. It is called from many goroutines.
type Selector func(cmd Command, candidates []Peer) int

// WithSelector lets commands be sent that several peers handle, to the one that a selector chooses; newSelector makes
// the selector of this bus. Without it, or with nil, several peers for a command are [ErrManyPeers]. A command that this peer
// handles itself stays here in any case.
func (b *Builder) WithSelector(newSelector func() Selector) *Builder {
	b.config.selector = nil
	if newSelector != nil {
		b.config.selector = newSelector()
	}
	return b
}

// RoundRobin returns a selector that gives each peer its turn, for each type of command.
func RoundRobin() Selector {
	var mu sync.Mutex
	turns := map[MessageTypeID]int{}
	return func(cmd Command, candidates []Peer) int {
		mu.Lock()
		defer mu.Unlock()
		t := cmd.ZebusType().ID()
		turn := turns[t]
		if turn >= len(candidates) { // also when there were more of them before
			turn = 0
		}
		turns[t] = turn + 1
		return turn
	}
}

// choose returns the peer that the selector wants. It orders peers where they are.
func (s Selector) choose(cmd Command, peers []Peer) (Peer, bool) {
	if s == nil {
		return Peer{}, false
	}
	slices.SortFunc(peers, func(a, b Peer) int { return cmp.Compare(a.ID, b.ID) })
	chosen := s(cmd, peers)
	if chosen < 0 || chosen >= len(peers) {
		return Peer{}, false
	}
	return peers[chosen], true
}
