//go:build cgo && unix && soak

package zmq_test

import "testing"

// killRounds is how often a peer is killed or stopped.
const killRounds = 500

func TestSoakKilledAndHungPeers(t *testing.T) { TestKilledAndHungPeers(t) }
