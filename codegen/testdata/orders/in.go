// Package orders is a small service: a command with its reply, messages inside messages, an event.
//
//zebus:package namespace=Shop
package orders

import (
	"context"

	"github.com/zebus-go/zebus/wire"
)

// PlaceOrder orders things.
//
//zebus:command reply=OrderPlaced
type PlaceOrder struct {
	Customer string  `zebus:"1,required"`
	First    Line    `zebus:"2"`
	Lines    []Line  `zebus:"3"`
	Gift     *Line   `zebus:"4"`
	Parcels  []*Line `zebus:"5"`
	Note     *string `zebus:"6"`

	// Total is worked out where it is needed, and does not travel.
	Total float64
}

// Line is one thing of an order, and what comes along with it.
//
//zebus:message
type Line struct {
	Price   wire.Decimal `zebus:"3"`
	Article string       `zebus:"1"`
	Count   int32        `zebus:"2,required"`
	Extras  []Line       `zebus:"4"`
}

// OrderPlaced answers PlaceOrder.
//
//zebus:message
type OrderPlaced struct {
	Number int64 `zebus:"1"`
}

// ShopClosed has nothing to add to its name.
//
//zebus:event namespace=Shop.Opening transient
type ShopClosed struct{}

// Shop sells things.
type Shop struct {
	placed int64
}

// PlaceOrder takes an order and numbers it.
//
//zebus:handler queue=orders
func (s *Shop) PlaceOrder(_ context.Context, _ *PlaceOrder) (*OrderPlaced, error) {
	s.placed++
	return &OrderPlaced{Number: s.placed}, nil
}
