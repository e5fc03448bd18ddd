// Package jsons has messages whose JSON is not what package json would make of them.
//
//zebus:package namespace=JSONs
package jsons

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
)

// Shown has values of most kinds.
//
//zebus:message
type Shown struct {
	Within time.Duration `zebus:"1"`
	Text   string        `zebus:"2"`
	At     time.Time     `zebus:"3"`
	Raw    []byte        `zebus:"4"`
	Number int64         `zebus:"5"`
}

// Spans has durations in every place.
//
//zebus:message
type Spans struct {
	Pointer *time.Duration           `zebus:"1"`
	None    *time.Duration           `zebus:"2"`
	Slice   []time.Duration          `zebus:"3"`
	Values  map[string]time.Duration `zebus:"4"`
}

// Floats has numbers that JSON has not.
//
//zebus:message
type Floats struct {
	Double float64   `zebus:"1"`
	Single float32   `zebus:"2"`
	Slice  []float64 `zebus:"3"`
}

// Keys has maps with keys of several kinds.
//
//zebus:message
type Keys struct {
	Bools   map[bool]int32     `zebus:"1"`
	Ints    map[int8]string    `zebus:"2"`
	Chars   map[wire.Char]bool `zebus:"3"`
	Colours map[Colour]*Shown  `zebus:"4"`
}

// Discount is a class of .NET with two derived ones, whose fields have the same names.
//
//zebus:message
type Discount struct {
	*Percentage `zebus:"include=10"`
	*Voucher    `zebus:"include=11"`

	Reason string `zebus:"1"`
}

// Percentage is a discount.
//
//zebus:message
type Percentage struct {
	Code string `zebus:"1"`
}

// Voucher is a discount.
//
//zebus:message
type Voucher struct {
	Code   string `zebus:"1"`
	Reason string `zebus:"2"`
}

// Payment is how something is paid.
type Payment interface{ payment() }

// InCash is the case of Payment.
type InCash struct {
	Within time.Duration `zebus:"1"`
}

func (*InCash) payment() {}

// Paid has one of several fields.
//
//zebus:event
type Paid struct {
	Payment Payment `zebus:"oneof"`
}

// Header is embedded, with a field that methods of messages hide.
type Header struct {
	Age       time.Duration `zebus:"100"`
	ZebusSize int32         `zebus:"101"`
}

// Opened embeds fields, and keeps those that it does not know.
//
//zebus:event
type Opened struct {
	Header

	Shop    int32 `zebus:"1"`
	unknown zebus.Unknown
}

// Grade has a text that not all of its values have.
type Grade uint8

// MarshalText returns the letter of the grade.
func (g Grade) MarshalText() ([]byte, error) { return []byte{"ABC"[g]}, nil }

// Graded has a grade, which may be any number when it comes from the network.
//
//zebus:event
type Graded struct {
	Grade Grade `zebus:"1"`
}
