package contender

import (
	"context"
	"fmt"
	"time"

	"github.com/zebus-go/zebus/directory"
	"github.com/zebus-go/zebus/zebus"

	"github.com/zebus-go/zebus/bench/messages"
)

// crowd returns a store that knows peers which do not run. Each wants the quotes of so many symbols; nobody asks them
// anything, because they subscribe to nothing else.
func crowd(ctx context.Context, peers, bindings int) (directory.Store, error) {
	store := directory.NewMemoryStore()
	for i := range peers {
		d := stranger(i, bindings)
		put := func(*directory.Record) *directory.Record { return &directory.Record{Static: d} }
		if err := store.Update(ctx, d.Peer.ID, put); err != nil {
			return nil, err
		}
	}
	return store, nil
}

// stranger is a peer of a crowd.
func stranger(index, bindings int) zebus.PeerDescriptor {
	now := time.Now()
	d := zebus.PeerDescriptor{
		Peer: zebus.Peer{
			ID: zebus.PeerID(fmt.Sprintf("Bench.Stranger.%d", index)), Endpoint: fmt.Sprintf("tcp://127.0.0.1:%d", 20000+index),
			Up: true, Responding: true,
		},
		Timestamp: &now,
	}
	for i := range bindings {
		key := zebus.Key(fmt.Sprintf("Market%d", index), fmt.Sprintf("Symbol%d", i))
		d.Subscriptions = append(d.Subscriptions, zebus.Subscription{Type: (*messages.Quote)(nil).ZebusType().ID(), Key: key})
	}
	return d
}
