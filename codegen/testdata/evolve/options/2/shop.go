// Package shop writes the same in other forms.
//
//zebus:package namespace=Shop
package shop

import "time"

//zebus:message
type Order struct {
	*Details `zebus:"include=1"`

	Required string    `zebus:"2"`
	Optional string    `zebus:"3,required"`
	Packed   []int32   `zebus:"4"`
	Plain    []int32   `zebus:"5,packed"`
	Zigzag   int32     `zebus:"6"`
	Fixed    int64     `zebus:"7,zigzag"`
	Bcl      time.Time `zebus:"8,timestamp"`
	Known    time.Time `zebus:"9,fixed"`
	Payment  Payment   `zebus:"oneof"`
}

//zebus:message
type Details struct{}

//zebus:message
type Card struct{}

//zebus:message
type Voucher struct{}

//zebus:message
type Transfer struct{}

// Payment is one of several.
type Payment interface{ isPayment() }

type (
	PaymentCard struct {
		Card *Card `zebus:"10"`
	}
	PaymentVoucher struct {
		Voucher *Voucher `zebus:"12"`
	}
	PaymentTransfer struct {
		Transfer *Transfer `zebus:"13"`
	}
)

func (*PaymentCard) isPayment()     {}
func (*PaymentVoucher) isPayment()  {}
func (*PaymentTransfer) isPayment() {}
