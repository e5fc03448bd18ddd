package zebus

import (
	"strings"
	"sync/atomic"

	"github.com/zebus-go/zebus/wire"
)

// GeneratedCodeVersion1 is named by generated code, so that code of a generator that is too new or too old for this
// package fails to compile instead of failing at run time.
const GeneratedCodeVersion1 = true

// A Message travels on the bus. zebusgen writes these methods for structs annotated with //zebus:command,
// //zebus:event or //zebus:message.
type Message interface {
	wire.Message
	// ZebusUnmarshal reads the message from b, merging into what is there: it is ZebusRead for all of b. It keeps no reference
	// to b.
	ZebusUnmarshal(b []byte) error
	// ZebusType returns what the bus knows of this type of message. It works on a nil pointer.
	ZebusType() *MessageType
}

// A Command is handled by one peer, which always answers: with a reply, an error, or just by being done.
type Command interface {
	Message
	ZebusCommand()
}

// An Event is handled by any number of peers, and never answered.
type Event interface {
	Message
	ZebusEvent()
}

// CommandFor is a command whose handler replies with an R.
type CommandFor[R any] interface {
	Command
	ReplyType() *R
}

// Routable is a message with routing members, by which subscribers choose the messages they want.
type Routable interface {
	Message
	// ZebusRouting appends the values of the routing members in the order of their positions.
	ZebusRouting(dst RoutingContent) RoutingContent
}

// MessageTypeID names a type of message on the wire: the full name of the class in .NET, "Abc.Echo.EchoCommand".
// It is compared byte by byte.
type MessageTypeID string

// Name returns what stands behind the last dot: the name for people.
func (id MessageTypeID) Name() string {
	return string(id[strings.LastIndexByte(string(id), '.')+1:])
}

// String returns the ID as text.
func (id MessageTypeID) String() string { return string(id) }

// ZebusSize implements [wire.Message].
func (id MessageTypeID) ZebusSize() int { return sizeText(string(id)) }

// ZebusAppend implements [wire.Message].
func (id MessageTypeID) ZebusAppend(b []byte) []byte { return appendText(b, string(id)) }

// ZebusRead implements [wire.Message].
func (id *MessageTypeID) ZebusRead(r *wire.Reader) { readText(r, (*string)(id)) }

// Kind says what a message is for.
type Kind uint8

// The kinds of messages.
const (
	KindMessage Kind = iota // a reply, or part of another message
	KindCommand
	KindEvent
)

// SubscribeMode says whether the handlers of a message subscribe to it when the bus starts.
type SubscribeMode uint8

// The modes of subscribing.
const (
	// SubscribeDefault subscribes to messages without routing members, and leaves the others to the service.
	SubscribeDefault SubscribeMode = iota
	// SubscribeAuto subscribes to everything of the type.
	SubscribeAuto
	// SubscribeManual leaves subscribing to the service.
	SubscribeManual
)

// MessageTypeConfig describes a type of message to [NewMessageType].
type MessageTypeConfig struct {
	ID   MessageTypeID
	Kind Kind
	// Transient messages are never stored for a peer that is down.
	Transient bool
	// Infrastructure messages are handled on the receiving goroutine at once, whatever state the bus is in.
	Infrastructure bool
	// Subscribe is the mode of handlers that choose none.
	Subscribe SubscribeMode
	// Routing names the routing members in the order of their positions.
	Routing []string
	// New returns an empty message of the type.
	New func() Message
}

// MessageType is what the bus knows of a type of message. There is one per type, made by generated code; it does not
// change and is safe for concurrent use.
type MessageType struct {
	config MessageTypeConfig
	number int // of this type in the program, from 0 on: tables by it need no hashing
}

// messageTypes counts those there are.
var messageTypes atomic.Int64

// NewMessageType is called by generated code, once for each type.
func NewMessageType(c MessageTypeConfig) *MessageType {
	return &MessageType{config: c, number: int(messageTypes.Add(1) - 1)}
}

// ID returns the name of the type on the wire.
func (t *MessageType) ID() MessageTypeID { return t.config.ID }

// Kind says whether messages of the type are commands, events, or neither.
func (t *MessageType) Kind() Kind { return t.config.Kind }

// Persistent says whether messages of the type are stored for persistent peers.
func (t *MessageType) Persistent() bool { return !t.config.Transient }

// Infrastructure says whether messages of the type are handled on the receiving goroutine.
func (t *MessageType) Infrastructure() bool { return t.config.Infrastructure }

// Routing returns the names of the routing members in the order of their positions; the caller must not change them.
func (t *MessageType) Routing() []string { return t.config.Routing }

// New returns an empty message of the type.
func (t *MessageType) New() Message { return t.config.New() }

// subscribesToAll says whether a handler of the given mode subscribes to the whole type when the bus starts.
func (t *MessageType) subscribesToAll(mode SubscribeMode) bool {
	if mode == SubscribeDefault {
		mode = t.config.Subscribe
	}
	if mode == SubscribeDefault {
		return len(t.config.Routing) == 0
	}
	return mode == SubscribeAuto
}

// routingOf returns the routing content of m, appended to dst.
func routingOf(m Message, dst RoutingContent) RoutingContent {
	if r, ok := m.(Routable); ok {
		return r.ZebusRouting(dst)
	}
	return dst
}
