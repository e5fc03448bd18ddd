package zebus

import "time"

// MessageProcessingFailed tells whoever watches the bus that a handler failed.
//
//zebus:event namespace=Abc.Zebus.Lotus
type MessageProcessingFailed struct {
	FailingMessage      TransportMessage `zebus:"1"`
	FailingMessageJSON  string           `zebus:"2,required"`
	ExceptionMessage    string           `zebus:"3,required"`
	ExceptionTime       time.Time        `zebus:"4"`
	FailingHandlerNames []string         `zebus:"5"`
}

// CustomProcessingFailed tells whoever watches the bus that something failed which was no handler.
//
//zebus:event namespace=Abc.Zebus.Lotus
type CustomProcessingFailed struct {
	SourceTypeFullName    string    `zebus:"1,required"`
	ExceptionMessage      string    `zebus:"2,required"`
	ExceptionTime         time.Time `zebus:"3"`
	FailingPeerIDOverride *PeerID   `zebus:"4"`
	DetailsJSON           *string   `zebus:"5"`
}

// ReplayMessageCommand asks a peer to handle a message once more. Handlers that are named do so; all of them when none
// is. The message replayed is neither answered nor acknowledged.
//
//zebus:command namespace=Abc.Zebus.Lotus
type ReplayMessageCommand struct {
	MessageToReplay TransportMessage `zebus:"1"`
	HandlerTypes    []string         `zebus:"2"`
}
