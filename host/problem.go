package host

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Errors wrapped by the problems that [Load], [LoadDirectory] and the Validate methods report.
var (
	// ErrUnknownKey means that a file has a key that does not exist.
	ErrUnknownKey = errors.New("host: unknown key")
	// ErrInvalidValue means that a value has the wrong type or form, or is out of range.
	ErrInvalidValue = errors.New("host: invalid value")
	// ErrMissing means that a setting is empty without which nothing can be built.
	ErrMissing = errors.New("host: missing setting")
	// ErrSyntax means that a file is not TOML.
	ErrSyntax = errors.New("host: not valid TOML")
)

// A Problem is one thing that is wrong with the configuration. The functions of this package
// join all problems they find; [errors.AsType] finds the first one.
type Problem struct { //nolint:errname // it is one of many in an error, and seldom alone
	File     string // the path as it was given; empty when no file is to blame
	Line     int    // 1-based; 0 when unknown
	Column   int    // 1-based; 0 when unknown
	Variable string // the environment variable to blame, if one is
	Key      string // the setting, as a dotted path; empty when it concerns the whole file
	Err      error  // wraps one of the sentinels above, or what the file system said
}

// Error names the place, the key and what is wrong with it, in one line:
// "configs/bus.toml:3: registration_timeout: …".
func (p *Problem) Error() string {
	parts := make([]string, 0, 4)
	for _, part := range []string{p.place(), p.Variable, p.Key, p.Err.Error()} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the reason.
func (p *Problem) Unwrap() error { return p.Err }

// place returns file, line and column, as far as they are known, in the form editors follow.
func (p *Problem) place() string {
	place := []string{p.File}
	for _, n := range []int{p.Line, p.Column} {
		if n > 0 {
			place = append(place, strconv.Itoa(n))
		}
	}
	return strings.Join(place, ":")
}

// A reason is a sentinel that speaks in words of its own, for a reader who sees the place and
// the key beside it.
type reason struct {
	kind error
	text string
}

func (r *reason) Error() string { return r.text }
func (r *reason) Unwrap() error { return r.kind }

// invalid returns an ErrInvalidValue with that text.
func invalid(format string, args ...any) error {
	return &reason{kind: ErrInvalidValue, text: fmt.Sprintf(format, args...)}
}
