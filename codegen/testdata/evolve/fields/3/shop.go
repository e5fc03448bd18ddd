// Package shop uses numbers that were removed.
//
//zebus:package namespace=Shop
package shop

//zebus:command
type PlaceOrder struct {
	Gone   string `zebus:"1"`
	New    string `zebus:"2"`
	Called string `zebus:"3"`
	Other  int32  `zebus:"4"`
	Kept   string `zebus:"5"`
	Moved  string `zebus:"6"`
}
