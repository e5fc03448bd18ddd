//go:build cgo && !linux

package zmq_test

import "testing"

// reserved returns an endpoint at which nobody listens now. Nothing keeps the system from giving it to somebody else.
func reserved(tb testing.TB) string {
	tb.Helper()
	l := listenRaw(tb)
	_ = l.Close() // nothing was accepted
	return l.endpoint()
}
