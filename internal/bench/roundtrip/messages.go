//go:build cgo

package main

import (
	"context"
	"fmt"

	"github.com/zebus-go/zebus/transport/zmq"
	"github.com/zebus-go/zebus/zebus"
)

// The two peers of a contestant.
const (
	clientID    = zebus.PeerID("Bench.Client.0")
	serverID    = zebus.PeerID("Bench.Server.0")
	environment = "Bench"
)

func newTransport() (*zmq.Transport, error) {
	return zmq.New(zmq.Config{InboundEndpoint: "tcp://127.0.0.1:*"})
}

// A messageEnd is a transport without a bus.
type messageEnd struct {
	transport *zmq.Transport
	at        string
	to        zebus.Peer
	content   []byte
	ids       *zebus.MessageIDSource
	replies   chan struct{}
	lost      chan error
}

var _ zebus.Inbound = (*messageEnd)(nil)

func newMessageEnd(ctx context.Context, id zebus.PeerID) (m *messageEnd, err error) {
	m = &messageEnd{ids: zebus.NewMessageIDSource(nil), replies: make(chan struct{}, 1), lost: make(chan error, 1)}
	if m.transport, err = newTransport(); err != nil {
		return nil, err
	}
	m.at, err = m.transport.Start(ctx, zebus.Self{ID: id, Environment: environment}, m)
	return m, err
}

func dialTransport(ctx context.Context, o options, remote string) (end, error) {
	m, err := newMessageEnd(ctx, clientID)
	if err != nil {
		return nil, err
	}
	m.to = zebus.Peer{ID: serverID, Endpoint: remote}
	m.content = make([]byte, o.text)
	return m, nil
}

func (m *messageEnd) endpoint() string { return m.at }

func (m *messageEnd) trip(ctx context.Context) error {
	if err := m.send(m.to, m.content); err != nil { //nolint:contextcheck // Send waits for nothing
		return err
	}
	select {
	case <-m.replies:
		return nil
	case err := <-m.lost:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m *messageEnd) send(to zebus.Peer, content []byte) error {
	from := zebus.Originator{SenderID: clientID, SenderEndpoint: m.at}
	if to.ID == clientID {
		from.SenderID = serverID
	}
	return m.transport.Send(zebus.Delivery{
		Message: &zebus.TransportMessage{ID: m.ids.Next(), Type: "Abc.Echo.EchoCommand", Content: content, Originator: from},
		To:      []zebus.Peer{to},
	})
}

// Receive implements [zebus.Inbound]: the server sends back what comes, the client is done with it.
func (m *messageEnd) Receive(batch []zebus.TransportMessage) {
	for i := range batch {
		if m.to.ID == serverID {
			m.replies <- struct{}{}
			continue
		}
		if err := m.send(batch[i].Originator.Sender(), batch[i].Content); err != nil {
			m.fail(err)
		}
	}
}

// SendFailed implements [zebus.Inbound].
func (m *messageEnd) SendFailed(_ zebus.MessageID, _ zebus.PeerID, err error) { m.fail(err) }

// SendUncertain implements [zebus.Inbound].
func (m *messageEnd) SendUncertain(to zebus.PeerID, n int, err error) {
	m.fail(fmt.Errorf("up to %d messages to %s may be lost: %w", n, to, err))
}

func (m *messageEnd) fail(err error) {
	select {
	case m.lost <- err:
	default: // the first error is enough
	}
}

func (m *messageEnd) close() error { return m.transport.Stop(context.Background()) }

func serveTransport(ctx context.Context, _ options, ready func(string) (string, error)) error {
	m, err := newMessageEnd(ctx, serverID)
	if err != nil {
		return err
	}
	if _, err := ready(m.at); err != nil {
		return err
	}
	orphaned()
	return m.close() //nolint:contextcheck // the context may have ended, and the leave has a limit of its own
}
