// Package shop is as peers know it.
//
//zebus:package namespace=Shop
package shop

import "time"

//zebus:message
type Order struct {
	*Details `zebus:"1"`

	Required string    `zebus:"2,required"`
	Optional string    `zebus:"3"`
	Packed   []int32   `zebus:"4,packed"`
	Plain    []int32   `zebus:"5"`
	Zigzag   int32     `zebus:"6,zigzag"`
	Fixed    int64     `zebus:"7,fixed"`
	Bcl      time.Time `zebus:"8"`
	Known    time.Time `zebus:"9,timestamp"`
	Payment  Payment   `zebus:"oneof"`
	Voucher  *Voucher  `zebus:"12"`
}

//zebus:message
type Details struct{}

//zebus:message
type Card struct{}

//zebus:message
type Voucher struct{}

// Payment is one of several.
type Payment interface{ isPayment() }

type (
	PaymentCard struct {
		Card *Card `zebus:"10"`
	}
	PaymentCash struct {
		Cash int64 `zebus:"11"`
	}
)

func (*PaymentCard) isPayment() {}
func (*PaymentCash) isPayment() {}
