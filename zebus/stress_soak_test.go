//go:build soak

package zebus_test

import "time"

// stressTime is how long the buses of TestNoDeadlock keep each other busy.
const stressTime = time.Minute
