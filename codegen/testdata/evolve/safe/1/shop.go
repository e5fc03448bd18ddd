// Package shop is as peers know it.
//
//zebus:package namespace=Shop
package shop

//zebus:command reply=OrderPlaced
type PlaceOrder struct {
	Customer string      `zebus:"1,required"`
	Channel  Channel     `zebus:"2"`
	Count    int64       `zebus:"3"`
	Lines    []OrderLine `zebus:"4"`
	Note     string      `zebus:"5"`
	Region   string      `zebus:"6,routing=1"`
	Shop     string      `zebus:"7,routing=2"`
	States   []State     `zebus:"8"`
}

//zebus:message
type OrderPlaced struct{}

//zebus:message
type OrderLine struct {
	Article string `zebus:"1"`
}

//zebus:enum
type Channel int32

const (
	ChannelPhone Channel = iota
	ChannelWeb
)

//zebus:enum
type State int32

const (
	StateOpen State = iota + 1
	StateShipped
)
