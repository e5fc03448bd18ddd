package zebus

import (
	"context"
	"fmt"
	"iter"
	"sync"
)

// Gathered is what one of several peers made of a command.
type Gathered[R any] struct {
	Peer  PeerID
	Reply *R // nil when Err is not
	Err   error
}

// A Gatherer sends to peers of the caller's choice, and knows who handles a command. [*Bus] is one, and what takes its place in
// tests.
type Gatherer interface {
	PeerSender
	// PeersFor returns every peer that handles cmd. It returns [ErrNoPeer] when there is none.
	PeersFor(cmd Command) ([]Peer, error)
}

var _ Gatherer = (*Bus)(nil)

// Gather sends cmd to every peer that handles it and yields their replies in the order in which they come, errors
// included. Breaking off the loop ends the commands that have not been answered. Where nobody handles the command, it
// yields [ErrNoPeer] once.
//
//	for g := range zebus.Gather(ctx, bus, &GetStock{Item: "tea"}) {
//		if g.Err == nil {
//			stock += g.Reply.Count
//		}
//	}
func Gather[R any](ctx context.Context, bus Gatherer, cmd CommandFor[R]) iter.Seq[Gathered[R]] {
	return func(yield func(Gathered[R]) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var waiters sync.WaitGroup
		defer waiters.Wait()
		defer cancel()
		peers, err := askable(ctx, bus, cmd)
		if err != nil {
			yield(Gathered[R]{Err: err})
			return
		}
		answers := askEach(ctx, &waiters, bus, cmd, peers)
		for range peers {
			answer, err := next(ctx, answers)
			if err != nil {
				answer.Err = err
			}
			if !yield(answer) {
				return
			}
		}
	}
}

// askEach sends cmd to each of the peers, and returns where their answers come. The waiters end when all have come.
func askEach[R any](ctx context.Context, waiters *sync.WaitGroup, bus Gatherer, cmd CommandFor[R], peers []Peer) <-chan Gathered[R] {
	answers := make(chan Gathered[R], len(peers)) // all of them: a waiter never waits for the loop
	for _, to := range peers {
		p := bus.SendToAsync(ctx, cmd, to)
		waiters.Go(func() {
			<-p.Done()
			reply, err := replyTo[R](context.WithoutCancel(ctx), p)
			answers <- Gathered[R]{Peer: to.ID, Reply: reply, Err: err}
		})
	}
	return answers
}

// next waits for an answer; in a handler it lends the queue meanwhile.
func next[T any](ctx context.Context, answers <-chan T) (answer T, err error) {
	back, err := lendTurn(ctx)
	if err != nil {
		return answer, err
	}
	defer back()
	return <-answers, nil
}

// askable returns every peer that handles a command, where its answers may be waited for.
func askable(ctx context.Context, bus Gatherer, cmd Command) ([]Peer, error) {
	if err := mayWait(ctx, cmd); err != nil {
		return nil, err
	}
	return bus.PeersFor(cmd)
}

// PeersFor returns every peer that handles cmd, with the routing values that it has, this peer included: for
// [Bus.SendTo] to those of the caller's choice. The slice is the caller's. It returns [ErrNoPeer] when there is none, and
// [ErrNotRunning] while the bus does not run.
func (b *Bus) PeersFor(cmd Command) ([]Peer, error) {
	if b.running.Load() == nil {
		return nil, fmt.Errorf("%s: %s: %w", cmd.ZebusType().ID(), b.ID(), ErrNotRunning)
	}
	peers := b.config.directory.AppendPeers(nil, cmd.ZebusType().ID(), routingOf(cmd, nil))
	if len(peers) == 0 {
		return nil, fmt.Errorf("%s: %w", cmd.ZebusType().ID(), noPeer(cmd))
	}
	return peers, nil
}
