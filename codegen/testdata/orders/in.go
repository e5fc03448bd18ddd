// Package orders is a service with a command, its reply, events and handlers.
//
//zebus:package namespace=Shop
package orders

import (
	"context"
	"time"

	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// Colour is an enum.
//
//zebus:enum
type Colour int32

// The colours.
const (
	ColourNone Colour = iota
	ColourRed
	ColourBlue
)

// PlaceOrder orders things.
//
//zebus:command reply=OrderPlaced
type PlaceOrder struct {
	Customer string  `zebus:"1,required"`
	Lines    []Line  `zebus:"2"`
	Gift     *Line   `zebus:"3"`
	Parcels  []*Line `zebus:"4"`
	Note     *string `zebus:"5"`

	total float64
}

// Line is one thing of an order.
//
//zebus:message
type Line struct {
	Article string       `zebus:"1"`
	Count   int32        `zebus:"2,required"`
	Price   wire.Decimal `zebus:"3"`
}

// OrderPlaced answers PlaceOrder.
//
//zebus:message
type OrderPlaced struct {
	Number int64 `zebus:"1"`
}

// Everything has a field of every kind.
//
//zebus:event transient subscribe=auto name="Every+Thing<Shop.X>"
type Everything struct {
	Bool      bool                `zebus:"1"`
	Int8      int8                `zebus:"2"`
	Int16     int16               `zebus:"3"`
	Int32     int32               `zebus:"4"`
	Int64     int64               `zebus:"5"`
	Int       int                 `zebus:"6"`
	Uint8     uint8               `zebus:"7"`
	Uint16    uint16              `zebus:"8"`
	Uint32    uint32              `zebus:"9"`
	Uint64    uint64              `zebus:"10"`
	Uint      uint                `zebus:"11"`
	Float32   float32             `zebus:"12"`
	Float64   float64             `zebus:"13"`
	String    string              `zebus:"14,routing=3"`
	Bytes     []byte              `zebus:"15"`
	Char      wire.Char           `zebus:"16"`
	Decimal   wire.Decimal        `zebus:"17"`
	Time      time.Time           `zebus:"18,routing=4"`
	Duration  time.Duration       `zebus:"19,routing=5"`
	TimeSpan  wire.TimeSpan       `zebus:"20"`
	GUID      zebus.GUID          `zebus:"21,routing=6"`
	Colour    Colour              `zebus:"22,routing=1"`
	PeerID    zebus.PeerID        `zebus:"23,routing=7"`
	MessageID zebus.MessageID     `zebus:"24"`
	Type      zebus.MessageTypeID `zebus:"25"`
	Zigzag    int32               `zebus:"26,zigzag"`
	Zigzag64  int64               `zebus:"27,zigzag"`
	Fixed32   int32               `zebus:"28,fixed"`
	Fixed64   uint64              `zebus:"29,fixed"`
	TimeF     time.Time           `zebus:"30,fixed"`
	TimeW     time.Time           `zebus:"31,timestamp"`
	DurationF time.Duration       `zebus:"32,fixed"`
	DurationW time.Duration       `zebus:"33,timestamp"`
	Far       int32               `zebus:"30000,required"`

	Bools   []bool         `zebus:"101"`
	Int32s  []int32        `zebus:"102,routing=2"`
	Strings []string       `zebus:"103"`
	Bytess  [][]byte       `zebus:"104"`
	Times   []time.Time    `zebus:"105"`
	GUIDs   []wire.GUID    `zebus:"106"`
	PeerIDs []zebus.PeerID `zebus:"107"`
	Colours []Colour       `zebus:"108,packed"`
	Doubles []float64      `zebus:"109,packed"`
	Packed  []bool         `zebus:"110,packed"`
	Fixeds  []int32        `zebus:"111,packed,fixed"`
	Zigzags []int64        `zebus:"112,packed,zigzag"`
	Floats  []float32      `zebus:"113"`

	BoolP   *bool         `zebus:"201"`
	Int32P  *int32        `zebus:"202,routing=8"`
	StringP *string       `zebus:"203"`
	TimeP   *time.Time    `zebus:"204"`
	GUIDP   *wire.GUID    `zebus:"205"`
	PeerIDP *zebus.PeerID `zebus:"206"`
	ColourP *Colour       `zebus:"207"`
}

// Shop sells things.
type Shop struct{}

// PlaceOrder takes an order.
//
//zebus:handler queue=orders
func (s *Shop) PlaceOrder(ctx context.Context, cmd *PlaceOrder) (*OrderPlaced, error) {
	return &OrderPlaced{Number: 1}, nil
}

// OnEverything looks at everything.
//
//zebus:handler batch=100 mode=manual
func (s *Shop) OnEverything(ctx context.Context, all []*Everything) error { return nil }

// OnEvery looks at one thing.
//
//zebus:handler inline
func OnEvery(ctx context.Context, all *Everything) error { return nil }
