// Package shop is something else to peers.
//
//zebus:package namespace=Shop
package shop

//zebus:command reply=Refused
type PlaceOrder struct{}

//zebus:command reply=Placed namespace=Store
type Moved struct{}

//zebus:command
type Quiet struct{}

//zebus:event
type Command struct{}

//zebus:event
type Stored struct{}

//zebus:event transient
type Fleeting struct{}

//zebus:command infrastructure
type Urgent struct{}

//zebus:event
type CalledOtherwise struct{}

//zebus:command reply=Placed
type Loud struct{}

//zebus:message
type Placed struct{}

//zebus:message
type Refused struct{}

//zebus:event
type Nested struct{}

//zebus:event name="Changed<Shop.Order, System.Int64>"
type OrderChanged struct{}
