// Package messages has what the contenders carry, and how much room it takes on the wire.
//
//zebus:package namespace=Bench
package messages

//go:generate go tool zebusgen

// Tick is the event of most scenarios: a body, and the moment at which it was sent where latency is measured.
//
//zebus:event
type Tick struct {
	Body []byte `zebus:"1"`
	Sent int64  `zebus:"2"` // Unix time in nanoseconds; zero where nobody asks
}

// Quote is an event that is routed by two of its members.
//
//zebus:event subscribe=manual
type Quote struct {
	Market string `zebus:"1,routing=1"`
	Symbol string `zebus:"2,routing=2"`
	Body   []byte `zebus:"3"`
}

// WantedMarket and WantedSymbol are what a sink binds quotes by, and what a source says in them.
const (
	WantedMarket = "Paris"
	WantedSymbol = "ZEB"
)

// Trade is a Quote that everybody gets who subscribed to it, whatever it says.
//
//zebus:event
type Trade struct {
	Market string `zebus:"1"`
	Symbol string `zebus:"2"`
	Body   []byte `zebus:"3"`
}

// Ask is a command that is answered by what it says.
//
//zebus:command reply=Answer
type Ask struct {
	Body []byte `zebus:"1"`
}

// Answer is the reply to an Ask.
//
//zebus:message
type Answer struct {
	Body []byte `zebus:"1"`
}
