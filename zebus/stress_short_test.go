//go:build !soak

package zebus_test

import "time"

// stressTime is how long the buses of TestNoDeadlock keep each other busy; a minute with the build tag soak.
const stressTime = 5 * time.Second
