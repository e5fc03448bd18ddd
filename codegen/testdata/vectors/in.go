// Package vectors declares the messages of testdata/user-messages.json, whose bytes were recorded from Zebus (.NET).
//
//zebus:package namespace=Vectors
package vectors

import (
	"time"

	"github.com/zebus-go/zebus/wire"
	"github.com/zebus-go/zebus/zebus"
)

// Colour is an enum. Its numbers are those of the recordings.
//
//zebus:enum
type Colour int32

// Optionals leaves out what is zero.
//
//zebus:message
type Optionals struct {
	Bool       bool            `zebus:"1"`
	Byte       uint8           `zebus:"2"`
	SByte      int8            `zebus:"3"`
	Short      int16           `zebus:"4"`
	UShort     uint16          `zebus:"5"`
	Int        int32           `zebus:"6"`
	UInt       uint32          `zebus:"7"`
	Long       int64           `zebus:"8"`
	ULong      uint64          `zebus:"9"`
	Float      float32         `zebus:"10"`
	Double     float64         `zebus:"11"`
	String     *string         `zebus:"12"`
	Bytes      []byte          `zebus:"13"`
	Char       wire.Char       `zebus:"14"`
	Decimal    wire.Decimal    `zebus:"15"`
	DateTime   time.Time       `zebus:"16"`
	TimeSpan   wire.TimeSpan   `zebus:"17"`
	GUID       zebus.GUID      `zebus:"18"`
	Colour     Colour          `zebus:"19"`
	Point      *Point          `zebus:"20"`
	Money      Money           `zebus:"21"`
	PeerID     zebus.PeerID    `zebus:"22"`
	MessageID  zebus.MessageID `zebus:"23"`
	FarTag     int32           `zebus:"200"`
	FartherTag *string         `zebus:"30000"`
}

// Requireds writes what is zero.
//
//zebus:message
type Requireds struct {
	Bool      bool            `zebus:"1,required"`
	Byte      uint8           `zebus:"2,required"`
	SByte     int8            `zebus:"3,required"`
	Short     int16           `zebus:"4,required"`
	UShort    uint16          `zebus:"5,required"`
	Int       int32           `zebus:"6,required"`
	UInt      uint32          `zebus:"7,required"`
	Long      int64           `zebus:"8,required"`
	ULong     uint64          `zebus:"9,required"`
	Float     float32         `zebus:"10,required"`
	Double    float64         `zebus:"11,required"`
	String    *string         `zebus:"12,required"`
	Bytes     []byte          `zebus:"13,required"`
	Char      wire.Char       `zebus:"14,required"`
	Decimal   wire.Decimal    `zebus:"15,required"`
	DateTime  time.Time       `zebus:"16,required"`
	TimeSpan  wire.TimeSpan   `zebus:"17,required"`
	GUID      zebus.GUID      `zebus:"18,required"`
	Colour    Colour          `zebus:"19,required"`
	Point     *Point          `zebus:"20,required"`
	Money     Money           `zebus:"21,required"`
	PeerID    zebus.PeerID    `zebus:"22,required"`
	MessageID zebus.MessageID `zebus:"23,required"`
}

// Nullables tells zero from none.
//
//zebus:message
type Nullables struct {
	Bool      *bool            `zebus:"1"`
	Byte      *uint8           `zebus:"2"`
	SByte     *int8            `zebus:"3"`
	Short     *int16           `zebus:"4"`
	UShort    *uint16          `zebus:"5"`
	Int       *int32           `zebus:"6"`
	UInt      *uint32          `zebus:"7"`
	Long      *int64           `zebus:"8"`
	ULong     *uint64          `zebus:"9"`
	Float     *float32         `zebus:"10"`
	Double    *float64         `zebus:"11"`
	Char      *wire.Char       `zebus:"14"`
	Decimal   *wire.Decimal    `zebus:"15"`
	DateTime  *time.Time       `zebus:"16"`
	TimeSpan  *wire.TimeSpan   `zebus:"17"`
	GUID      *zebus.GUID      `zebus:"18"`
	Colour    *Colour          `zebus:"19"`
	Money     *Money           `zebus:"21"`
	PeerID    *zebus.PeerID    `zebus:"22"`
	MessageID *zebus.MessageID `zebus:"23"`
}

// Arrays has a field per element.
//
//zebus:message
type Arrays struct {
	Bools     []bool          `zebus:"1"`
	Shorts    []int16         `zebus:"4"`
	Ints      []int32         `zebus:"6"`
	UInts     []uint32        `zebus:"7"`
	Longs     []int64         `zebus:"8"`
	ULongs    []uint64        `zebus:"9"`
	Floats    []float32       `zebus:"10"`
	Doubles   []float64       `zebus:"11"`
	Strings   []string        `zebus:"12"`
	Blobs     [][]byte        `zebus:"13"`
	Decimals  []wire.Decimal  `zebus:"15"`
	DateTimes []time.Time     `zebus:"16"`
	TimeSpans []wire.TimeSpan `zebus:"17"`
	GUIDs     []zebus.GUID    `zebus:"18"`
	Colours   []Colour        `zebus:"19"`
	Points    []*Point        `zebus:"20"`
	Moneys    []Money         `zebus:"21"`
	PeerIDs   []zebus.PeerID  `zebus:"22"`
}

// Encodings has the other forms of numbers and times.
//
//zebus:message
type Encodings struct {
	PackedInts    []int32       `zebus:"1,packed"`
	PackedDoubles []float64     `zebus:"2,packed"`
	PackedBools   []bool        `zebus:"3,packed"`
	PackedLongs   []int64       `zebus:"4,packed"`
	ZigZagInt     int32         `zebus:"5,zigzag"`
	ZigZagLong    int64         `zebus:"6,zigzag"`
	FixedInt      int32         `zebus:"7,fixed"`
	FixedLong     int64         `zebus:"8,fixed"`
	FixedUInt     uint32        `zebus:"9,fixed"`
	FixedULong    uint64        `zebus:"10,fixed"`
	WellKnownTime time.Time     `zebus:"11,timestamp"`
	WellKnownSpan wire.TimeSpan `zebus:"12,timestamp"`
	FixedTime     time.Time     `zebus:"13,fixed"`
	FixedSpan     wire.TimeSpan `zebus:"14,fixed"`
	PackedZigZag  []int32       `zebus:"15,packed,zigzag"`
	PackedFixed   []int32       `zebus:"16,packed,fixed"`
}

// Deep holds a tree.
//
//zebus:message
type Deep struct {
	Root *Tree `zebus:"1"`
}

// Point is a class.
//
//zebus:message
type Point struct {
	X int32   `zebus:"1"`
	Y float64 `zebus:"2"`
}

// Money is a struct.
//
//zebus:message
type Money struct {
	Amount   wire.Decimal `zebus:"1"`
	Currency *string      `zebus:"2"`
}

// Tree refers to itself.
//
//zebus:message
type Tree struct {
	Name     *string `zebus:"1"`
	Children []*Tree `zebus:"2"`
}

// Empty has no field.
//
//zebus:message
type Empty struct{}

// Routed has routing members.
//
//zebus:event
type Routed struct {
	Market *string `zebus:"1,routing=1"`
	ID     int32   `zebus:"2,routing=2"`
	Open   bool    `zebus:"3,routing=3"`
	Price  float64 `zebus:"4,routing=4"`
}

// Nested is a class inside a class.
//
//zebus:message name=Outer+Nested
type Nested struct {
	Value int32 `zebus:"1"`
}

// Generic and Pair are generic messages.
type (
	Generic[T any] struct {
		Value T `zebus:"1"`
	}
	Pair[A, B any] struct {
		First  *A `zebus:"1"`
		Second B  `zebus:"2"`
	}
)

// GenericInt is an instance of Generic.
//
//zebus:message name="Generic<System.Int32>"
type GenericInt Generic[int32]

// PairOfTextAndNumber is an instance of Pair.
//
//zebus:message name="Pair<System.String, System.Double>"
type PairOfTextAndNumber Pair[string, float64]

// Maps has an entry per pair.
//
//zebus:message
type Maps struct {
	Counts map[string]int32     `zebus:"1"`
	Names  map[int32]string     `zebus:"2"`
	Points map[string]*Point    `zebus:"3"`
	Times  map[string]time.Time `zebus:"4"`
}

// Drawing holds instances of derived classes.
//
//zebus:message
type Drawing struct {
	Main   *Shape   `zebus:"1"`
	Others []*Shape `zebus:"2"`
}

// Shape is a base class, with the part of the derived one that it is.
//
//zebus:message
type Shape struct {
	*Circle `zebus:"include=10"`
	*Square `zebus:"include=11"`

	Name *string `zebus:"1"`
}

// Circle is a derived class.
//
//zebus:message
type Circle struct {
	Radius float64 `zebus:"1"`
}

// Square is another.
//
//zebus:message
type Square struct {
	Side float64 `zebus:"1"`
}
