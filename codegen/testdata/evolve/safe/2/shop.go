// Package shop has changed without a peer minding.
//
//zebus:package namespace=Shop
package shop

// PlaceOrder has moved to another place, and has new fields.
//
//zebus:command reply=Placed
type PlaceOrder struct {
	Base
	Lines   []*OrderLine `zebus:"4"`
	Note    *string      `zebus:"5"`
	Region  string       `zebus:"6,routing=10"`
	Shop    string       `zebus:"7,routing=20"`
	States  []int32      `zebus:"8"`
	Count   int          `zebus:"3"`
	Express bool         `zebus:"9,required"`
	Phone   *Phone       `zebus:"10"`
}

// Base is embedded, which peers do not see.
type Base struct {
	Customer Name    `zebus:"1,required"`
	Channel  Channel `zebus:"2"`
}

// Name is a string to peers.
type Name string

//zebus:message
type Phone struct {
	Number string `zebus:"1"`
}

//zebus:message name=OrderPlaced
type Placed struct{}

//zebus:message
type OrderLine struct {
	Article string `zebus:"1"`
	Count   uint32 `zebus:"2"`
}

//zebus:enum
type Channel int32

const (
	ChannelPhone Channel = iota
	ChannelWeb
	ChannelShop
)

//zebus:enum
type OrderState int32

const (
	OrderStateOpen OrderState = iota + 1
	OrderStateShipped
	OrderStateLost
)
