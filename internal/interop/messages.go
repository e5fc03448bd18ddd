// Package interop holds the messages of the recorded conversations between Zebus (.NET) peers, for tests that take a part in them.
//
//zebus:package namespace=Interop.Messages
package interop

import (
	"time"

	"github.com/zebus-go/zebus/wire"
)

//go:generate go run github.com/zebus-go/zebus/cmd/zebusgen

// Echo asks for a reply with the same text and the number after.
//
//zebus:command reply=EchoReply
type Echo struct {
	Text   string `zebus:"1"`
	Number int32  `zebus:"2"`
}

// EchoReply says who sent the Echo as well.
//
//zebus:message
type EchoReply struct {
	Text   string `zebus:"1"`
	Number int32  `zebus:"2"`
	Sender string `zebus:"3"`
}

// Fail asks its handler to fail in the way that code and text say.
//
//zebus:command
type Fail struct {
	Code int32  `zebus:"1"`
	Text string `zebus:"2,required"`
}

// Note is an event for everybody.
//
//zebus:event
type Note struct {
	Text   string `zebus:"1"`
	Number int32  `zebus:"2"`
}

// PriceChanged is an event of which subscribers choose market and ID.
//
//zebus:event
type PriceChanged struct {
	Market string       `zebus:"1,routing=1"`
	ID     int32        `zebus:"2,routing=2"`
	Price  float64      `zebus:"3"`
	At     time.Time    `zebus:"4"`
	Amount wire.Decimal `zebus:"5"`
}

// Knock is a command that nobody keeps for a peer that is away. The recordings have none like it.
//
//zebus:command transient
type Knock struct{}
