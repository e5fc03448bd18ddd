package transport

import (
	"fmt"

	"github.com/zebus-go/zebus/zebus"
)

// Check says whether a message that was read may be handled by a peer of the given environment. Its errors wrap
// [ErrZeroID], [ErrNoType], [ErrNoSender] or [ErrOtherEnvironment], in this order. A message that names no environment
// passes: senders of old versions do not.
func Check(m *zebus.TransportMessage, environment string) error {
	switch {
	case m.ID.IsZero():
		return ErrZeroID
	case m.Type == "":
		return ErrNoType
	case m.Originator.SenderID == "":
		return ErrNoSender
	case m.Environment != nil && *m.Environment != environment:
		return fmt.Errorf("%w: %q, here it is %q", ErrOtherEnvironment, *m.Environment, environment)
	default:
		return nil
	}
}
