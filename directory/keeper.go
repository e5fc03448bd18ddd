package directory

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/zebus-go/zebus/directory/internal/registry"
	"github.com/zebus-go/zebus/zebus"
)

// A keeper keeps a running peer registered. Directories can lose a peer that runs: one without a durable store restarts, an
// operator removes the peer, its pings got lost. The peer learns it from the event of its own decommission, or from
// silence, and registers again: once, because registering makes every other peer drop its connection to this one.
//
// A directory that lost its memory knows, when the first peers come back, nobody but these. So registering again does
// not forget the peers that the answer leaves out. They are doubted, until they start again or the time in which a
// living peer would have noticed has passed.
type keeper struct {
	wake chan struct{}      // one: further reasons to look add nothing
	done context.CancelFunc // nil before the first start
	wg   sync.WaitGroup

	mu      sync.Mutex
	gone    string                // how the directories have removed the peer; "" while they have not
	doubted map[zebus.PeerID]bool // nil when nobody is
	until   time.Time             // when the doubted are forgotten

	// Of the goroutine: what came of the attempts since the last one that worked.
	failures int
	again    time.Time // not to be tried before
}

// start begins to watch over c until stop.
func (k *keeper) start(c *Client) {
	ctx, cancel := context.WithCancel(context.Background())
	k.done = cancel
	k.mu.Lock()
	k.gone, k.doubted = "", nil
	k.mu.Unlock()
	k.failures, k.again = 0, time.Time{}
	k.wg.Go(func() { k.run(ctx, c) })
}

// stop waits until the keeper is at rest. It may be called at any time.
func (k *keeper) stop() {
	if k.done != nil {
		k.done()
	}
	k.wg.Wait()
}

// lost says that the directories have removed the peer, and how.
func (k *keeper) lost(how string) {
	k.mu.Lock()
	k.gone = how
	k.mu.Unlock()
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// confirm says that a peer was seen to start.
func (k *keeper) confirm(id zebus.PeerID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.doubted, id)
}

func (k *keeper) run(ctx context.Context, c *Client) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(k.pause(c))
		select {
		case <-ctx.Done():
			return
		case <-k.wake:
			k.again = time.Time{}
		case <-timer.C:
		}
		c.forget(k.expired(time.Now()))
		if why := k.reason(c); why != "" {
			k.restore(ctx, c, why)
		}
	}
}

// forever is a pause that only a wake ends.
const forever = 365 * 24 * time.Hour

// pause returns the time until there may be something to do.
func (k *keeper) pause(c *Client) time.Duration {
	pause := forever
	if silence := c.config.SilenceTimeout; silence > 0 {
		pause = silence - c.SincePing()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.gone != "" {
		pause = 0
	}
	pause = max(pause, time.Until(k.again))
	if k.doubted != nil {
		pause = min(pause, time.Until(k.until))
	}
	return max(pause, 0)
}

// Reasons to register again. A ping ends the last one, and only registering the others.
const (
	decommissioned = "decommissioned"
	unregistered   = "unregistered by an earlier process"
	noPing         = "no ping"
)

// reason returns why the peer must register again now, "" when it need not.
func (k *keeper) reason(c *Client) string {
	if time.Now().Before(k.again) {
		return ""
	}
	k.mu.Lock()
	gone := k.gone
	k.gone = ""
	k.mu.Unlock()
	if silence := c.config.SilenceTimeout; gone == "" && silence > 0 && c.SincePing() >= silence {
		return noPing
	}
	return gone
}

// expired returns the peers that were doubted until now.
func (k *keeper) expired(now time.Time) []zebus.PeerID {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.doubted == nil || now.Before(k.until) {
		return nil
	}
	ids := make([]zebus.PeerID, 0, len(k.doubted))
	for id := range k.doubted {
		ids = append(ids, id)
	}
	k.doubted = nil
	return ids
}

// forget removes peers that no directory knows any more.
func (c *Client) forget(ids []zebus.PeerID) {
	for _, id := range ids {
		if peer, outcome := c.registry.Remove(id); outcome == registry.Applied {
			c.config.Logger.Info("forgetting a peer that no directory knows", "peer", id)
			c.notify(zebus.PeerDecommissionedChange, peer)
		}
	}
}

// restore registers again. What fails is tried again later.
func (k *keeper) restore(ctx context.Context, c *Client, why string) {
	c.config.Logger.WarnContext(ctx, "registering again", "peer", c.id(), "reason", why, "since_ping", c.SincePing())
	err := k.register(ctx, c)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		k.postpone(c, why, err)
	default:
		k.failures, k.again = 0, time.Time{}
		c.setRegistered(true)
		c.config.Logger.WarnContext(ctx, "registered again", "peer", c.id()) // as loud as the trouble that it ends
	}
}

// postpone puts a registration off that did not work. A directory that refused the peer will need its time to think
// otherwise. One that did not answer may come back at any moment, and the peer is cut off until then.
func (k *keeper) postpone(c *Client, why string, err error) {
	delay := c.config.SilenceTimeout
	if delay <= 0 {
		delay = defaultSilenceTimeout
	}
	if _, answered := errors.AsType[*zebus.CommandError](err); !answered {
		delay = min(delay, retryDelay<<min(k.failures, mostDoublings))
	}
	k.failures++
	k.again = time.Now().Add(delay)
	k.mu.Lock()
	if k.gone == "" && why != noPing {
		k.gone = why
	}
	k.mu.Unlock()
	c.config.Logger.Error("registering again did not work", "peer", c.id(), "again_in", delay, "error", err)
}

// retryDelay is the time until a registration is tried again. It doubles that many times at most, to half a minute.
const (
	retryDelay    = time.Second
	mostDoublings = 5
)

func (k *keeper) register(ctx context.Context, c *Client) error {
	at := c.clock.next()
	c.mu.Lock()
	c.mu.self.Timestamp = &at
	bus, self := c.mu.bus, c.mu.self
	c.mu.Unlock()
	c.backlog.open()
	defer c.backlog.replay() // also when it failed: the events are about the state that is kept
	peers, err := c.announce(ctx, bus, self)
	if err != nil {
		return err
	}
	k.doubt(c, peers)
	c.learn(self, peers)
	return nil
}

// doubt notes who is known here and not to the directory.
func (k *keeper) doubt(c *Client, peers []zebus.PeerDescriptor) {
	doubted := make(map[zebus.PeerID]bool)
	for _, known := range c.registry.Descriptors() {
		doubted[known.Peer.ID] = true
	}
	for i := range peers {
		delete(doubted, peers[i].Peer.ID)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(doubted) == 0 {
		doubted = nil
	}
	k.doubted, k.until = doubted, time.Now().Add(max(c.config.SilenceTimeout, defaultSilenceTimeout))
}
