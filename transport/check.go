package transport

import (
	"fmt"

	"github.com/zebus-go/zebus/zebus"
)

// Check says whether a message that was read may be handled by a peer of the given environment. Its errors wrap
// [ErrZeroID], [ErrNoType], [ErrNoSender], [ErrLongName] or [ErrOtherEnvironment], in this order. A message that names no environment
// passes: senders of old versions do not.
func Check(m *zebus.TransportMessage, environment string) error {
	switch {
	case m.ID.IsZero():
		return ErrZeroID
	case m.Type == "":
		return ErrNoType
	case m.Originator.SenderID == "":
		return ErrNoSender
	}
	if err := checkNames(m); err != nil {
		return err
	}
	if m.Environment != nil && *m.Environment != environment {
		return fmt.Errorf("%w: %q, here it is %q", ErrOtherEnvironment, *m.Environment, environment)
	}
	return nil
}

func checkNames(m *zebus.TransportMessage) error {
	switch {
	case len(m.Type) > MaxNameLength:
		return longName("type", len(m.Type))
	case len(m.Originator.SenderID) > MaxNameLength:
		return longName("sender id", len(m.Originator.SenderID))
	case len(m.Originator.SenderEndpoint) > MaxNameLength:
		return longName("sender endpoint", len(m.Originator.SenderEndpoint))
	case m.Environment != nil && len(*m.Environment) > MaxNameLength:
		return longName("environment", len(*m.Environment))
	default:
		return nil
	}
}

func longName(what string, length int) error {
	return fmt.Errorf("%w: %s of %d bytes, limit %d", ErrLongName, what, length, MaxNameLength)
}
