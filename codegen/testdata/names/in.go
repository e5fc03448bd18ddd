// Package names uses the names that generated code would like to have.
package names

import "github.com/zebus-go/zebus/zebus"

// Names that are taken.
const (
	wire        = "a package that generated code imports"
	orderType   = "the handle of Order"
	receiverMap = wire + orderType
)

// Order is like any other message.
//
//zebus:event namespace=Names
type Order struct {
	Peer zebus.PeerID `zebus:"1,routing=1"`
}

// Describe has a receiver with the name that generated methods use for the buffer.
func (b *Order) Describe() string { return string(b.Peer) + receiverMap }

// Nested is the Go side of a class inside a class.
//
//zebus:message namespace=Names.V2 name=Outer+Nested
type Nested struct {
	Text string `zebus:"1"`
}

// Describe has a receiver that generated methods can use.
func (nested *Nested) Describe() string { return nested.Text }

// Changed is a generic message, which has no type id of its own.
type Changed[T any] struct {
	Before *T  `zebus:"1"`
	After  *T  `zebus:"2"`
	Count  int `zebus:"3"`
}

// OrderChanged is one that does.
//
//zebus:event namespace=Names name="Changed<Names.Order>"
type OrderChanged Changed[Order]

// hidden is a message of this package alone.
//
//zebus:message namespace=Names
type hidden struct {
	Changes []OrderChanged `zebus:"1"`
}

// Several types in one declaration, with documentation of their own.
type (
	// First comes first.
	//
	//zebus:message namespace=Names
	First struct {
		Next *Second `zebus:"1"`
	}

	// Second refers back.
	//
	//zebus:message namespace=Names
	Second struct {
		First *First `zebus:"1"`
	}
)

var _ zebus.Message = (*hidden)(nil)
