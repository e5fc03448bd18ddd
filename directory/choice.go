package directory

import (
	"math/rand/v2"
	"slices"
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
	failed map[string]time.Time    // when, by endpoint in lower case
	heard  map[zebus.PeerID]string // where a directory says it is, since the peer is registered
}

func newChoice(endpoints []string, random bool, delay time.Duration) *choice {
	c := &choice{random: random, delay: delay, failed: make(map[string]time.Time), heard: make(map[zebus.PeerID]string)}
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
	return c.asHeardLocked(append(good, faulty...))
}

// hear notes where a directory says it is. Answers to its pings go there, so commands do too: a peer has one
// connection, which would move to and fro between the two names of one place and lose what is on its way. Pings of anybody else change nothing.
func (c *choice) hear(id zebus.PeerID, endpoint string) {
	if !slices.ContainsFunc(c.directories, func(d zebus.Peer) bool { return d.ID == id }) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard[id] = endpoint
}

// forgetHeard makes the next command go where the configuration says.
func (c *choice) forgetHeard() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.heard)
}

// asHeardLocked puts before every directory the same one where it says it is, if that is elsewhere. c.mu must be held.
func (c *choice) asHeardLocked(directories []zebus.Peer) []zebus.Peer {
	order := make([]zebus.Peer, 0, len(directories))
	for _, d := range directories {
		if endpoint, ok := c.heard[d.ID]; ok && !strings.EqualFold(endpoint, d.Endpoint) {
			there := d
			there.Endpoint = endpoint
			order = append(order, there)
		}
		order = append(order, d)
	}
	return order
}

func shuffle(peers []zebus.Peer) {
	//nolint:gosec // spreads load, guards nothing
	rand.Shuffle(len(peers), func(i, j int) { peers[i], peers[j] = peers[j], peers[i] })
}

// fail notes that a directory did not do its work.
func (c *choice) fail(d zebus.Peer, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed[key(d)] = now
	delete(c.heard, d.ID)
}

// hasFailed says whether a directory has ever failed.
func (c *choice) hasFailed(d zebus.Peer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, failed := c.failed[key(d)]
	return failed
}

func key(d zebus.Peer) string { return strings.ToLower(d.Endpoint) }
