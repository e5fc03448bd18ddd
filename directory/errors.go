package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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
	gaveUp   bool // the caller did, before the directories had their time
}

// An attempt is a directory that was tried, and what came of it.
type attempt struct {
	directory zebus.Peer
	err       error
}

func (r *refusal) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %s", ErrNoDirectory, r.command.Name())
	for _, a := range r.attempts {
		fmt.Fprintf(&b, "; %s at %s: %s", a.directory.ID, a.directory.Endpoint, a.reason())
	}
	return b.String() + r.advice()
}

// advice says what may be wrong, as far as nobody said it.
func (r *refusal) advice() string {
	switch {
	case r.gaveUp || slices.ContainsFunc(r.attempts, answered):
		return ""
	case !slices.ContainsFunc(r.attempts, silent):
		return "; start a directory there (zebus-directory), or correct directory_endpoints"
	default:
		return "; either no directory runs there, or it serves another environment than this peer's, or it cannot reach this peer at " +
			r.self.Endpoint
	}
}

// answered says whether the directory answered at all. One that did is there, and has understood.
func answered(a attempt) bool {
	_, failed := errors.AsType[*zebus.CommandError](a.err)
	return failed || errors.Is(a.err, zebus.ErrUnexpectedReply)
}

// silent says whether the directory may have heard: there was no lack of a connection.
func silent(a attempt) bool { return !errors.Is(a.err, zebus.ErrPeerUnreachable) }

// reason returns the text of the error without what the attempt says already.
func (a attempt) reason() string {
	err := a.err
	if send, ok := errors.AsType[*zebus.SendError](err); ok {
		err = send.Err
	}
	return strings.TrimPrefix(err.Error(), "connect to "+a.directory.Endpoint+": ")
}

// Unwrap returns the sentinel and the reasons.
func (r *refusal) Unwrap() []error {
	errs := make([]error, 0, 1+len(r.attempts))
	errs = append(errs, ErrNoDirectory)
	for _, a := range r.attempts {
		errs = append(errs, a.err)
	}
	return errs
}

// A silence is a directory that did not answer in time.
type silence time.Duration

func (s silence) Error() string { return fmt.Sprintf("no answer within %v", time.Duration(s)) }

// Unwrap says that time has run out.
func (silence) Unwrap() error { return context.DeadlineExceeded }
