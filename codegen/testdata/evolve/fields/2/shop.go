// Package shop gives numbers another meaning.
//
//zebus:package namespace=Shop
package shop

//zebus:command
type PlaceOrder struct {
	Called string `zebus:"3"`
	Other  int32  `zebus:"4"`
	Kept   string `zebus:"5"`
	Moved  string `zebus:"6"`
}
