package directory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// announce registers self with the first directory that takes it and returns who is there. A directory that keeps something newer
// under the name of the peer has not taken it over: the clock of this machine is behind that of an earlier run, or was set back.
// Then the peer registers once more, just after that.
func (c *Client) announce(ctx context.Context, bus zebus.PeerSender, self zebus.PeerDescriptor) ([]zebus.PeerDescriptor, error) {
	c.choice.forgetHeard()
	peers, err := c.register(ctx, bus, self)
	newest := newestOf(self, peers)
	if err != nil || newest == nil {
		return peers, err
	}
	c.config.Logger.WarnContext(ctx, "the directory knows of a later run: the clock was set back, or another peer has this name",
		"peer", self.Peer.ID, "time", self.Timestamp, "later", newest)
	at := c.clock.after(*newest)
	self.Timestamp = &at
	return c.register(ctx, bus, self)
}

// newestOf returns the time of what a directory keeps under the name of the peer, nil when that is not newer than the peer.
func newestOf(self zebus.PeerDescriptor, peers []zebus.PeerDescriptor) *time.Time {
	for i := range peers {
		if at := peers[i].Timestamp; peers[i].Peer.ID == self.Peer.ID && at != nil && at.After(*self.Timestamp) {
			return at
		}
	}
	return nil
}

func (c *Client) register(ctx context.Context, bus zebus.PeerSender, self zebus.PeerDescriptor) ([]zebus.PeerDescriptor, error) {
	var answer RegisterPeerResponse
	err := c.ask(ctx, bus, self.Peer, &RegisterPeerCommand{Peer: self}, func(ctx context.Context, p *zebus.Pending) error {
		answer = RegisterPeerResponse{}
		return p.Reply(ctx, &answer)
	})
	for i := range answer.PeerDescriptors {
		d := &answer.PeerDescriptors[i]
		d.Peer.Persistent = d.Persistent
	}
	return answer.PeerDescriptors, err
}

// tell sends a command without reply to the first directory that takes it.
func (c *Client) tell(ctx context.Context, bus zebus.PeerSender, self zebus.Peer, cmd zebus.Command) error {
	return c.ask(ctx, bus, self, cmd, func(ctx context.Context, p *zebus.Pending) error { return p.Wait(ctx) })
}

// ask sends cmd to one directory after the other until one has done it. Every directory gets the same words: the time
// in the command is that of the operation.
func (c *Client) ask(
	ctx context.Context, bus zebus.PeerSender, self zebus.Peer, cmd zebus.Command,
	await func(context.Context, *zebus.Pending) error,
) error {
	if bus == nil {
		return ErrNotRegistered
	}
	refused := &refusal{command: cmd.ZebusType().ID(), self: self}
	for _, d := range c.choice.order(time.Now()) {
		err := c.askOne(ctx, bus, cmd, d, await)
		if err == nil {
			return nil
		}
		if final(err) {
			return fmt.Errorf("%s at %s: %w", d.ID, d.Endpoint, err)
		}
		refused.attempts = append(refused.attempts, attempt{d, err})
		if refused.gaveUp = ctx.Err() != nil; refused.gaveUp {
			break
		}
		c.choice.fail(d, time.Now())
	}
	return refused
}

// askOne gives one directory its time. One that parts meanwhile is asked once more: the news may be old, and a new process
// have taken its place. Where none has, that is known at once.
func (c *Client) askOne(
	ctx context.Context, bus zebus.PeerSender, cmd zebus.Command, d zebus.Peer,
	await func(context.Context, *zebus.Pending) error,
) error {
	limited, cancel := context.WithTimeout(ctx, c.config.RegistrationTimeout)
	defer cancel()
	err := c.askOnce(limited, bus, cmd, d, await)
	if _, parted := errors.AsType[*parting](err); parted {
		err = c.askOnce(limited, bus, cmd, d, await)
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return silence(c.config.RegistrationTimeout)
	}
	if ce, ok := errors.AsType[*zebus.CommandError](err); ok && ce.Code == zebus.CodePeerAlreadyExists {
		return fmt.Errorf("%w: %w; stop that one, or give this one another peer_id", ErrAlreadyExists, ce)
	}
	return err
}

// askOnce sends the command to a directory and waits for the answer. What kept others from it a moment ago is no reason not
// to try.
func (c *Client) askOnce(
	ctx context.Context, bus zebus.PeerSender, cmd zebus.Command, d zebus.Peer,
	await func(context.Context, *zebus.Pending) error,
) error {
	if c.choice.hasFailed(d) {
		c.changed(zebus.PeerChange{Kind: zebus.PeerSoughtChange, Peer: d})
	}
	ctx, forget := c.partings.context(ctx, d.ID)
	defer forget()
	err := await(ctx, bus.SendToAsync(ctx, cmd, d))
	if parting, parted := errors.AsType[*parting](context.Cause(ctx)); parted && errors.Is(err, context.Canceled) {
		return parting
	}
	return err
}

// final says whether another directory could do no better.
func final(err error) bool {
	return errors.Is(err, ErrAlreadyExists) ||
		errors.Is(err, zebus.ErrNotRunning) ||
		errors.Is(err, zebus.ErrInlineWait) ||
		errors.Is(err, zebus.ErrTooLarge)
}
