//go:build budgets && !race

package budgets_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// receiving are the ways into the bus. The handler of a note copies nothing, but a note has a text.
func receiving() []path {
	return []path{
		{"receive 100 events, queued handler", func(t *testing.T) func() { return receivingEvents(t, batchOf(envelope()), false) }},
		{"receive 100 events with random IDs, queued handler", func(t *testing.T) func() {
			return receivingEvents(t, withRandomIDs(batchOf(envelope())), false)
		}},
		{"receive 100 events, inline handler", func(t *testing.T) func() { return receivingEvents(t, batchOf(envelope()), true) }},
		{"receive 100 commands and answer them, queued handler", func(t *testing.T) func() { return receivingCommands(t, nil) }},
		{"receive 100 commands whose senders have a deadline, and answer them", func(t *testing.T) func() {
			return receivingCommands(t, &zebus.Extensions{TimeLeft: time.Hour})
		}},
	}
}

// receivingEvents hands over a batch as a transport does, and waits until it has been handled.
func receivingEvents(t *testing.T, batch []zebus.TransportMessage, inline bool) func() {
	handler, handled := countingNotes()
	if inline {
		handler = handler.Inline()
	}
	w := &wire{}
	startBus(t, w, nil, handler)
	return func() {
		w.in.Receive(batch)
		<-handled
	}
}

// countingNotes returns a handler, and what tells of every hundredth note that it has handled.
func countingNotes() (zebus.Handler, <-chan struct{}) {
	count, handled := 0, make(chan struct{}, 1)
	return zebus.HandleEvent(func(context.Context, *interop.Note) error {
		if count++; count%each == 0 {
			handled <- struct{}{}
		}
		return nil
	}), handled
}

// receivingCommands waits until the last answer has been sent.
func receivingCommands(t *testing.T, e *zebus.Extensions) func() {
	count, answered := 0, make(chan struct{}, 1)
	w := &wire{sent: func(zebus.Delivery) {
		if count++; count%each == 0 {
			answered <- struct{}{}
		}
	}}
	startBus(t, w, nil, zebus.HandleCommand(func(context.Context, *interop.Knock) error { return nil }))
	knock := envelope()
	knock.Extensions = e
	knock.Type, knock.Content = (*interop.Knock)(nil).ZebusType().ID(), []byte{}
	batch := batchOf(knock)
	return func() {
		w.in.Receive(batch)
		<-answered
	}
}

func batchOf(m *zebus.TransportMessage) []zebus.TransportMessage {
	batch := make([]zebus.TransportMessage, each)
	for i := range batch {
		batch[i] = *m
	}
	return batch
}

// withRandomIDs makes the IDs such as zebus-rs makes.
func withRandomIDs(batch []zebus.TransportMessage) []zebus.TransportMessage {
	for i := range batch {
		_, _ = rand.Read(batch[i].ID[:])
	}
	return batch
}
