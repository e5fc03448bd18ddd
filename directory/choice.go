package directory

import (
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// choice decides which directory is asked first, and remembers which failed.
type choice struct {
	directories []zebus.Peer
	random      bool
	delay       time.Duration // how long a failure is remembered

	mu     sync.Mutex
	failed map[string]time.Time // when, by endpoint in lower case
}

func newChoice(endpoints []string, random bool, delay time.Duration) *choice {
	c := &choice{random: random, delay: delay, failed: make(map[string]time.Time)}
	for i, endpoint := range endpoints {
		c.directories = append(c.directories, zebus.Peer{ID: PeerID(i), Endpoint: endpoint, Up: true, Responding: true})
	}
	return c
}

// order returns every directory in the order in which to ask: those that failed lately come last.
func (c *choice) order(now time.Time) []zebus.Peer {
	c.mu.Lock()
	defer c.mu.Unlock()
	var good, faulty []zebus.Peer
	for _, d := range c.directories {
		if at, failed := c.failed[key(d)]; failed && now.Sub(at) < c.delay {
			faulty = append(faulty, d)
		} else {
			good = append(good, d)
		}
	}
	if c.random {
		shuffle(good)
		shuffle(faulty)
	}
	return append(good, faulty...)
}

func shuffle(peers []zebus.Peer) {
	rand.Shuffle(len(peers), func(i, j int) { peers[i], peers[j] = peers[j], peers[i] })
}

// fail notes that a directory did not do its work.
func (c *choice) fail(d zebus.Peer, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed[key(d)] = now
}

func key(d zebus.Peer) string { return strings.ToLower(d.Endpoint) }
