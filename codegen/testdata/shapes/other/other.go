// Package other has cases for the fields of messages of another package.
package other

// Answer is yes or no.
type Answer interface{ answer() }

// The cases of Answer.
type (
	Yes struct {
		Yes string `zebus:"30"`
	}
	No struct {
		No uint32 `zebus:"31,fixed"`
	}
)

func (*Yes) answer() {}
func (*No) answer()  {}
