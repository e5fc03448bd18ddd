// Package handlers has every form of handler, on several services and on none.
//
//zebus:package namespace=Handlers
package handlers

import (
	"context"

	"github.com/zebus-go/zebus/zebus"
)

// Ask is a command with a reply.
//
//zebus:command reply=Answer
type Ask struct {
	Question string `zebus:"1"`
}

// Answer is the reply.
//
//zebus:message
type Answer struct {
	Text string `zebus:"1"`
}

// Tell is a command without one.
//
//zebus:command
type Tell struct{}

// Tick is an event.
//
//zebus:event transient
type Tick struct {
	N int32 `zebus:"1"`
}

// Oracle is a service.
type Oracle struct {
	Asked []string
}

// Ask replies.
//
//zebus:handler queue=oracle serial
func (o *Oracle) Ask(_ context.Context, cmd *Ask) (*Answer, error) {
	o.Asked = append(o.Asked, cmd.Question)
	return &Answer{Text: cmd.Question + "!"}, nil
}

// Tell is done without a word.
//
//zebus:handler mode=manual retry=5 backoff=exponential
func (*Oracle) Tell(context.Context, *Tell) error { return nil }

// OnTick takes one event.
//
//zebus:handler inline
func (o *Oracle) OnTick(context.Context, *Tick) error { return nil }

// OnTicks takes several.
//
//zebus:handler batch=20 queue="slow one"
func (o *Oracle) OnTicks(context.Context, []*Tick) error { return nil }

// OnMany takes as many as is usual, and subscribes when the bus starts.
//
//zebus:handler mode=auto
func (o *Oracle) OnMany(context.Context, []*Tick) error { return nil }

// Silent has no state, so its methods have a value receiver.
type Silent struct{}

// OnTick takes one event.
//
//zebus:handler
func (Silent) OnTick(context.Context, *Tick) error { return nil }

// Store is a service of some type.
type Store[K comparable, V any] struct {
	items map[K]V
}

// Tell forgets everything.
//
//zebus:handler
func (s *Store[K, _]) Tell(context.Context, *Tell) error {
	clear(s.items)
	return nil
}

// OnReplay handles a message of another package.
//
//zebus:handler queue=replays concurrency=4 key=MessageToReplay retry=2 backoff=constant
func OnReplay(context.Context, *zebus.ReplayMessageCommand) error { return nil }

// onTick takes one event.
//
//zebus:handler
func onTick(context.Context, *Tick) error { return nil }
