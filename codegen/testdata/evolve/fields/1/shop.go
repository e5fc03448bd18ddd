// Package shop is as peers know it.
//
//zebus:package namespace=Shop
package shop

//zebus:command
type PlaceOrder struct {
	Gone    string `zebus:"1"`
	Moved   string `zebus:"2"`
	Renamed string `zebus:"3"`
	Reused  string `zebus:"4"`
	Kept    string `zebus:"5"`
}
