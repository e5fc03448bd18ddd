package codegen

import (
	"go/token"
	"slices"
)

// The model of a package: everything that emitters need, with all names decided.
type model struct {
	path       string
	name       string
	sources    []string // base names of the files that hold messages and handlers
	messages   []*message
	enums      []*enum // those whose names matter
	services   []*service
	protoFiles []*protoFile           // the messages and enums in the words of protobuf
	condition  string                 // under which the sources are built, if they have one in common
	taken      func(name string) bool // whether the package declares the name
	imports    map[string]string      // names of packages by import path
}

type messageKind int

const (
	kindMessage messageKind = iota
	kindCommand
	kindEvent
)

// message is an annotated struct.
type message struct {
	name           string // of the Go type
	receiver       string
	handle         string // name of the variable that holds its MessageType
	id             string // type id on the wire
	kind           messageKind
	transient      bool
	infrastructure bool
	subscribe      string // "", "auto" or "manual"
	reply          *typeRef
	fields         []*field // included parts first, then ascending numbers
	routing        []*field // ascending positions
	protoc         bool     // whether protoc-gen-go generated the type; then only the routing members are known
	unknown        string   // path of the field that keeps unknown fields; empty when there is none
	binding        string   // name of the type that builds binding keys; of routable messages
	like           string   // name of the function that makes one from an example
}

// isEmpty says whether there is nothing to write.
func (m *message) isEmpty() bool {
	return len(m.fields) == 0 && m.unknown == ""
}

// nests says whether the message writes sub-messages, whose length is known only afterwards.
func (m *message) nests() bool {
	return slices.ContainsFunc(m.fields, (*field).nests)
}

func (f *field) nests() bool {
	return f.value.kind == subMessage || f.key.kind == subMessage || slices.ContainsFunc(f.cases, (*field).nests)
}

// shape says how many values a field holds.
type shape int

const (
	single shape = iota
	pointer
	slice
	pointerSlice
	mapping
	oneOf
)

// encoding is the choice between the wire forms of one type.
type encoding int

const (
	plain encoding = iota
	zigzag
	fixed
	timestamp
)

// field is a member with a number.
type field struct {
	name     string
	pos      token.Pos // in the source
	selector string    // how generated code reaches the field: the path, or less where Go promotes it
	path     string    // from the message to the field, through embedded structs: Base.Name, mostly the name alone
	number   int       // the lowest number of its cases when it is a oneOf
	shape    shape
	value    value // of the field, of what it points to, of an element, or of what a map holds
	required bool
	packed   bool
	position int  // among the routing members; 0 when it is none
	included bool // the derived part of a ProtoInclude

	key      value    // of a map
	pointers bool     // of a map: whether it holds pointers to value
	cases    []*field // of a oneOf, ascending numbers
	wrapper  typeRef  // of a case: the struct that holds its value
}

// valueKind is what a value looks like on the wire.
type valueKind int

const (
	boolean valueKind = iota
	signed
	unsigned
	float
	text
	binary
	dateTime
	duration
	timeSpan
	guid
	decimal
	character
	subMessage
)

// value is the type of a single value.
type value struct {
	kind     valueKind
	bits     int // of numbers
	encoding encoding
	basic    string  // the predeclared type beneath, such as int32; empty where there is none
	goType   typeRef // as the user wrote it
	enum     *enum
	stringer bool   // of sub-messages: whether it has a text for routing
	isID     bool   // of sub-messages: whether it is an array of 16 bytes, such as a MessageID
	literal  string // of sub-messages that are no structs or arrays: the predeclared type beneath
}

// named says whether the value needs a conversion to become its basic type.
func (v value) named() bool {
	return v.basic != v.goType.name || v.goType.path != ""
}

// byteSlice stands for the type of that name, which is one value and not a slice of numbers.
const byteSlice = "[]byte"

// typeRef names a Go type; path is empty for predeclared ones.
type typeRef struct {
	path string
	name string
	args []typeRef
}

// enum is a named integer with named values.
type enum struct {
	goType    typeRef
	signed    bool
	bits      int
	local     bool   // declared and annotated in the package
	function  string // name of the generated function that gives a value its name; empty when String does
	hasString bool   // whether the generator writes String
	hasText   bool   // whether the generator writes MarshalText and UnmarshalText
	receiver  string
	members   []enumMember
}

type enumMember struct {
	constant string
	text     string // without the type's prefix
}

// service is a receiver type with handlers; the free functions of a package are a service without a receiver.
type service struct {
	typeName   string
	typeParams []string
	receiver   string
	pointer    bool
	handlers   []*handler
}

// handler is an annotated function.
type handler struct {
	function    string
	constructor string // HandleRequest, HandleCommand, HandleEvent or HandleEvents
	name        string // for people
	command     string // the command it handles; empty for events
	queue       string
	inline      bool
	serial      bool
	mode        string // "", "auto" or "manual"
	batch       int
	handling    handling
}
