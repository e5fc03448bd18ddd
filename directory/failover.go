package directory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// announce registers self with the first directory that takes it and returns who is there.
func (c *Client) announce(ctx context.Context, bus zebus.PeerSender, self zebus.PeerDescriptor) ([]zebus.PeerDescriptor, error) {
	c.choice.forgetHeard()
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
