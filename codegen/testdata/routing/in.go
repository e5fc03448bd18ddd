// Package routing has messages with routing members of every kind.
//
//zebus:package namespace=Routing
package routing

import (
	"time"

	"github.com/zebus-go/zebus/codegen/testdata/routing/paint"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// Colour is an enum whose values have names.
//
//zebus:enum
type Colour int32

// The colours. Crimson is another name for red, and the first name counts.
const (
	ColourRed     Colour = 1
	ColourCrimson Colour = 1
	Colourful     Colour = 7
	Beige         Colour = 3
)

// Plain is a number without names.
type Plain int16

// Measured has two members, with a gap between their positions and in the other order than the fields.
//
//zebus:event
type Measured struct {
	Celsius float64 `zebus:"1,routing=4"`
	Station string  `zebus:"2,routing=2"`
	Comment string  `zebus:"3"`
}

// Everything has a routing member of every kind.
//
//zebus:event subscribe=manual
type Everything struct {
	Bool      bool            `zebus:"1,routing=1"`
	Int       int32           `zebus:"2,routing=2"`
	Long      uint64          `zebus:"3,routing=3"`
	Float     float32         `zebus:"4,routing=4"`
	Double    float64         `zebus:"5,routing=5"`
	String    string          `zebus:"6,routing=6"`
	Char      wire.Char       `zebus:"7,routing=7"`
	Decimal   wire.Decimal    `zebus:"8,routing=8"`
	DateTime  time.Time       `zebus:"9,routing=9"`
	TimeSpan  wire.TimeSpan   `zebus:"10,routing=10"`
	Duration  time.Duration   `zebus:"11,routing=11"`
	GUID      zebus.GUID      `zebus:"12,routing=12"`
	PeerID    zebus.PeerID    `zebus:"13,routing=13"`
	MessageID zebus.MessageID `zebus:"14,routing=14"`
	Colour    Colour          `zebus:"15,routing=15"`
	Shade     paint.Shade     `zebus:"16,routing=16"`
	Plain     Plain           `zebus:"17,routing=17"`
}

// Nullable has members that may have no value.
//
//zebus:command
type Nullable struct {
	String *string       `zebus:"1,routing=1"`
	Int    *int64        `zebus:"2,routing=2"`
	PeerID *zebus.PeerID `zebus:"3,routing=3"`
	GUID   *zebus.GUID   `zebus:"4,routing=4"`
	Colour *Colour       `zebus:"5,routing=5"`
}

// Several has members with several values.
//
//zebus:event
type Several struct {
	Name    string         `zebus:"1,routing=1"`
	IDs     []int32        `zebus:"2,routing=2"`
	Prices  []wire.Decimal `zebus:"3,routing=3"`
	Colours []Colour       `zebus:"4,routing=4,packed"`
}

// Keyed has members with the names of methods.
//
//zebus:event
type Keyed struct {
	Key       string `zebus:"1,routing=1"`
	ZebusKind int32  `zebus:"2,routing=2"`
}

// Vast is an enum with values that no signed number has.
//
//zebus:enum
type Vast uint64

// The values. The highest has two names, and the first counts.
const (
	VastNothing Vast = 0
	VastHighest Vast = 1<<64 - 1
	VastHigh    Vast = 1 << 63
	VastTop     Vast = 1<<64 - 1
)

// Nameless is an enum without values.
//
//zebus:enum
type Nameless int8

// Ranked has members of both.
//
//zebus:event
type Ranked struct {
	Vast     Vast     `zebus:"1,routing=1"`
	Nameless Nameless `zebus:"2,routing=2"`
}
