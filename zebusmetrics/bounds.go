package zebusmetrics

import "sync"

const (
	// unknownType is the label of all types that no handler takes, of which anybody can send any number.
	unknownType = "unknown"
	// otherPeers is the label of the peers beyond the first mostPeers.
	otherPeers = "other"
	mostPeers  = 1000
)

// bounded keeps names that come from the network from filling the memory of Prometheus.
type bounded struct {
	most int

	mu   sync.Mutex
	seen map[string]struct{}
}

// label returns name, or otherPeers when there have been enough names.
func (b *bounded) label(name string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.seen[name]; ok {
		return name
	}
	if len(b.seen) >= b.most {
		return otherPeers
	}
	if b.seen == nil {
		b.seen = map[string]struct{}{}
	}
	b.seen[name] = struct{}{}
	return name
}

// cache keeps what was looked up in Prometheus's maps of labels, which costs more than what is counted there. The zero
// value is useful. Keys are never forgotten, so they must be the program's own.
type cache[K comparable, V any] struct {
	mu    sync.RWMutex
	found map[K]V
}

// get returns what find returned for the key at first.
func (c *cache[K, V]) get(key K, find func(K) V) V {
	c.mu.RLock()
	v, ok := c.found[key]
	c.mu.RUnlock()
	if ok {
		return v
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok = c.found[key]; ok {
		return v
	}
	if c.found == nil {
		c.found = map[K]V{}
	}
	v = find(key)
	c.found[key] = v
	return v
}
