package directory_test

import (
	"context"
	"sync"
	"testing/synctest"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/zebus"
)

// office is a directory that says what its test wants.
type office struct {
	*zebus.Bus

	mu        sync.Mutex
	heard     []zebus.Command
	neighbors []zebus.PeerDescriptor // in every answer
	outcome   func(ctx context.Context, cmd zebus.Command) error
}

// know sets the peers in the answers to registrations.
func (o *office) know(peers ...zebus.PeerDescriptor) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.neighbors = peers
}

// answer sets what becomes of every command.
func (o *office) answer(outcome func(ctx context.Context, cmd zebus.Command) error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.outcome = outcome
}

// silence is the outcome of an office that answers nobody until the test ends. It is made after the office, so that it
// ends before the office stops.
func (w *town) silence() func(context.Context, zebus.Command) error {
	over := make(chan struct{})
	w.t.Cleanup(func() { close(over) })
	return func(context.Context, zebus.Command) error {
		<-over
		return nil
	}
}

// unwell is the outcome of an office that cannot do its work.
func unwell(context.Context, zebus.Command) error { return zebus.Fail(7, "not today") }

// well is the outcome of an office that does its work.
func well(context.Context, zebus.Command) error { return nil }

// endpointOf returns where the office of a position receives.
func endpointOf(position int) string {
	return []string{"tcp://dir0:1", "tcp://dir1:1", "tcp://dir2:1"}[position]
}

func (w *town) office(position int) *office {
	w.t.Helper()
	o := &office{outcome: well}
	o.Bus = w.start(w.bus(directory.PeerID(position), endpointOf(position), nowhere{},
		zebus.HandleRequest(func(ctx context.Context, cmd *directory.RegisterPeerCommand) (*directory.RegisterPeerResponse, error) {
			if err := o.hear(ctx, cmd); err != nil {
				return nil, err
			}
			o.mu.Lock()
			defer o.mu.Unlock()
			return &directory.RegisterPeerResponse{PeerDescriptors: append([]zebus.PeerDescriptor{cmd.Peer}, o.neighbors...)}, nil
		}),
		zebus.HandleCommand(func(ctx context.Context, cmd *directory.UnregisterPeerCommand) error { return o.hear(ctx, cmd) }),
		zebus.HandleCommand(func(ctx context.Context, cmd *directory.UpdatePeerSubscriptionsForTypesCommand) error {
			return o.hear(ctx, cmd)
		}),
	))
	return o
}

func (o *office) hear(ctx context.Context, cmd zebus.Command) error {
	o.mu.Lock()
	o.heard = append(o.heard, cmd)
	outcome := o.outcome
	o.mu.Unlock()
	return outcome(ctx, cmd)
}

// take returns what was heard since the last call.
func (o *office) take() []zebus.Command {
	o.mu.Lock()
	defer o.mu.Unlock()
	heard := o.heard
	o.heard = nil
	return heard
}

// tell publishes events to a peer and waits until they have taken effect.
func (o *office) tell(p *member, events ...zebus.Event) {
	p.t.Helper()
	for _, e := range events {
		if err := o.PublishTo(context.Background(), e, zebus.Peer{ID: p.bus.ID(), Endpoint: p.bus.Endpoint(), Up: true, Responding: true}); err != nil {
			p.t.Fatal(err)
		}
	}
	synctest.Wait()
}
