// Package shop is as peers know it.
//
//zebus:package namespace=Shop
package shop

//zebus:message
type Order struct {
	State State `zebus:"1"`
	Flags Flags `zebus:"2"`
}

//zebus:enum
type State int32

const (
	StateNew State = iota - 1
	StateOpen
	StatePaid
	StateShipped
	StateLost
)

//zebus:enum
type Flags uint64

const (
	FlagsNone Flags = 0
	FlagsLast Flags = 1 << 63
)

//zebus:enum
type Unused int8

const UnusedOne Unused = 1
