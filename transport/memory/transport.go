package memory

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/zebus-go/zebus/transport"
	"github.com/zebus-go/zebus/zebus"
)

// A Transport receives at one endpoint of a [Network] and sends to the others. Make one with [Network.NewTransport].
type Transport struct {
	network *Network
	config  Config
	wg      sync.WaitGroup // the receive loop
	changed broadcast      // something sent has been settled

	mu       sync.Mutex
	sending  bool // between Start and Stop
	self     zebus.Self
	endpoint string
	writer   *transport.Writer
	inbox    *inbox
	links    map[zebus.PeerID]*link
	scratch  []byte // for the frame being sent; the receivers get copies
}

var _ zebus.Transport = (*Transport)(nil)

// Start implements [zebus.Transport]. Its error wraps [ErrEndpointInUse] where somebody receives at the endpoint.
func (t *Transport) Start(ctx context.Context, self zebus.Self, in zebus.Inbound) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inbox != nil {
		return "", fmt.Errorf("memory: start %s: already started at %s", self.ID, t.endpoint)
	}
	endpoint, b := t.network.choose(t.config.Endpoint), newInbox()
	if err := t.network.occupy(endpoint, b); err != nil {
		return "", err
	}
	t.self, t.endpoint, t.inbox, t.links = self, endpoint, b, map[zebus.PeerID]*link{}
	t.writer = transport.NewWriter(self, endpoint)
	t.sending = true
	loop := &receiveLoop{inbox: b, environment: self.Environment, in: in, log: t.config.Logger}
	t.wg.Go(loop.run)
	return endpoint, nil
}

// Stop implements [zebus.Transport]. What peers had sent here and has not been taken is reported to them.
func (t *Transport) Stop(ctx context.Context) error {
	if !t.stopSending() {
		return nil
	}
	err := t.drain(ctx)
	t.giveUpAll(ctx)
	t.network.leave(t.endpoint, t.inbox)
	giveUp(t.inbox.shutDoor(), fmt.Errorf("%w: the peer at %s stopped", zebus.ErrPeerUnreachable, t.endpoint))
	t.inbox.finish()
	t.wg.Wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inbox, t.links, t.writer = nil, nil, nil
	return err
}

// stopSending refuses what is sent from now on. It returns false when the transport is not started.
func (t *Transport) stopSending() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sending = false
	return t.inbox != nil
}

// drain waits until everything sent has been taken, for as long as the configuration says at most. Its error is that
// of ctx.
func (t *Transport) drain(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, t.config.StopTimeout)
	defer cancel()
	if err := t.await(limited, (*link).isEmpty); err == nil {
		return nil
	}
	return ctx.Err() // nil when it was the configuration that ended the wait
}

// Flush implements [zebus.Transport].
func (t *Transport) Flush(ctx context.Context) error {
	return t.await(ctx, (*link).hasRoom)
}

// await waits until all links are as wanted, or ctx ends.
func (t *Transport) await(ctx context.Context, wanted func(*link) bool) error {
	for {
		changed := t.changed.wait()
		if t.all(wanted) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (t *Transport) all(wanted func(*link) bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.links {
		if !wanted(l) {
			return false
		}
	}
	return true
}

// giveUpAll takes back whatever waits anywhere, and reports it. It waits for those who are just taking or reporting
// something of ours: they do not wait for anybody.
func (t *Transport) giveUpAll(ctx context.Context) {
	t.mu.Lock()
	for _, l := range t.links {
		l.giveUp(true, fmt.Errorf("%w: it took nothing until this peer stopped", zebus.ErrPeerUnreachable))
	}
	t.mu.Unlock()
	_ = t.await(context.WithoutCancel(ctx), (*link).isEmpty) // ends without an error
}

// Ack implements [zebus.Transport]: nobody waits for it here.
func (t *Transport) Ack(*zebus.TransportMessage) {}

// IgnoresAcks implements [zebus.AckFree].
func (t *Transport) IgnoresAcks() zebus.Transport { return t }

// Registered implements [zebus.Transport]: there is nothing to replay.
func (t *Transport) Registered() {}

// PeerChanged implements [zebus.Transport]. What waits for a peer that hung is lost with it when it starts again or
// goes for good, and is reported.
func (t *Transport) PeerChanged(c zebus.PeerChange) {
	switch c.Kind {
	case zebus.PeerStartedChange:
		t.forget(c.Peer.ID, zebus.ErrPeerRestarted)
	case zebus.PeerDecommissionedChange:
		t.forget(c.Peer.ID, zebus.ErrPeerGone)
	case zebus.PeerStoppedChange, zebus.PeerUpdatedChange, zebus.PeerSoughtChange:
	}
}

// forget gives up the link to a peer.
func (t *Transport) forget(id zebus.PeerID, reason error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l := t.links[id]; l != nil && id != t.self.ID {
		l.giveUp(false, reason)
	}
}

// Endpoint returns where the transport receives. It is empty while the transport is not started.
func (t *Transport) Endpoint() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inbox == nil {
		return ""
	}
	return t.endpoint
}

// errNotStarted is what Send returns outside of Start and Stop.
var errNotStarted = fmt.Errorf("memory: send: %w", zebus.ErrNotRunning)

// Send implements [zebus.Transport].
func (t *Transport) Send(d zebus.Delivery) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.sending {
		return errNotStarted
	}
	s := shipment{transport: t, delivery: d}
	if err := s.write(); err != nil {
		return err
	}
	s.toPeers()
	s.toPersistence()
	if cap(t.scratch) > maxScratch {
		t.scratch = nil
	}
	return errors.Join(s.refused...)
}

// maxScratch is the number of bytes above which a buffer is not kept for the next message.
const maxScratch = 64 << 10
