// Package shop has other types.
//
//zebus:package namespace=Shop
package shop

import (
	"time"

	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

//zebus:message
type Order struct {
	Wider     int64             `zebus:"1"`
	Narrower  int32             `zebus:"2"`
	Unsigned  uint32            `zebus:"3"`
	Precise   float64           `zebus:"4"`
	Bytes     []byte            `zebus:"5"`
	Text      string            `zebus:"6"`
	Nullable  *int32            `zebus:"7"`
	NotNull   string            `zebus:"8"`
	Many      []string          `zebus:"9"`
	Value     *Line             `zebus:"10"`
	Pointer   Line              `zebus:"11"`
	Other     *Column           `zebus:"12"`
	Span      wire.TimeSpan     `zebus:"13"`
	Moment    time.Duration     `zebus:"14"`
	ID        zebus.MessageID   `zebus:"15"`
	Price     float64           `zebus:"16"`
	Key       map[int64]string  `zebus:"17"`
	Element   map[string]string `zebus:"18"`
	Enum      Size              `zebus:"19"`
	EnumWidth Size              `zebus:"20"`
	EnumKey   map[int32]string  `zebus:"21"`
	Required  *string           `zebus:"22,required"`
	Peer      string            `zebus:"23"`
}

//zebus:message
type Line struct{}

//zebus:message
type Column struct{}

//zebus:enum
type Colour int32

const ColourRed Colour = 1

//zebus:enum
type Size int64

const SizeBig Size = 1
