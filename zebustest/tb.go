package zebustest

import (
	"context"
	"testing"
)

// TB is what this package needs of a test. [testing.TB] has it, and a program that shows something without a test can
// bring its own.
type TB interface {
	Helper()
	Context() context.Context
	Cleanup(f func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

var _ TB = testing.TB(nil)
