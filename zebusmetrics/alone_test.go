package zebusmetrics_test

import (
	"context"
	"errors"
	"log"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// alone is the directory of a peer that knows nobody.
type alone struct{}

func (alone) Handlers() []zebus.Handler { return nil }
func (alone) Register(context.Context, zebus.PeerSender, zebus.PeerDescriptor) error {
	return nil
}
func (alone) Update(context.Context, []zebus.SubscriptionsForType) error { return nil }
func (alone) Unregister(context.Context) error                           { return nil }
func (alone) AppendPeers(dst []zebus.Peer, _ zebus.MessageTypeID, _ zebus.RoutingContent) []zebus.Peer {
	return dst
}

func (alone) Peer(zebus.PeerID) (zebus.Peer, bool)                                    { return zebus.Peer{}, false }
func (alone) Watch(func(zebus.PeerChange))                                            {}
func (alone) Observe([]zebus.MessageTypeID, func(zebus.PeerID, []zebus.Subscription)) {}
func (alone) SincePing() time.Duration                                                { return 0 }

// run starts a bus for as long as f takes.
func run(bus *zebus.Bus, f func(ctx context.Context) error) {
	ctx := context.Background()
	if err := errors.Join(bus.Start(ctx), f(ctx), bus.Stop(ctx)); err != nil {
		log.Fatal(err) //nolint:forbidigo // an example has nothing else to report to
	}
}
