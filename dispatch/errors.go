package dispatch

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
)

// Errors that a Job is told by Rejected.
var (
	// ErrQueueFull means that a limit was reached; the error is a [*LimitError].
	ErrQueueFull = errors.New("dispatch: queue is full")
	// ErrStopped means that the dispatcher was stopping, when only local entries
	// are accepted, or stopped.
	ErrStopped = errors.New("dispatch: dispatcher is stopped")
	// ErrPurged means that the entry was queued and then dropped by Purge.
	ErrPurged = errors.New("dispatch: queue was purged")
)

// Errors that a Job is told by Failed.
var (
	// ErrPanic means that an invoker panicked; the error is a [*PanicError].
	ErrPanic = errors.New("dispatch: handler panicked")
	// ErrExited means that an invoker ended its goroutine with runtime.Goexit, as
	// FailNow of a test does.
	ErrExited = errors.New("dispatch: handler ended its goroutine")
)

// A LimitError says which limit kept an entry out of a queue.
type LimitError struct {
	Queue   string // that has no room
	Handler string // Name of the invoker for which the entry was not queued
	Limit   Limit  // that was reached
	Max     int64  // its value, in messages or bytes
}

// A Limit names one of the bounds of a queue.
type Limit string

// The limits, with the setting that holds each.
const (
	LimitMessages Limit = "messages"            // QueueConfig.MaxMessages
	LimitBytes    Limit = "bytes"               // QueueConfig.MaxBytes
	LimitMemory   Limit = "bytes in all queues" // Config.MemoryLimit
)

func (e *LimitError) Error() string {
	return fmt.Sprintf("dispatch: queue %s is full: limit of %d %s", e.Queue, e.Max, e.Limit)
}

// Unwrap makes errors.Is(e, ErrQueueFull) true.
func (e *LimitError) Unwrap() error { return ErrQueueFull }

// A PanicError is what an invoker, or a method of a Job, panicked with.
type PanicError struct {
	Value any    // given to panic
	Stack []byte // of the goroutine, where it panicked
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("%v: %v", ErrPanic, e.Value)
}

// Unwrap gives ErrPanic, and the value where that is an error.
func (e *PanicError) Unwrap() []error {
	if err, ok := e.Value.(error); ok {
		return []error{ErrPanic, err}
	}
	return []error{ErrPanic}
}

// NewPanicError wraps what recover returned, for those who recover closer to a handler
// than the dispatcher does. It is called by the deferred function that recovered, while
// the stack is still that of the panic.
func NewPanicError(value any) *PanicError {
	return &PanicError{Value: value, Stack: debug.Stack()}
}

// StillRunningError names what a Stop that ran out of time was waiting for.
type StillRunningError struct {
	Handlers []string // running or waiting, as "name on queue", sorted; those of inline invokers are not known
	Waiting  int      // entries in queues behind them
}

func (e *StillRunningError) Error() string {
	if len(e.Handlers) == 0 {
		return fmt.Sprintf("dispatch: still busy, %d messages wait", e.Waiting)
	}
	return fmt.Sprintf("dispatch: still running: %s; %d messages wait", strings.Join(e.Handlers, ", "), e.Waiting)
}
