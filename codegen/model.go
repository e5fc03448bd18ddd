package codegen

// The model of a package: everything that emitters need, with all names decided.
type model struct {
	path     string
	name     string
	sources  []string // base names of the files that hold messages and handlers
	messages []*message
	enums    []*enum // those that are routing members
	services []*service
	taken    func(name string) bool // whether the package declares the name
	imports  map[string]string      // names of packages by import path
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
	fields         []*field // ascending numbers
	routing        []*field // ascending positions
}

// nests says whether the message writes sub-messages, whose length is known only afterwards.
func (m *message) nests() bool {
	for _, f := range m.fields {
		if f.value.kind == subMessage {
			return true
		}
	}
	return false
}

// shape says how many values a field holds.
type shape int

const (
	single shape = iota
	pointer
	slice
	pointerSlice
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
	number   int
	shape    shape
	value    value // of the field, of what it points to, or of an element
	required bool
	packed   bool
	position int // among the routing members; 0 when it is none
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
	goType   typeRef
	signed   bool
	function string // name of the generated function that gives a value its routing text
	members  []enumMember
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
}
