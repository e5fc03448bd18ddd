package transport

import "errors"

// ErrFrame means that a frame is not a transport message. It is wrapped with what was wrong and where.
var ErrFrame = errors.New("transport: malformed frame")

// Errors of [Check]: the frame is a transport message, but none that may be handled.
var (
	// ErrZeroID means that the message has no ID, or the all-zero one.
	ErrZeroID = errors.New("transport: message without an id")
	// ErrNoType means that the message does not say what it is.
	ErrNoType = errors.New("transport: message without a type")
	// ErrNoSender means that the message does not say who sent it.
	ErrNoSender = errors.New("transport: message without a sender")
	// ErrLongName means that a name is longer than MaxNameLength. It is wrapped with which one, and not with the name.
	ErrLongName = errors.New("transport: message with a name that is too long")
	// ErrOtherEnvironment means that the sender belongs to another environment. It is wrapped with both names.
	ErrOtherEnvironment = errors.New("transport: message of another environment")
)
