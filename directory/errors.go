package directory

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zebus-go/zebus/zebus"
)

// Errors of Client.Register, Update and Unregister.
var (
	// ErrNoDirectory means that no directory took the command within the time given to each. The text names every
	// directory that was tried, and why that did not work.
	ErrNoDirectory = errors.New("directory: no directory took the command")
	// ErrAlreadyExists means that a peer of that name runs on another machine and answers. The text says where.
	ErrAlreadyExists = errors.New("directory: peer already exists")
	// ErrNotRegistered means that Update or Unregister was called before Register.
	ErrNotRegistered = errors.New("directory: peer is not registered")
)

// A refusal is the sum of what the directories answered, or did not. It is an [ErrNoDirectory] and each of the
// reasons.
type refusal struct {
	command  zebus.MessageTypeID
	self     zebus.Peer
	attempts []attempt
}

// An attempt is a directory that was tried, and what came of it.
type attempt struct {
	directory zebus.Peer
	err       error
}

func (r *refusal) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v: %s of %s", ErrNoDirectory, r.command.Name(), r.self.ID)
	for _, a := range r.attempts {
		fmt.Fprintf(&b, "; %s at %s: %v", a.directory.ID, a.directory.Endpoint, a.err)
	}
	if !r.anyAnswer() {
		fmt.Fprintf(&b, "; either no directory runs there, or it serves another environment than this peer's, or it cannot reach this peer at %s",
			r.self.Endpoint)
	}
	return b.String()
}

// anyAnswer says whether a directory answered at all. One that did is there, and has understood.
func (r *refusal) anyAnswer() bool {
	for _, a := range r.attempts {
		if _, answered := errors.AsType[*zebus.CommandError](a.err); answered || errors.Is(a.err, zebus.ErrUnexpectedReply) {
			return true
		}
	}
	return false
}

// Unwrap returns the sentinel and the reasons.
func (r *refusal) Unwrap() []error {
	errs := []error{ErrNoDirectory}
	for _, a := range r.attempts {
		errs = append(errs, a.err)
	}
	return errs
}
