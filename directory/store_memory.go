package directory

import (
	"context"
	"sync"

	"github.com/zebus-go/zebus/zebus"
)

// memoryStore is a store that forgets everything at the end of the process. Peers notice the silence, and register again.
type memoryStore struct {
	mu       sync.Mutex
	records  map[zebus.PeerID]*Record
	watchers map[int]func(zebus.PeerID, *Record)
	next     int // number of the next watcher
}

var _ Store = (*memoryStore)(nil)

// NewMemoryStore returns an empty store in memory. Servers of one process may share it.
func NewMemoryStore() Store {
	return &memoryStore{records: make(map[zebus.PeerID]*Record), watchers: make(map[int]func(zebus.PeerID, *Record))}
}

// Update implements [Store].
func (s *memoryStore) Update(_ context.Context, id zebus.PeerID, change func(*Record) *Record) error {
	if id == "" {
		return ErrNoPeerID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.records[id]
	next := change(old)
	if next == old {
		return nil
	}
	if next == nil {
		delete(s.records, id)
	} else {
		s.records[id] = next
	}
	for _, f := range s.watchers {
		f(id, next)
	}
	return nil
}

// Watch implements [Store].
func (s *memoryStore) Watch(_ context.Context, f func(zebus.PeerID, *Record)) (stop func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, r := range s.records {
		f(id, r)
	}
	number := s.next
	s.next++
	s.watchers[number] = f
	return func() { s.unwatch(number) }, nil
}

func (s *memoryStore) unwatch(number int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.watchers, number)
}
