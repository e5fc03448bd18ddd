//go:build budgets && !race

package budgets_test

import (
	"context"
	"testing"

	"github.com/zebus-go/zebus/internal/interop"
	"github.com/zebus-go/zebus/zebus"
)

// sending are the ways out of the bus.
func sending() []path {
	return []path{
		{"publish to nobody", func(t *testing.T) func() { return publishing(t, nil) }},
		{"publish to one peer", func(t *testing.T) func() { return publishing(t, acquaintances{other}) }},
		{"publish to ten peers", func(t *testing.T) func() {
			ten := make(acquaintances, 10)
			for i := range ten {
				ten[i] = other
				ten[i].ID += zebus.PeerID(rune('a' + i))
			}
			return publishing(t, ten)
		}},
		{"publish a routed event to one peer", func(t *testing.T) func() {
			bus, evt, ctx := startBus(t, &wire{}, acquaintances{other}), &interop.PriceChanged{Market: "Paris", ID: 7}, context.Background()
			return func() { must(bus.Publish(ctx, evt)) }
		}},
		{"send to ourselves, inline handler", func(t *testing.T) func() { return sendingLocally(t, true) }},
		{"send to ourselves, queued handler", func(t *testing.T) func() { return sendingLocally(t, false) }},
		{"publish 100 events to ourselves, queued handler", publishingLocally},
		{"send to another peer, and its completion with its content", remoteCommand},
		{"100 commands under way to another peer, with a context that may end", pipelinedCommands},
	}
}

func publishing(t *testing.T, to acquaintances) func() {
	bus, ctx := startBus(t, &wire{}, to), context.Background()
	return func() { must(bus.Publish(ctx, note)) }
}

func sendingLocally(t *testing.T, inline bool) func() {
	handler := zebus.HandleCommand(func(context.Context, *interop.Knock) error { return nil })
	if inline {
		handler = handler.Inline()
	}
	bus, ctx, cmd := startBus(t, &wire{}, acquaintances{{ID: selfID, Up: true, Responding: true}}, handler), context.Background(), &interop.Knock{}
	return func() { must(bus.Send(ctx, cmd)) }
}

// publishingLocally waits until all have been handled.
func publishingLocally(t *testing.T) func() {
	handler, handled := countingNotes()
	bus, ctx := startBus(t, &wire{}, acquaintances{{ID: selfID, Up: true, Responding: true}}, handler), context.Background()
	return func() {
		for range each {
			must(bus.Publish(ctx, note))
		}
		<-handled
	}
}

// remoteCommand answers each command from a goroutine of its own, as a transport does. The content of the answer is new
// each time, as it belongs to the bus: one allocation of the budget.
func remoteCommand(t *testing.T) func() {
	commands := make(chan zebus.MessageID, 1)
	w := &wire{sent: func(d zebus.Delivery) { commands <- d.Message.ID }}
	bus, ctx, cmd := startBus(t, w, acquaintances{other}), context.Background(), &interop.Knock{}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		answer, completion := envelope(), zebus.MessageExecutionCompleted{}
		answer.Type = completion.ZebusType().ID()
		batch := make([]zebus.TransportMessage, 1)
		for id := range commands {
			completion.SourceCommandID = id
			batch[0] = *answer
			batch[0].Content = completion.ZebusAppend(make([]byte, 0, completion.ZebusSize()))
			w.in.Receive(batch)
		}
	}()
	t.Cleanup(func() {
		close(commands)
		<-answered
	})
	return func() { must(bus.Send(ctx, cmd)) }
}

// pipelinedCommands answers a hundred commands with one batch, whose memory is used again.
func pipelinedCommands(t *testing.T) func() {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	const underWay = 100
	answer, completion, answers := envelope(), zebus.MessageExecutionCompleted{}, make([]zebus.TransportMessage, 0, underWay)
	answer.Type = completion.ZebusType().ID()
	contents, pending := make([][]byte, underWay), make([]*zebus.Pending, underWay)
	w := &wire{sent: func(d zebus.Delivery) {
		content := &contents[len(answers)]
		completion.SourceCommandID = d.Message.ID
		*content = completion.ZebusAppend((*content)[:0])
		answer.Content = *content
		answers = append(answers, *answer)
	}}
	bus, cmd := startBus(t, w, acquaintances{other}), &interop.Knock{}
	return func() {
		for i := range pending {
			pending[i] = bus.SendAsync(ctx, cmd)
		}
		w.in.Receive(answers)
		answers = answers[:0]
		for _, p := range pending {
			must(p.Wait(ctx))
		}
	}
}
