// Package shadows has names that generated code uses itself.
package shadows

// r is what methods call their reader.
//
//zebus:message namespace=Shadows
type r struct {
	Inner *r          `zebus:"1"`
	Key   key         `zebus:"2"`
	Marks map[mark]*b `zebus:"3"`
	One   contract    `zebus:"oneof"`
}

// b is what methods call their buffer.
//
//zebus:message namespace=Shadows
type b struct{}

type (
	key      string
	mark     int32
	size     int32 // no message has it
	contract interface{ one() }
	outer    struct {
		Number int32 `zebus:"4"`
	}
)

func (*outer) one() {}

// State has values with the names of variables.
//
//zebus:enum
type State int32

// The states.
const (
	n State = iota
	text
	fine
)

// v is a constant of no enum.
const v = size(3)

// len is a function of everybody.
func len(s string) int { return 0 * int(s[0]) * int(v) }

// make is a type.
type make struct{}

// nil is a variable.
var nil = []State{n, text, fine, State(len(string(make{}.text())))}

func (make) text() string { return "" }
