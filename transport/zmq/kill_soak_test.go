//go:build cgo && unix && soak

package zmq_test

import (
	"os"
	"strconv"
)

// killRounds is how often a peer is killed or stopped: 500 times, or as often as SOAK_ROUNDS says.
func killRounds() int {
	if n, err := strconv.Atoi(os.Getenv("SOAK_ROUNDS")); err == nil {
		return n
	}
	return 500
}
