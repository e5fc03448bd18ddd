package zebus

import (
	"errors"
	"fmt"
)

// Errors of starting and stopping.
var (
	// ErrAlreadyRunning means that Start was called on a bus that is starting, started or stopping.
	ErrAlreadyRunning = errors.New("zebus: bus is already running")
	// ErrNotRunning means that Start has not been called, or that the bus stopped. Pending commands end with it at stop.
	ErrNotRunning = errors.New("zebus: bus is not running")
)

// Errors of Send, Request and Publish. Each is wrapped with the command and the peers it is about.
var (
	// ErrNoPeer means that no peer has subscribed to the command.
	ErrNoPeer = errors.New("zebus: no peer handles the command")
	// ErrManyPeers means that several peers have subscribed to a command, which must be handled once.
	ErrManyPeers = errors.New("zebus: several peers handle the command")
	// ErrPeerNotResponding means that the only peer for a transient command does not answer the pings of the directory.
	ErrPeerNotResponding = errors.New("zebus: peer is not responding")
	// ErrPeerBusy means that the outgoing queue of a peer is full. See Bus.Flush.
	ErrPeerBusy = errors.New("zebus: peer takes no more messages now")
	// ErrPeerUnreachable means that no connection to the peer could be made.
	ErrPeerUnreachable = errors.New("zebus: peer is unreachable")
	// ErrPeerGone means that the peer was removed from the directory before it answered.
	ErrPeerGone = errors.New("zebus: peer has left the bus")
	// ErrPeerRestarted means that the peer registered again before it answered, and the command was not stored for it.
	// It may or may not have been executed.
	ErrPeerRestarted = errors.New("zebus: peer restarted")
	// ErrTooLarge means that the message is larger than max_message_size.
	ErrTooLarge = errors.New("zebus: message is too large")
	// ErrUnexpectedReply means that the handler replied with another type than the command announces, or not at all.
	ErrUnexpectedReply = errors.New("zebus: unexpected reply")
	// ErrCommandTimeout means that default_command_timeout passed without an answer.
	ErrCommandTimeout = errors.New("zebus: no answer within the default command timeout")
	// ErrInlineWait means that a handler that runs on the receiving goroutine tried to wait for something that only the
	// receiving goroutine can bring.
	ErrInlineWait = errors.New("zebus: an inline handler must not wait")
)

// ErrWaitsForItself means that a handler was to wait for its own end: it stopped its bus, or the subscription it serves,
// with its own context.
var ErrWaitsForItself = errors.New("zebus: a handler must not wait for its own end")

// ErrNoContext means that a call which works on the message being handled was made with another context.
var ErrNoContext = errors.New("zebus: context is not that of a handler")

// Reasons for dropping a message that was received, as [Observer.Dropped] is told.
var (
	// ErrUnknownType means that no handler of this peer takes messages of the type. Bus.Subscribe returns it too.
	ErrUnknownType = errors.New("zebus: message type is not handled here")
	// ErrUnreadable means that the content of a message is not of its type.
	ErrUnreadable = errors.New("zebus: message cannot be read")
)

// Errors that stand for what a handler did not return properly, as observers, traces and logs show it.
var (
	// ErrUnsoundError stands for what a handler returned as an error that panics when it is looked at, as a nil pointer of a
	// type of error does. Its text has the type.
	ErrUnsoundError = errors.New("zebus: handler returned an error that cannot be read")
	// ErrNotReturned stands for the error of a handler that ended by a panic, or ended its goroutine.
	ErrNotReturned = errors.New("zebus: handler did not return")
)

// Codes of a [CommandError] that have a meaning of their own. All others belong to applications.
const (
	// CodeUnknown is the code of an error that the handler gave no code; its text stays with the handler's peer.
	CodeUnknown = 1
	// CodePeerAlreadyExists is the directory's answer to a peer whose ID is taken on another machine.
	CodePeerAlreadyExists = 1001
)

// A CommandError is what the handler of a command reported. Handlers return one to be understood by the sender: see [Fail].
type CommandError struct {
	Code    int
	Message string
}

// Fail returns an error that reaches the sender of the command being handled with this code and text. Code 0 would say
// success and becomes [CodeUnknown]; so does one that does not fit into the 32 bits that travel.
func Fail(code int, format string, args ...any) error {
	return &CommandError{Code: failing(code), Message: fmt.Sprintf(format, args...)}
}

// Error returns code and text.
func (e *CommandError) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("command failed with code %d", e.Code)
	}
	return fmt.Sprintf("%s (code %d)", e.Message, e.Code)
}

// A SendError says why a transport could not take a message for one peer.
type SendError struct {
	To  PeerID
	Err error
}

// Error names peer and reason.
func (e *SendError) Error() string { return fmt.Sprintf("send to %s: %v", e.To, e.Err) }

// Unwrap returns the reason.
func (e *SendError) Unwrap() error { return e.Err }
