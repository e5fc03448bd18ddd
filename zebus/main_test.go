package zebus_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails when a test leaves a goroutine behind, those in real time included.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
