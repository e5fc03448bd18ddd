// Package shapes has messages whose fields are more than one value: maps, cases, parts, and what is embedded.
//
//zebus:package namespace=Shapes
package shapes

import (
	"time"

	"github.com/zebus-go/zebus/codegen/testdata/shapes/other"
	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// Colour is an enum whose names JSON shows.
//
//zebus:enum
type Colour int32

// The colours.
const (
	ColourNone Colour = iota
	ColourRed
	ColourBlue
)

// Size is an enum that shows itself in its own way.
//
//zebus:enum
type Size uint8

// The sizes.
const (
	SizeSmall Size = 1
	SizeLarge Size = 2
)

// String returns a text that is not the name.
func (s Size) String() string { return [...]string{"?", "S", "L"}[s%3] }

// MarshalText returns that text.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Named types over slices, maps and what stands in them.
type (
	Label  string
	Labels []Label
	Index  map[Label]*Point
)

// Point is a class of .NET.
//
//zebus:message
type Point struct {
	X int32   `zebus:"1"`
	Y float64 `zebus:"2"`
}

// Maps has keys and values of every kind.
//
//zebus:message
type Maps struct {
	Bools     map[bool]bool                     `zebus:"1"`
	Bytes     map[uint8][]byte                  `zebus:"2"`
	Ints      map[int32]int32                   `zebus:"3"`
	Longs     map[int64]uint64                  `zebus:"4"`
	Natives   map[int]uint                      `zebus:"5"`
	Floats    map[string]float32                `zebus:"6"`
	Doubles   map[string]float64                `zebus:"7"`
	Strings   map[string]string                 `zebus:"8"`
	Texts     map[string]*string                `zebus:"9"`
	Chars     map[wire.Char]wire.Char           `zebus:"10"`
	Decimals  map[zebus.GUID]wire.Decimal       `zebus:"11"`
	Times     map[wire.TimeSpan]time.Time       `zebus:"12"`
	Stamps    map[time.Duration]time.Time       `zebus:"13,timestamp"`
	Spans     map[string]wire.TimeSpan          `zebus:"14"`
	Durations map[string]time.Duration          `zebus:"15"`
	GUIDs     map[string]zebus.GUID             `zebus:"16"`
	Colours   map[Colour]Colour                 `zebus:"17"`
	Points    map[string]*Point                 `zebus:"18"`
	Peers     map[zebus.PeerID]zebus.PeerID     `zebus:"19"`
	Messages  map[zebus.MessageID]*zebus.PeerID `zebus:"20"`
	Zigzags   map[int16]int16                   `zebus:"21,zigzag"`
	Fixeds    map[uint64]uint64                 `zebus:"22,fixed"`
	Index     Index                             `zebus:"23"`
	Trees     map[string]*Tree                  `zebus:"24"`
	Numbers   map[string]*int64                 `zebus:"25"`
	Required  map[string]int32                  `zebus:"26,required"`
}

// Tree refers to itself in every way.
//
//zebus:message
type Tree struct {
	Name     string           `zebus:"1"`
	Left     *Tree            `zebus:"2"`
	Children []Tree           `zebus:"3"`
	ByName   map[string]*Tree `zebus:"4"`
	Growth   Growth           `zebus:"oneof"`
}

// Growth is what becomes of a tree.
type Growth interface{ growth() }

// The cases of Growth.
type (
	Graft struct {
		Onto *Tree `zebus:"5"`
	}
	Rings struct {
		Count int32 `zebus:"6"`
	}
)

func (*Graft) growth() {}
func (*Rings) growth() {}

// Payment is how something was paid: by one of its cases.
type Payment interface{ payment() }

// The cases of Payment.
type (
	// ByCard has a class.
	ByCard struct {
		Card *Point `zebus:"3"`
	}
	// ByCheque has a struct.
	ByCheque struct {
		Cheque Point `zebus:"7"`
	}
	// Cash has no more to say.
	Cash struct {
		Cash bool `zebus:"4"`
	}
	// ByTransfer has a text.
	ByTransfer struct {
		Account Label `zebus:"5"`
	}
	// ByPeer has an identifier.
	ByPeer struct {
		Peer zebus.PeerID `zebus:"6"`
	}
	// AtOnce has a time.
	AtOnce struct {
		At time.Time `zebus:"8,timestamp"`
	}
	// Encoded has bytes.
	Encoded struct {
		Bytes []byte `zebus:"9"`
	}
	// Painted has an enum.
	Painted struct {
		Colour Colour `zebus:"11"`
	}
)

func (*ByCard) payment()     {}
func (*ByCheque) payment()   {}
func (*Cash) payment()       {}
func (*ByTransfer) payment() {}
func (*ByPeer) payment()     {}
func (*AtOnce) payment()     {}
func (*Encoded) payment()    {}
func (*Painted) payment()    {}

// Paid has one of several fields, twice.
//
//zebus:event
type Paid struct {
	Order   int64        `zebus:"1"`
	Payment Payment      `zebus:"oneof"`
	Note    string       `zebus:"10"`
	Answer  other.Answer `zebus:"oneof"`
}

// Figure is the base of classes of .NET, which are parts of it.
//
//zebus:message
type Figure struct {
	*Circle `zebus:"include=10"`
	*Square `zebus:"include=5"`

	Name string `zebus:"1"`
}

// Circle is a derived part, and the base of another.
//
//zebus:message
type Circle struct {
	*Ring `zebus:"include=7"`

	Radius float64 `zebus:"1"`
}

// Ring is derived from Circle.
//
//zebus:message
type Ring struct {
	Width float64 `zebus:"1"`
}

// Square is another part.
//
//zebus:message
type Square struct {
	Side float64 `zebus:"1"`
}

// Header is what several messages have in common.
type Header struct {
	Origin

	ID     int64    `zebus:"1"`
	Labels Labels   `zebus:"2"`
	Colour []Colour `zebus:"3,packed"`
}

// Origin is what headers have in common.
type Origin struct {
	Sender zebus.PeerID `zebus:"20,routing=1"`
}

// Shipped has the fields of a header as its own.
//
//zebus:event
type Shipped struct {
	Header
	Point `zebus:"6"`

	Colour2 Colour  `zebus:"4,routing=2"`
	Size    Size    `zebus:"5,routing=3"`
	Small   int8    `zebus:"7,zigzag"`
	Short   *int16  `zebus:"8,zigzag"`
	Shorts  []int16 `zebus:"9,zigzag"`
	Packed  []int8  `zebus:"11,zigzag,packed"`
	Native  int     `zebus:"12,zigzag"`
}

// Old is Newer before it got more fields, and keeps those it does not know.
//
//zebus:event name=Version
type Old struct {
	ID      int64 `zebus:"1"`
	Inner   *Kept `zebus:"2"`
	unknown zebus.Unknown
}

// Kept keeps everything.
//
//zebus:message
type Kept struct {
	zebus.Unknown `json:"-"`
}

// Known returns what is kept.
func (o *Old) Known() zebus.Unknown { return o.unknown }

// Box is generic.
type Box[T any] struct {
	Content T            `zebus:"1"`
	More    []T          `zebus:"2"`
	Named   map[string]T `zebus:"3"`
}

// Instances of Box.
type (
	// NumberBox holds numbers.
	//
	//zebus:message name="Box<System.Int64>"
	NumberBox Box[int64]
	// PointBox holds messages.
	//
	//zebus:message name="Box<Shapes.Point>"
	PointBox Box[*Point]
	// ColourBox holds an enum.
	//
	//zebus:message name="Box<Shapes.Colour>"
	ColourBox Box[Colour]
)
