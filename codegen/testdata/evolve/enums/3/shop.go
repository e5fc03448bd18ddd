// Package shop uses numbers that were removed.
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
	StateChecked
	StatePaid
	StateSent
)

//zebus:enum
type Flags uint64

const (
	FlagsNone  Flags = 0
	FlagsNext  Flags = 1 << 62
	FlagsOther Flags = 1 << 63
)
