// Package shop has the messages that the comparison measures, as a user of zebusgen writes them. Package shoppb has
// them as a user of protoc does.
//
//zebus:package namespace=Bench.Shop
package shop

//go:generate go tool zebusgen

// Quote is the small message: three fields, all of them set.
//
//zebus:event
type Quote struct {
	Symbol string  `zebus:"1"`
	Volume int64   `zebus:"2"`
	Price  float64 `zebus:"3"`
}

// Order is the medium message: fifteen fields of most kinds, among them a nested message and three that repeat.
//
//zebus:event
type Order struct {
	Number    int64    `zebus:"1"`
	Customer  string   `zebus:"2"`
	Status    Status   `zebus:"3"`
	Total     float64  `zebus:"4"`
	Weight    float32  `zebus:"5"`
	Express   bool     `zebus:"6"`
	Placed    uint64   `zebus:"7"`
	Discount  int32    `zebus:"8,zigzag"`
	Trace     uint64   `zebus:"9,fixed"`
	Signature []byte   `zebus:"10"`
	Address   *Address `zebus:"11"`
	Lines     []*Line  `zebus:"12"`
	Labels    []string `zebus:"13"`
	Codes     []int32  `zebus:"14,packed"`
	Comment   string   `zebus:"16"` // a tag of two bytes
}

// Status is where an order stands.
//
//zebus:enum
type Status int32

// The states of an order.
const (
	StatusUnknown Status = iota
	StatusPlaced
	StatusShipped
)

// Address is the message nested in an order.
//
//zebus:message
type Address struct {
	Street string `zebus:"1"`
	City   string `zebus:"2"`
	Code   int32  `zebus:"3"`
}

// Line is an element of an order.
//
//zebus:message
type Line struct {
	Article  string  `zebus:"1"`
	Quantity int32   `zebus:"2"`
	Price    float64 `zebus:"3"`
}

// Catalogue is the large message: a thousand nested ones, behind pointers as protoc-gen-go has them.
//
//zebus:event
type Catalogue struct {
	Version  int64      `zebus:"1"`
	Articles []*Article `zebus:"2"`
}

// Inventory is the large message with its nested ones side by side in one block of memory. Its bytes are those of a
// Catalogue; protoc-gen-go has no such form.
//
//zebus:event
type Inventory struct {
	Version  int64     `zebus:"1"`
	Articles []Article `zebus:"2"`
}

// Article is an element of a catalogue.
//
//zebus:message
type Article struct {
	Code    int64   `zebus:"1"`
	Name    string  `zebus:"2"`
	Price   float64 `zebus:"3"`
	Stock   int32   `zebus:"4"`
	OnOffer bool    `zebus:"5"`
}
