package zebus

import (
	"context"
	"fmt"
)

// Request sends cmd to the one peer that handles it and waits for the reply, whose type the command announces. Its
// errors are those of [Bus.Send], and [ErrUnexpectedReply] when the handler replied with something else.
func Request[R any](ctx context.Context, s Sender, cmd CommandFor[R]) (*R, error) {
	if err := mayWait(ctx, cmd); err != nil {
		return nil, err
	}
	return replyTo[R](ctx, s.SendAsync(ctx, cmd))
}

// RequestTo is [Request] to a peer of the caller's choice.
func RequestTo[R any](ctx context.Context, s PeerSender, cmd CommandFor[R], to Peer) (*R, error) {
	if err := mayWait(ctx, cmd); err != nil {
		return nil, err
	}
	return replyTo[R](ctx, s.SendToAsync(ctx, cmd, to))
}

func replyTo[R any](ctx context.Context, p *Pending) (*R, error) {
	reply := new(R)
	m, ok := any(reply).(Message)
	if !ok {
		return nil, fmt.Errorf("%w to %s: %T is no message", ErrUnexpectedReply, p.name(), reply)
	}
	if err := p.Reply(ctx, m); err != nil {
		return nil, err
	}
	return reply, nil
}
