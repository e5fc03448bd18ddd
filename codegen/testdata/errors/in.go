// Package errors has everything wrong that a generator can find. A sentence above each mistake says what it is.
package errors

import (
	"context"
	"io"
	"net/url"
	"time"

	"github.com/zebus-go/zebus/zebus"
)

// NoNamespace has no namespace, and the package has none either.
//
//zebus:event
type NoNamespace struct{}

// UnknownVerb is no directive.
//
//zebus:comand namespace=Errors
type UnknownVerb struct{}

// UnknownWord is not known to the directive.
//
//zebus:event namespace=Errors reply=Fine
type UnknownWord struct{}

// NoValue leaves the value out.
//
//zebus:event namespace
type NoValue struct{}

// EmptyValue has an empty one.
//
//zebus:event namespace=
type EmptyValue struct{}

// FlagWithValue gives a value to a flag.
//
//zebus:event namespace=Errors transient=true
type FlagWithValue struct{}

// Twice says a word twice.
//
//zebus:event namespace=Errors namespace=Errors
type Twice struct{}

// OpenQuote does not end its quote.
//
//zebus:event namespace=Errors name="Changed<Order
type OpenQuote struct{}

// WrongMode does not know the mode.
//
//zebus:event namespace=Errors subscribe=always
type WrongMode struct{}

// TwoThings is two things at once.
//
//zebus:event namespace=Errors
//zebus:command namespace=Errors
type TwoThings struct{}

// HandlerType puts the directive of functions on a type.
//
//zebus:handler
type HandlerType struct{}

// NoStruct is no struct.
//
//zebus:event namespace=Errors
type NoStruct int

// NoInteger is no integer.
//
//zebus:enum
type NoInteger string

// Generic has no type id of its own.
//
//zebus:event namespace=Errors
type Generic[T any] struct{}

// Alias is no type of its own.
//
//zebus:event namespace=Errors
type Alias = Fine

// SameID has the type id of another.
//
//zebus:event namespace=Errors name=Fine
type SameID struct{}

// NoSuchReply names a type that does not exist.
//
//zebus:command namespace=Errors reply=Missing
type NoSuchReply struct{}

// ReplyIsNoMessage names one that is no message.
//
//zebus:command namespace=Errors reply=Bare
type ReplyIsNoMessage struct{}

// NoSuchPackage names a package that is not imported.
//
//zebus:command namespace=Errors reply=shop.Reply
type NoSuchPackage struct{}

// Tags has a field for every mistake in a tag.
//
//zebus:message namespace=Errors
type Tags struct {
	NoNumber      int32    `zebus:"required"`
	Zero          int32    `zebus:"0"`
	TooLarge      int32    `zebus:"536870912"`
	Reserved      int32    `zebus:"19000"`
	First         int32    `zebus:"1"`
	Again         int32    `zebus:"1"`
	unexported    int32    `zebus:"2"`
	Option        int32    `zebus:"3,optional"`
	RequiredValue int32    `zebus:"4,required=true"`
	Both          int32    `zebus:"5,zigzag,fixed"`
	Zigzag        uint32   `zebus:"6,zigzag"`
	Fixed         string   `zebus:"7,fixed"`
	Timestamp     int64    `zebus:"8,timestamp"`
	Packed        []string `zebus:"9,packed"`
	PackedOne     int32    `zebus:"10,packed"`
	RoutingZero   string   `zebus:"11,routing=0"`
	RoutingText   string   `zebus:"12,routing=first"`
	RoutingBytes  []byte   `zebus:"13,routing=1"`
	Position      string   `zebus:"14,routing=2"`
	SamePosition  string   `zebus:"15,routing=2"`
	Nested        *Fine    `zebus:"16,routing=3"`
}

// Types has a field for every type that a message cannot hold.
//
//zebus:message namespace=Errors
type Types struct {
	Unknown   Unknown           `zebus:"1"`
	Bare      Bare              `zebus:"2"`
	BareSlice []*Bare           `zebus:"3"`
	Foreign   url.URL           `zebus:"4"`
	Interface io.Reader         `zebus:"6"`
	Chan      chan int          `zebus:"7"`
	Func      func()            `zebus:"8"`
	Complex   complex128        `zebus:"9"`
	Pointers  **int32           `zebus:"10"`
	Slices    [][]int32         `zebus:"11"`
	Array     [4]int32          `zebus:"12"`
	Numbers   []*int32          `zebus:"13"`
	Bytes     *[]byte           `zebus:"14"`
	Anonymous struct{ X int32 } `zebus:"15"`
	Address   uintptr           `zebus:"17"`
	OneOf     *Fine             `zebus:"18,oneof"`
}

// Maps has a map for everything that is wrong with one.
//
//zebus:message namespace=Errors
type Maps struct {
	Key     map[float64]int32           `zebus:"1"`
	KeyTime map[time.Time]int32         `zebus:"2"`
	Slices  map[string][]int32          `zebus:"3"`
	Struct  map[string]Fine             `zebus:"4"`
	Bytes   map[string]*[]byte          `zebus:"5"`
	Bare    map[string]*Bare            `zebus:"6"`
	Routing map[string]string           `zebus:"7,routing=1"`
	Packed  map[string]int32            `zebus:"8,packed"`
	Zigzag  map[string]string           `zebus:"9,zigzag"`
	Nested  map[string]map[string]int32 `zebus:"10"`
	Slice   []map[string]int32          `zebus:"11"`
	Pointer *map[string]int32           `zebus:"12"`
}

// Payment is a good interface with cases that are not.
type Payment interface{ payment() }

// The cases of Payment.
type (
	ByCard struct {
		Card *Fine `zebus:"3"`
	}
	ByValue struct {
		Value string `zebus:"4"`
	}
	NoNumber struct {
		Value string
	}
	Several struct {
		Values []string `zebus:"5"`
	}
	Text string
	Two  struct {
		First  string `zebus:"6"`
		Second string `zebus:"7"`
	}
)

func (*ByCard) payment()   {}
func (ByValue) payment()   {}
func (*NoNumber) payment() {}
func (*Several) payment()  {}
func (*Text) payment()     {}
func (*Two) payment()      {}

// Lonely has no case.
type Lonely interface{ lonely() }

// Anything has every case.
type Anything interface{}

// OneOfs has a field for everything that is wrong with one of several.
//
//zebus:message namespace=Errors
type OneOfs struct {
	Payment    Payment  `zebus:"oneof"`
	Lonely     Lonely   `zebus:"oneof"`
	Anything   Anything `zebus:"oneof"`
	NoContract int32    `zebus:"oneof"`
	Required   Payment  `zebus:"oneof,required"`
	Routing    Payment  `zebus:"oneof,routing=1"`
}

// Growth is an interface with nothing wrong.
type Growth interface{ growth() }

// Rings is its case.
type Rings struct {
	Count int32 `zebus:"3"`
}

func (*Rings) growth() {}

// TakenNumber has the number of a case.
//
//zebus:message namespace=Errors
type TakenNumber struct {
	Growth Growth `zebus:"oneof"`
	Taken  int32  `zebus:"3"`
}

// Routable has a routing member.
//
//zebus:message namespace=Errors
type Routable struct {
	Station string `zebus:"1,routing=1"`
}

// Base has fields for others.
type Base struct {
	ID   int32  `zebus:"1"`
	Name string `zebus:"2"`
}

// Parts has everything that is wrong with what is embedded and included.
//
//zebus:message namespace=Errors
type Parts struct {
	*Routable `zebus:"include=10"`
	*Bare     `zebus:"include=11"`
	*Fine     `zebus:"include=x"`
	Order     `zebus:"include=12"`
	Named     *Fine `zebus:"include=13"`
	NotAlone  *Fine `zebus:"14,include=15"`
}

// Embeds has everything that is wrong with the fields of what is embedded.
//
//zebus:message namespace=Errors
type Embeds struct {
	Base
	*Fine
	Number int32  `zebus:"1"`
	Name   string `zebus:"7"`
}

// Keeps has everything that is wrong with what keeps unknown fields.
//
//zebus:message namespace=Errors
type Keeps struct {
	Tagged  zebus.Unknown `zebus:"1"`
	Shown   zebus.Unknown
	unknown zebus.Unknown
	Twice   zebus.Unknown `json:"-"`
}

// Box is generic.
type Box[T any] struct {
	Content T `zebus:"1"`
}

// Instances has fields whose types need a name.
//
//zebus:message namespace=Errors
type Instances struct {
	Box  Box[int32] `zebus:"1"`
	UUID [16]byte   `zebus:"2"`
}

// NestedGeneric has a type id that .NET does not have.
//
//zebus:message namespace=Errors name="Changed<System.List<System.Int32>>"
type NestedGeneric struct{}

// InGeneric has another.
//
//zebus:message namespace=Errors name="Changed<System.Int32>+Inner"
type InGeneric struct{}

// Both is an event that becomes a command by what it embeds.
//
//zebus:event namespace=Errors
type Both struct {
	zebus.ReplayMessageCommand
}

// Fine is a message with nothing wrong.
//
//zebus:event namespace=Errors
type Fine struct {
	At time.Time `zebus:"1"`
}

// FineCommand is a command with nothing wrong.
//
//zebus:command namespace=Errors reply=FineReply
type FineCommand struct{}

// FineReply is its reply.
//
//zebus:message namespace=Errors
type FineReply struct{}

// Order is a command without a reply.
//
//zebus:command namespace=Errors
type Order struct{}

// Bare is a struct without a directive.
type Bare struct{ X int32 }

// Service has a method for every mistake in a handler.
type Service struct{}

// NoContext takes a message alone.
//
//zebus:handler
func (*Service) NoContext(*Fine) error { return nil }

// NoError returns nothing.
//
//zebus:handler
func (*Service) NoError(context.Context, *Fine) {}

// ByValue takes a message that is no pointer.
//
//zebus:handler
func (*Service) ByValue(context.Context, Fine) error { return nil }

// NoMessage takes a struct that is no message.
//
//zebus:handler
func (*Service) NoMessage(context.Context, *Bare) error { return nil }

// OnReply takes a message that is neither a command nor an event.
//
//zebus:handler
func (*Service) OnReply(context.Context, *FineReply) error { return nil }

// EventReply replies to an event.
//
//zebus:handler
func (*Service) EventReply(context.Context, *Fine) (*FineReply, error) { return nil, nil }

// ForgotReply does not reply.
//
//zebus:handler
func (*Service) ForgotReply(context.Context, *FineCommand) error { return nil }

// WrongReply replies with something else.
//
//zebus:handler
func (*Service) WrongReply(context.Context, *FineCommand) (*Bare, error) { return nil, nil }

// NoReplyDeclared replies to a command that declares none.
//
//zebus:handler
func (*Service) NoReplyDeclared(context.Context, *Order) (*FineReply, error) { return nil, nil }

// BatchOfCommands takes several commands.
//
//zebus:handler batch=5
func (*Service) BatchOfCommands(context.Context, []*Order) error { return nil }

// BatchOfOne says that it takes several, and takes one.
//
//zebus:handler batch=5
func (*Service) BatchOfOne(context.Context, *Fine) error { return nil }

// BadBatch does not say how many.
//
//zebus:handler batch=many
func (*Service) BadBatch(context.Context, []*Fine) error { return nil }

// BadMode does not know the mode.
//
//zebus:handler mode=sometimes
func (*Service) BadMode(context.Context, *Fine) error { return nil }

// InlineOnQueue is on a queue and on none.
//
//zebus:handler inline queue=fast
func (*Service) InlineOnQueue(context.Context, *Fine) error { return nil }

// First handles a command.
//
//zebus:handler
func (*Service) First(context.Context, *Order) error { return nil }

// Second handles it too.
//
//zebus:handler
func (*Service) Second(context.Context, *Order) error { return nil }

// OnBoth cannot say what it handles.
//
//zebus:handler
func (*Service) OnBoth(context.Context, *Both) error { return nil }

// ServiceAlias is Service.
type ServiceAlias = Service

// Third handles the command of First, under another name of its receiver.
//
//zebus:handler
func (*ServiceAlias) Third(context.Context, *Order) error { return nil }

// GenericHandler handles messages of any type.
//
//zebus:handler
func GenericHandler[T any](context.Context, *Fine) error { return nil }

// Annotated is a function with the directive of a type.
//
//zebus:event namespace=Errors
func Annotated() {}

// Taken has a method that the generator wants to write.
type Taken struct{}

// Handlers is that method.
func (*Taken) Handlers() []zebus.Handler { return nil }

// OnFine is a handler with nothing wrong.
//
//zebus:handler
func (*Taken) OnFine(context.Context, *Fine) error { return nil }

// A directive with an empty line below it belongs to nothing.
//
//zebus:event namespace=Errors

func inside() {
	// Types inside functions cannot have methods.
	//
	//zebus:event namespace=Errors
	type local struct{}
	_ = local{}
}

// UnknownKey names a field that the message has not.
//
//zebus:handler concurrency=8 key=Customer
func UnknownKey(context.Context, *Fine) error { return nil }

// NoKey runs side by side without an order.
//
//zebus:handler concurrency=8
func NoKey(context.Context, *Fine) error { return nil }

// NoRetry waits between tries that there are not.
//
//zebus:handler backoff=linear
func NoRetry(context.Context, *Fine) error { return nil }

// BadRetry tries less than once again.
//
//zebus:handler retry=0 backoff=linear
func BadRetry(context.Context, *Fine) error { return nil }

// MethodNames has fields and a method that would stand beside generated ones of the same names.
//
//zebus:command namespace=Errors reply=FineReply
type MethodNames struct {
	ZebusSize    int32 `zebus:"1"`
	ReplyType    string
	ZebusRouting int32 `zebus:"2"` // not generated here
}

// ZebusCommand is one.
func (*MethodNames) ZebusCommand() {}

// BadTags has tags that package reflect does not understand.
//
//zebus:event namespace=Errors
type BadTags struct {
	NoQuotes int32 `zebus:1`
	NoEnd    int32 `json:"x" zebus:"2`
}

// zebus:event
type Spaced struct {
	Number int32 `zebus:"1"`
}

// InlineRetry would wait where nobody may.
//
//zebus:handler inline retry=2
func InlineRetry(context.Context, *Fine) error { return nil }

// Crowd has queues of which nobody knows how many messages they run at a time.
type Crowd struct{}

// OnFirst says eight.
//
//zebus:handler queue=fine concurrency=8 key=At
func (*Crowd) OnFirst(context.Context, *Fine) error { return nil }

// OnSecond says four, of the same queue: case does not count.
//
//zebus:handler queue=Fine concurrency=4 key=At
func (*Crowd) OnSecond(context.Context, *Fine) error { return nil }

// OnThird is as good as the first.
//
//zebus:handler queue=FINE concurrency=8 key=At
func (*Crowd) OnThird(context.Context, *Fine) error { return nil }

// OnFourth says nothing, which goes with any number.
//
//zebus:handler queue=fine
func (*Crowd) OnFourth(context.Context, *Fine) error { return nil }

// OnFifth and OnSixth are on the default queue, by its name and without.
//
//zebus:handler concurrency=2 key=At
func (*Crowd) OnFifth(context.Context, *Fine) error { return nil }

// OnSixth says three.
//
//zebus:handler queue=defaultqueue concurrency=3 key=At
func (*Crowd) OnSixth(context.Context, *Fine) error { return nil }

// Repeats says things twice, and one in capitals.
//
//zebus:event namespace=Errors
type Repeats struct {
	Required int32 `zebus:"1,required,required"`
	Routing  int32 `zebus:"2,routing=1,routing=2"`
	Zigzag   int32 `zebus:"3,zigzag,zigzag"`
	Huge     int32 `zebus:"99999999999999999999"`
	Capitals int32 `Zebus:"4"`
}

// NotANamespace has a word in it that should stand behind a space.
//
//zebus:event namespace=Errors,transient
type NotANamespace struct{}

// Dots has a namespace with a part that is empty.
//
//zebus:event namespace=Errors..Inner
type Dots struct{}

// Spaces has a name that no class has.
//
//zebus:event namespace=Errors name="Two Words"
type Spaces struct{}

// Arity is written as .NET calls the class, without its arguments.
//
//zebus:event namespace=Errors name=Changed`1
type Arity struct{}

// NoSpace has arguments that .NET would part by a comma and a space.
//
//zebus:event namespace=Errors name="Pair<System.Int32,System.String>"
type NoSpace struct{}

// Names are as they should be: with tabs between words, letters of all languages, arrays among the arguments.
//
//zebus:event	namespace=Errors.Größe	name="Outer+Pair_1<System.Byte[], Shop.Order>"	transient
type Names struct{}

// Endless contains itself.
//
//zebus:message namespace=Errors
type Endless struct {
	Inner Endless `zebus:"1"`
}

// Colour has two values of one name.
//
//zebus:enum
type Colour int32

// The colours.
const (
	ColourRed   Colour = 1
	ColourRouge Colour = 1 // the same value may have two names
	Red         Colour = 2
)

// OnUndeclared takes what is declared nowhere.
//
//zebus:handler
func OnUndeclared(context.Context, *Undeclared) error { return nil }

// A handler needs a name.
//
//zebus:handler
func _(context.Context, *Fine) error { return nil }
