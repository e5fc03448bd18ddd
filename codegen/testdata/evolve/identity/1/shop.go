// Package shop is as peers know it.
//
//zebus:package namespace=Shop
package shop

//zebus:command reply=Placed
type PlaceOrder struct{}

//zebus:command reply=Placed
type Moved struct{}

//zebus:command reply=Placed
type Quiet struct{}

//zebus:command
type Command struct{}

//zebus:event transient
type Stored struct{}

//zebus:event
type Fleeting struct{}

//zebus:command
type Urgent struct{}

//zebus:command
type Loud struct{}

//zebus:event
type Gone struct{}

//zebus:event
type Renamed struct{}

//zebus:message
type Placed struct{}

//zebus:message
type Refused struct{}

//zebus:event name=Holder+Inner
type Nested struct{}

//zebus:event name="Changed<Shop.Order, System.Int32>"
type OrderChanged struct{}
