//go:build cgo && unix && !soak

package zmq_test

// killRounds is how often a peer is killed or stopped.
func killRounds() int { return 6 }
