//go:build soak

package zebus_test

import (
	"testing"
	"time"
)

// stressTime is how long the buses of TestNoDeadlock keep each other busy.
const stressTime = time.Minute

// TestSoakNoDeadlock is what make soak runs.
func TestSoakNoDeadlock(t *testing.T) { TestNoDeadlock(t) }
