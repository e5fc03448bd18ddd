package directory

import (
	"context"
	"time"

	"github.com/zebus-go/zebus/directory/internal/registry"
	"github.com/zebus-go/zebus/zebus"
)

// Handlers implements [zebus.Directory]. All are inline: they work in memory, and who receives the answer to a command
// after an event must find that the event has happened.
func (c *Client) Handlers() []zebus.Handler {
	return []zebus.Handler{
		zebus.HandleEvent(c.peerStarted).Named("directory.Client.PeerStarted").Inline(),
		zebus.HandleEvent(c.peerStopped).Named("directory.Client.PeerStopped").Inline(),
		zebus.HandleEvent(c.peerDecommissioned).Named("directory.Client.PeerDecommissioned").Inline(),
		zebus.HandleEvent(c.peerNotResponding).Named("directory.Client.PeerNotResponding").Inline(),
		zebus.HandleEvent(c.peerResponding).Named("directory.Client.PeerResponding").Inline(),
		zebus.HandleEvent(c.subscriptionsUpdated).Named("directory.Client.PeerSubscriptionsUpdated").Inline(),
		zebus.HandleEvent(c.subscriptionsForTypesUpdated).Named("directory.Client.PeerSubscriptionsForTypesUpdated").Inline(),
		zebus.HandleCommand(c.ping).Named("directory.Client.Ping").Inline(),
	}
}

// ping answers by having been handled.
func (c *Client) ping(ctx context.Context, _ *PingPeerCommand) error {
	if originator, ok := zebus.OriginatorFrom(ctx); ok {
		c.choice.hear(originator.SenderID, originator.SenderEndpoint)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.lastPing = time.Now()
	return nil
}

func (c *Client) peerStarted(_ context.Context, e *PeerStarted) error {
	c.backlog.hear(func() {
		d := e.PeerDescriptor
		d.Peer.Persistent = d.Persistent
		c.keeper.confirm(d.Peer.ID)
		c.registry.Start(d)
		c.notify(zebus.PeerStartedChange, d.Peer)
		c.observe(d.Peer.ID, d.Subscriptions)
	})
	return nil
}

// peerStopped notes that a peer is down. When that is said of the peer itself, an earlier process of its name has left.
func (c *Client) peerStopped(_ context.Context, e *PeerStopped) error {
	if e.PeerID == c.id() {
		if !c.backlog.holding() && !c.registry.IsNewer(e.PeerID, e.TimestampUTC) {
			c.keeper.lost(unregistered)
		}
		return nil
	}
	c.backlog.hear(func() {
		if peer, outcome := c.registry.Stop(e.PeerID, e.TimestampUTC, time.Now()); outcome == registry.Applied {
			c.notify(zebus.PeerStoppedChange, peer)
		}
	})
	return nil
}

// peerDecommissioned forgets a peer. When that is the peer itself, it runs nevertheless, and wants to be known again. An
// event that arrives during a registration was meant for the run before.
func (c *Client) peerDecommissioned(_ context.Context, e *PeerDecommissioned) error {
	if e.PeerID == c.id() {
		if !c.backlog.holding() {
			c.keeper.lost(decommissioned)
		}
		return nil
	}
	c.backlog.hear(func() {
		if peer, outcome := c.registry.Remove(e.PeerID); outcome == registry.Applied {
			c.notify(zebus.PeerDecommissionedChange, peer)
		}
	})
	return nil
}

func (c *Client) peerNotResponding(_ context.Context, e *PeerNotResponding) error {
	c.backlog.hear(func() { c.setResponding(e.PeerID, false) })
	return nil
}

func (c *Client) peerResponding(_ context.Context, e *PeerResponding) error {
	c.backlog.hear(func() { c.setResponding(e.PeerID, true) })
	return nil
}

func (c *Client) setResponding(id zebus.PeerID, responding bool) {
	if peer, outcome := c.registry.SetResponding(id, responding); outcome == registry.Applied {
		c.notify(zebus.PeerUpdatedChange, peer)
	}
}

func (c *Client) subscriptionsUpdated(_ context.Context, e *PeerSubscriptionsUpdated) error {
	c.backlog.hear(func() {
		d := &e.PeerDescriptor
		peer, outcome := c.registry.SetSubscriptions(d.Peer.ID, d.Subscriptions, d.Timestamp, time.Now())
		c.tellUpdate(d.Peer.ID, peer, outcome, d.Subscriptions)
	})
	return nil
}

func (c *Client) subscriptionsForTypesUpdated(_ context.Context, e *PeerSubscriptionsForTypesUpdated) error {
	c.backlog.hear(func() {
		peer, outcome := c.registry.SetSubscriptionsForTypes(e.PeerID, e.SubscriptionsForTypes, e.TimestampUTC)
		c.tellUpdate(e.PeerID, peer, outcome, updated(nil, e.SubscriptionsForTypes))
	})
	return nil
}

// tellUpdate tells of an update of subscriptions that was applied.
func (c *Client) tellUpdate(id zebus.PeerID, peer zebus.Peer, outcome registry.Outcome, subs []zebus.Subscription) {
	switch outcome {
	case registry.Unknown:
		c.config.Logger.Warn("subscriptions of an unknown peer", "peer", id)
	case registry.Applied:
		c.notify(zebus.PeerUpdatedChange, peer)
		c.observe(id, subs)
	case registry.Outdated:
	}
}

// notify tells of a change of another peer, after lookups show it.
func (c *Client) notify(kind zebus.PeerChangeKind, peer zebus.Peer) {
	if peer.ID != c.id() {
		c.changed(zebus.PeerChange{Kind: kind, Peer: peer})
	}
}

// observe tells of those subscriptions that are to types which are watched.
func (c *Client) observe(id zebus.PeerID, subs []zebus.Subscription) {
	var wanted []zebus.Subscription
	for _, sub := range subs {
		if c.observed[sub.Type] {
			wanted = append(wanted, sub)
		}
	}
	if len(wanted) > 0 {
		c.observer(id, wanted)
	}
}
