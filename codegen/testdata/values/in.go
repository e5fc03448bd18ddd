// Package values has messages with fields of every kind.
//
//zebus:package namespace=Values
package values

import (
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

// Named types over predeclared ones, which generated code has to convert.
type (
	Flag   bool
	Small  int8
	Big    uint64
	Degree float64
	Code   string
	Raw    []byte
)

// Point is a struct of .NET.
//
//zebus:message
type Point struct {
	X int32 `zebus:"1"`
	Y int32 `zebus:"2"`
}

// Optionals leaves out what is zero.
//
//zebus:message
type Optionals struct {
	Bool       bool                `zebus:"1"`
	Byte       uint8               `zebus:"2"`
	SByte      int8                `zebus:"3"`
	Short      int16               `zebus:"4"`
	UShort     uint16              `zebus:"5"`
	Int        int32               `zebus:"6"`
	UInt       uint32              `zebus:"7"`
	Long       int64               `zebus:"8"`
	ULong      uint64              `zebus:"9"`
	Float      float32             `zebus:"10"`
	Double     float64             `zebus:"11"`
	String     string              `zebus:"12"`
	Bytes      []byte              `zebus:"13"`
	Char       wire.Char           `zebus:"14"`
	Decimal    wire.Decimal        `zebus:"15"`
	DateTime   time.Time           `zebus:"16"`
	TimeSpan   wire.TimeSpan       `zebus:"17"`
	GUID       zebus.GUID          `zebus:"18"`
	Colour     Colour              `zebus:"19"`
	Point      Point               `zebus:"20"`
	Pointer    *Point              `zebus:"21"`
	PeerID     zebus.PeerID        `zebus:"22"`
	MessageID  zebus.MessageID     `zebus:"23"`
	Duration   time.Duration       `zebus:"24"`
	NativeInt  int                 `zebus:"25"`
	NativeUint uint                `zebus:"26"`
	TypeID     zebus.MessageTypeID `zebus:"27"`
	Flag       Flag                `zebus:"28"`
	Small      Small               `zebus:"29"`
	Big        Big                 `zebus:"30"`
	Degree     Degree              `zebus:"31"`
	Code       Code                `zebus:"32"`
	Raw        Raw                 `zebus:"33"`
	FarTag     int32               `zebus:"200"`
	FartherTag string              `zebus:"30000"`
}

// Requireds writes what is zero.
//
//zebus:message
type Requireds struct {
	Bool     bool          `zebus:"1,required"`
	SByte    int8          `zebus:"2,required"`
	ULong    uint64        `zebus:"3,required"`
	Float    float32       `zebus:"4,required"`
	Double   float64       `zebus:"5,required"`
	String   string        `zebus:"6,required"`
	Bytes    []byte        `zebus:"7,required"`
	Decimal  wire.Decimal  `zebus:"8,required"`
	TimeSpan wire.TimeSpan `zebus:"9,required"`
	GUID     zebus.GUID    `zebus:"10,required"`
	Colour   Colour        `zebus:"11,required"`
	Char     wire.Char     `zebus:"12,required"`
	Duration time.Duration `zebus:"13,required"`
}

// Pointers tells zero from none.
//
//zebus:message
type Pointers struct {
	Bool     *bool          `zebus:"1"`
	Int      *int32         `zebus:"2"`
	Double   *float64       `zebus:"3"`
	String   *string        `zebus:"4"`
	Decimal  *wire.Decimal  `zebus:"5"`
	DateTime *time.Time     `zebus:"6"`
	TimeSpan *wire.TimeSpan `zebus:"7"`
	GUID     *zebus.GUID    `zebus:"8"`
	Colour   *Colour        `zebus:"9"`
	PeerID   *zebus.PeerID  `zebus:"10"`
	Duration *time.Duration `zebus:"11"`
	Code     *Code          `zebus:"12"`
	Zigzag   *int64         `zebus:"13,zigzag"`
	Stamp    *time.Time     `zebus:"14,timestamp"`
	Native   *int           `zebus:"15"`
}

// Slices has a field per element, or a block of numbers.
//
//zebus:message
type Slices struct {
	Bools          []bool            `zebus:"1"`
	Ints           []int32           `zebus:"2"`
	Doubles        []float64         `zebus:"3"`
	Strings        []string          `zebus:"4"`
	Bytes          [][]byte          `zebus:"5"`
	DateTimes      []time.Time       `zebus:"6"`
	Decimals       []wire.Decimal    `zebus:"7"`
	GUIDs          []zebus.GUID      `zebus:"8"`
	PeerIDs        []zebus.PeerID    `zebus:"9"`
	MessageIDs     []zebus.MessageID `zebus:"10"`
	Points         []Point           `zebus:"11"`
	Pointers       []*Point          `zebus:"12"`
	Colours        []Colour          `zebus:"13"`
	Durations      []time.Duration   `zebus:"14"`
	PeerIDPointers []*zebus.PeerID   `zebus:"15"`

	PackedBools   []bool      `zebus:"101,packed"`
	PackedInts    []int32     `zebus:"102,packed"`
	PackedFloats  []float32   `zebus:"103,packed"`
	PackedDoubles []float64   `zebus:"104,packed"`
	PackedColours []Colour    `zebus:"105,packed"`
	PackedZigzags []int64     `zebus:"106,packed,zigzag"`
	PackedFixeds  []uint32    `zebus:"107,packed,fixed"`
	PackedLongs   []int64     `zebus:"108,packed,fixed"`
	PackedChars   []wire.Char `zebus:"109,packed"`
}

// Encodings has the other forms of numbers and times.
//
//zebus:message
type Encodings struct {
	Zigzag32      int32         `zebus:"1,zigzag"`
	Zigzag64      int64         `zebus:"2,zigzag"`
	Fixed32       int32         `zebus:"3,fixed"`
	Fixed64       int64         `zebus:"4,fixed"`
	UFixed32      uint32        `zebus:"5,fixed"`
	UFixed64      uint64        `zebus:"6,fixed"`
	FixedTime     time.Time     `zebus:"7,fixed"`
	FixedSpan     wire.TimeSpan `zebus:"8,fixed"`
	FixedDuration time.Duration `zebus:"9,fixed"`
	Stamp         time.Time     `zebus:"10,timestamp"`
	Span          wire.TimeSpan `zebus:"11,timestamp"`
	Duration      time.Duration `zebus:"12,timestamp"`
	FixedColour   Colour        `zebus:"13,fixed"`
	FixedSmall    Small         `zebus:"14,fixed"`
}
