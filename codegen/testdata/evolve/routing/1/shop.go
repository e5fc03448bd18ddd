// Package shop is as peers know it.
//
//zebus:package namespace=Shop
package shop

//zebus:event
type Added struct {
	Station string `zebus:"1"`
}

//zebus:event
type Removed struct {
	Station string `zebus:"1,routing=1"`
	Sensor  string `zebus:"2,routing=2"`
}

//zebus:event
type Swapped struct {
	Station string `zebus:"1,routing=1"`
	Sensor  string `zebus:"2,routing=2"`
}

//zebus:event
type Inserted struct {
	Station string `zebus:"1,routing=1"`
}

//zebus:event
type Renamed struct {
	Station string `zebus:"1,routing=1"`
}

//zebus:event
type Retyped struct {
	Station string `zebus:"1,routing=1"`
	Kind    Kind   `zebus:"2,routing=2"`
	Sensor  string `zebus:"3,routing=3"`
}

//zebus:enum
type Kind int32

const KindWind Kind = 1
