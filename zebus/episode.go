package zebus

import (
	"errors"
	"sync"
	"time"
)

const (
	// episodeGap is how long after a line the next one of its kind may follow.
	episodeGap = time.Minute
	// mostEpisodes bounds what types from the network can take in memory.
	mostEpisodes = 1000
)

// episodes keep what may happen to every message of a flood from flooding the log: one line a minute for each kind.
type episodes struct {
	mu struct {
		sync.Mutex
		open map[episodeKind]*episode
	}
}

// episodeKind tells lines apart that must not silence each other.
type episodeKind struct {
	messageType MessageTypeID
	reason      error
}

type episode struct {
	last time.Time // of the last line
	more int       // that have had none since
}

// note says whether it is time for a line about a dropped message, and how many have had none since the last.
func (e *episodes) note(t MessageTypeID, err error, now time.Time) (more int, due bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	kind := episodeKind{messageType: t, reason: kindOfDrop(err)}
	known := e.mu.open[kind]
	if known == nil && len(e.mu.open) >= mostEpisodes { // the rest of the types share one
		kind.messageType = ""
		known = e.mu.open[kind]
	}
	if known != nil {
		return known.next(now)
	}
	if e.mu.open == nil {
		e.mu.open = make(map[episodeKind]*episode)
	}
	e.mu.open[kind] = &episode{last: now}
	return 0, true
}

func (e *episode) next(now time.Time) (more int, due bool) {
	if now.Sub(e.last) < episodeGap {
		e.more++
		return 0, false
	}
	more = e.more
	e.last, e.more = now, 0
	return more, true
}

// kindOfDrop returns the reason without its details; nil is that of a queue.
func kindOfDrop(err error) error {
	for _, reason := range []error{ErrUnknownType, ErrUnreadable} {
		if errors.Is(err, reason) {
			return reason
		}
	}
	return nil
}
