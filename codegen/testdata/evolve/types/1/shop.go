// Package shop is as peers know it.
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
	Wider     int32             `zebus:"1"`
	Narrower  int64             `zebus:"2"`
	Unsigned  int32             `zebus:"3"`
	Precise   float32           `zebus:"4"`
	Bytes     string            `zebus:"5"`
	Text      []byte            `zebus:"6"`
	Nullable  int32             `zebus:"7"`
	NotNull   *string           `zebus:"8"`
	Many      string            `zebus:"9"`
	Value     Line              `zebus:"10"`
	Pointer   *Line             `zebus:"11"`
	Other     *Line             `zebus:"12"`
	Span      time.Duration     `zebus:"13"`
	Moment    time.Time         `zebus:"14"`
	ID        zebus.GUID        `zebus:"15"`
	Price     wire.Decimal      `zebus:"16"`
	Key       map[int32]string  `zebus:"17"`
	Element   map[string]*Line  `zebus:"18"`
	Enum      Colour            `zebus:"19"`
	EnumWidth Size              `zebus:"20"`
	EnumKey   map[Colour]string `zebus:"21"`
	Required  string            `zebus:"22,required"`
	Peer      zebus.PeerID      `zebus:"23"`
}

//zebus:message
type Line struct{}

//zebus:enum
type Colour int32

const ColourRed Colour = 1

//zebus:enum
type Size int32

const SizeBig Size = 1
