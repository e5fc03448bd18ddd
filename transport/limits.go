package transport

import (
	"fmt"

	"github.com/zebus-go/zebus/zebus"
)

const (
	// MaxFieldLength is the number of bytes above which no reader of Zebus takes a field: lengths have 28 bits.
	MaxFieldLength = 1<<28 - 1

	// MaxNameLength is the number of bytes that a type, the ID and the endpoint of a sender, and an environment may have. Names are
	// remembered and logged, longer than the message lasts, so they must not be as large as messages may be.
	MaxNameLength = 4096

	// DefaultMaxMessageSize is the largest frame, in bytes, that transports send and receive unless told otherwise:
	// room for the snapshot of a large directory, too small to exhaust the memory of a machine.
	DefaultMaxMessageSize = 64 << 20
)

// CheckSize returns an error wrapping [zebus.ErrTooLarge] when a frame of size bytes is larger than limit allows, or
// than any reader takes. A limit of zero means [DefaultMaxMessageSize].
func CheckSize(size, limit int) error {
	if limit <= 0 {
		limit = DefaultMaxMessageSize
	}
	if limit = min(limit, MaxFieldLength); size > limit {
		return fmt.Errorf("frame of %d bytes, limit %d: %w", size, limit, zebus.ErrTooLarge)
	}
	return nil
}
